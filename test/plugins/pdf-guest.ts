import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { callPlugin, compilePlugin, jsonOutput, type PluginOutcome } from '../support/abi-host.ts';

export const FAIL = { malformed: 1, encrypted: 2, overLimit: 4, empty: 5, needsOcr: 6 } as const;
export const LIMITS = { pages: 2000, text_bytes: 2_097_152 };

export interface Extracted {
  readonly counts: { readonly characters: number; readonly pages: number };
  readonly format: string;
  readonly pages: readonly {
    readonly number: number;
    readonly text: string;
    readonly annotations?: readonly { readonly kind: string; readonly text: string }[];
  }[];
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

export const plugin = await compilePlugin(readFileSync('dist/plugins/pdf.wasm'));

export const inputWith = (args: unknown) => ({
  abi: 1,
  args,
  capability: 'ccos.attachment.extract_text',
  handles: [{ class: 'pii.attachment', handle: 0, media_type: 'application/pdf' }],
});

export const extract = (blob: Uint8Array, input: unknown = inputWith({ limits: LIMITS })) =>
  callPlugin({ module: plugin, exportName: 'extract_text', input, blobs: [blob] });

export async function extracted(blob: Uint8Array, input?: unknown): Promise<Extracted> {
  const outcome = await extract(blob, input);
  expect(outcome).toMatchObject({ failCode: undefined, trap: undefined, errorSet: false });
  return jsonOutput(outcome) as Extracted;
}

export function expectFailure(outcome: PluginOutcome, code: number): void {
  expect(outcome.failCode).toBe(code);
  expect(outcome.trap).toBeUndefined();
  expect(outcome.output).toHaveLength(0);
}
