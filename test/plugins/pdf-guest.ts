import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { checkSchema } from '../../host/bundle/schema-check.ts';
import { compileSchema } from '../../host/bundle/schema-validate.ts';
import { callPlugin, compilePlugin, jsonOutput, type PluginOutcome } from '../support/abi-host.ts';

export const FAIL = { malformed: 1, encrypted: 2, overLimit: 4, empty: 5, needsOcr: 6 } as const;
export const LIMITS = { pages: 2000, text_bytes: 2_097_152 };

export interface Extracted {
  readonly counts: { readonly characters: number; readonly pages: number };
  readonly format: string;
  readonly pages: readonly {
    readonly number: number;
    readonly label?: string;
    readonly scanned?: boolean;
    readonly text: string;
    readonly fields?: readonly { readonly name?: string; readonly value: string }[];
    readonly annotations?: readonly { readonly kind: string; readonly text: string }[];
  }[];
  readonly outline?: readonly {
    readonly level: number;
    readonly page?: number;
    readonly title: string;
  }[];
  readonly blocks?: readonly {
    readonly kind: string;
    readonly level?: number;
    readonly text?: string;
    readonly rows?: readonly (readonly string[])[];
  }[];
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

const SCHEMA = readFileSync('bundles/documents/schemas/extract-text.out.json');
const validates = compileSchema(checkSchema(SCHEMA));

export const plugin = await compilePlugin(readFileSync('dist/plugins/pdf.wasm'));

export const inputWith = (args: unknown) => ({
  abi: 1,
  args,
  capability: 'ccos.attachment.extract_text',
  handles: [{ class: 'pii.attachment', handle: 0, media_type: 'application/pdf' }],
});

export const extract = (blob: Uint8Array, input: unknown = inputWith({ limits: LIMITS })) =>
  callPlugin({ module: plugin, exportName: 'extract_text', input, blobs: [blob] });

/** The output, which is valid by the bundle's schema. */
export async function extracted(blob: Uint8Array, input?: unknown): Promise<Extracted> {
  const outcome = await extract(blob, input);
  expect(outcome).toMatchObject({ failCode: undefined, trap: undefined, errorSet: false });
  const output = jsonOutput(outcome);
  expect(validates(output)).toBe(true);
  return output as Extracted;
}

export function expectFailure(outcome: PluginOutcome, code: number): void {
  expect(outcome.failCode).toBe(code);
  expect(outcome.trap).toBeUndefined();
  expect(outcome.output).toHaveLength(0);
}
