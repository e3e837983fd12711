import { readFileSync } from 'node:fs';
import {
  callPlugin,
  compilePlugin,
  jsonOutput,
  type PluginOutcome,
  type WasmModule,
} from '../support/abi-host.ts';
import type { Attached, Block } from './office-guest.ts';

/** What the plugins write. */
export interface Extracted {
  readonly counts: { readonly characters: number; readonly pages: number };
  readonly format: string;
  readonly encoding: string;
  readonly language?: string;
  readonly title?: string;
  readonly blocks?: readonly Block[];
  readonly attachments?: readonly Attached[];
  readonly pages: readonly { readonly number: number; readonly text: string }[];
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

export const FAIL = { unsupported: 3, overLimit: 4, empty: 5, refused: 7 } as const;
export const TEXT_BYTES = 2 * 1024 * 1024;

export interface Guest {
  readonly module: WasmModule;
  readonly call: (blob: Uint8Array, options?: CallOptions) => Promise<PluginOutcome>;
  /** The parsed output; throws with the failure when there is none. */
  readonly extract: (blob: Uint8Array, options?: CallOptions) => Promise<Extracted>;
}

interface CallOptions {
  readonly mediaType?: string;
  readonly textBytes?: number;
}

export async function loadGuest(file: string, mediaType: string): Promise<Guest> {
  const module = await compilePlugin(readFileSync(file));
  const call = (blob: Uint8Array, options: CallOptions = {}) =>
    callPlugin({
      module,
      exportName: 'extract_text',
      input: {
        abi: 1,
        capability: 'ccos.attachment.extract_text',
        args: { limits: { pages: 2000, text_bytes: options.textBytes ?? TEXT_BYTES } },
        handles: [
          { handle: 0, class: 'pii.attachment', media_type: options.mediaType ?? mediaType },
        ],
      },
      blobs: [blob],
    });
  const extract = async (blob: Uint8Array, options?: CallOptions) => {
    const outcome = await call(blob, options);
    if (outcome.trap !== undefined) throw new Error('trap', { cause: outcome.trap });
    if (outcome.failCode !== undefined) throw new Error(`fail(${String(outcome.failCode)})`);
    return jsonOutput(outcome) as Extracted;
  };
  return { module, call, extract };
}

/** Encodes by searching what `TextDecoder` decodes: an oracle that shares nothing with our tables. */
export function encoderFor(label: string): (text: string) => Uint8Array {
  const decoder = new TextDecoder(label, { fatal: true });
  const bytesOf = new Map<string, readonly number[]>();
  const learn = (bytes: readonly number[]) => {
    try {
      const text = decoder.decode(Uint8Array.from(bytes));
      if (Array.from(text).length === 1 && !bytesOf.has(text)) bytesOf.set(text, bytes);
    } catch {
      // these bytes are no character
    }
  };
  for (let byte = 0; byte < 256; byte++) learn([byte]);
  for (let lead = 0x81; lead < 0xff; lead++) {
    for (let trail = 0x40; trail < 0xff; trail++) learn([lead, trail]);
  }
  return (text) =>
    Uint8Array.from(
      Array.from(text).flatMap((point) => {
        const bytes = bytesOf.get(point);
        if (bytes === undefined) throw new Error(`${label} has no such character`);
        return bytes;
      }),
    );
}

/** A seeded generator (xorshift32): the same mutations in every run. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** One seeded damage: a flipped byte, a cut, a doubled piece or noise in the middle. */
export function mutate(bytes: Uint8Array, below: (limit: number) => number): Uint8Array {
  const at = below(bytes.length);
  const copy = Uint8Array.from(bytes);
  switch (below(4)) {
    case 0:
      copy[at] = below(256);
      return copy;
    case 1:
      return copy.slice(0, at);
    case 2:
      return Uint8Array.from([...copy.slice(0, at), ...copy.slice(below(at + 1))]);
    default:
      return copy.map((byte, i) => (i >= at && i < at + 8 ? below(256) : byte));
  }
}
