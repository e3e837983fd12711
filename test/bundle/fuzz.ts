import { CcosError } from '../../host/core/error.ts';
import { readContainer, writeContainer } from '../../host/bundle/container.ts';
import { parseEnvelope, writeEnvelope } from '../../host/bundle/envelope.ts';
import { parseManifest } from '../../host/bundle/manifest.ts';
import { readModule } from '../../host/bundle/module-check.ts';
import { canonicalJson } from '../../host/core/json.ts';

export interface FuzzRun {
  readonly seed: number;
  readonly count: number;
}

/** How often a mutant was refused with a typed error and how often it was read. */
export interface FuzzResult {
  readonly refused: number;
  readonly accepted: number;
}

/** Container: what is read is written back to the same bytes. */
export function fuzzContainer(valid: Uint8Array, run: FuzzRun): FuzzResult {
  return fuzz(valid, run, (bytes) => {
    mustEqual(writeContainer(readContainer(bytes)), bytes);
  });
}

/** Envelope: what is read is written back to the same bytes. */
export function fuzzEnvelope(valid: Uint8Array, run: FuzzRun): FuzzResult {
  return fuzz(valid, run, (bytes) => {
    mustEqual(writeEnvelope(parseEnvelope(bytes)), bytes);
  });
}

/** Manifest: what is read is RFC 8785 of what it says. */
export function fuzzManifest(valid: Uint8Array, run: FuzzRun): FuzzResult {
  return fuzz(valid, run, (bytes) => {
    mustEqual(new TextEncoder().encode(canonicalJson(parseManifest(bytes))), bytes);
  });
}

/** Section walk: it ends, with facts or a typed error. */
export function fuzzModule(valid: Uint8Array, run: FuzzRun): FuzzResult {
  return fuzz(valid, run, readModule);
}

function fuzz(
  valid: Uint8Array,
  run: FuzzRun,
  attempt: (bytes: Uint8Array) => unknown,
): FuzzResult {
  const random = generator(run.seed);
  let refused = 0;
  for (let index = 0; index < run.count; index++) {
    try {
      attempt(mutate(valid, random));
    } catch (error) {
      if (!(error instanceof CcosError) || !error.code.startsWith('bundle_')) throw error;
      refused++;
    }
  }
  return { refused, accepted: run.count - refused };
}

/** One to four of: a flipped bit, an interesting byte, a cut, a doubled or a removed chunk. */
function mutate(valid: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = Uint8Array.from(valid);
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(bytes.length + 1);
    const to = Math.min(bytes.length, at + 1 + random(16));
    const kind = random(8);
    if (kind < 3) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    else if (kind < 5) bytes[at] = [0x00, 0xff, 0x7f, 0x80, 0x22, 0x5c, 0x7b, 0x30][random(8)] ?? 0;
    else if (kind === 5) bytes = bytes.slice(0, at);
    else if (kind === 6) bytes = concat(bytes.subarray(0, to), bytes.subarray(at));
    else bytes = concat(bytes.subarray(0, at), bytes.subarray(to));
  }
  return bytes;
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(left.length + right.length);
  whole.set(left);
  whole.set(right, left.length);
  return whole;
}

function mustEqual(left: Uint8Array, right: Uint8Array): void {
  if (Buffer.compare(left, right) !== 0) throw new Error('read and written again, it differs');
}

/** Mulberry32: the same seed gives the same run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
