import { readFileSync } from 'node:fs';
import { callPlugin, compilePlugin } from '../support/abi-host.ts';
import type { WasmModule } from '../support/abi-host.ts';
import { FORMATS } from './formats.ts';
import type { Format } from './formats.ts';
import { Judge, LIMITS } from './judge.ts';
import type { Verdict } from './judge.ts';
import { mutate, mutateMember, mutatePacked, mutateStream } from './mutations.ts';
import { Random } from './random.ts';

/** How to get behind what holds a format together, by its first bytes. */
const INSIDE: Readonly<Record<string, typeof mutateMember>> = {
  '504b': mutateMember,
  '1f8b': mutatePacked,
  d0cf: mutateStream,
};

/** One run: what went in, and what came of it. */
export interface Run {
  readonly round: number;
  readonly blob: Uint8Array;
  readonly verdict: Verdict;
  readonly millis: number;
  readonly memoryBytes: number;
}

/** What a round is made of: the same for the same seed, format and number. */
export function blobOf(name: string, seed: string, round: number): Uint8Array {
  const { seeds } = formatOf(name);
  const random = new Random(`${seed} ${name} ${String(round)}`);
  const chosen = random.pick(seeds);
  const start = Buffer.from(chosen.subarray(0, 2)).toString('hex');
  const inside = INSIDE[start];
  if (inside !== undefined && random.below(4) > 0) return inside(chosen, random);
  return mutate(chosen, random, random.pick(seeds));
}

export function formatOf(name: string): Format {
  const format = FORMATS[name];
  if (format === undefined) throw new RangeError(`no such format: ${name}`);
  return format;
}

/** Runs a plugin without SDK, process or host around it: nothing but the module, and our judgement. */
export class BareFuzzer {
  readonly #name: string;
  readonly #judge: Judge;
  readonly #module: WasmModule;

  private constructor(name: string, module: WasmModule) {
    this.#name = name;
    this.#module = module;
    this.#judge = new Judge(formatOf(name).plugin);
  }

  static async open(name: string): Promise<BareFuzzer> {
    const file = `dist/plugins/${formatOf(name).plugin}.wasm`;
    return new BareFuzzer(name, await compilePlugin(readFileSync(file)));
  }

  async run(seed: string, round: number): Promise<Run> {
    const { plugin, mediaType } = formatOf(this.#name);
    const blob = blobOf(this.#name, seed, round);
    const isIdentity = plugin === 'identify';
    const started = performance.now();
    const outcome = await callPlugin({
      module: this.#module,
      exportName: isIdentity ? 'identify' : 'extract_text',
      input: {
        abi: 1,
        args: isIdentity ? {} : { limits: LIMITS },
        handles: [{ handle: 0, class: 'pii.attachment', media_type: mediaType }],
      },
      blobs: [blob],
    });
    const millis = performance.now() - started;
    const verdict = this.#judge.judge(outcome);
    return { round, blob, verdict, millis, memoryBytes: outcome.memoryBytes };
  }
}
