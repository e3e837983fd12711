import { callPlugin, compilePlugin, jsonOutput, type PluginOutcome } from '../support/abi-host.ts';
import { readFileSync } from 'node:fs';

export type Block =
  | { readonly kind: 'heading' | 'list_item'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph' | 'code'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly header?: boolean;
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'page_break' };

/** A document inside of a document. */
export interface Attached {
  readonly bytes: number;
  readonly child: number;
  readonly media_type: string;
}

/** What the office plugin writes. */
export interface OfficeResult {
  readonly format: string;
  readonly title?: string;
  readonly counts: { readonly characters: number; readonly pages: number };
  readonly pages: readonly { readonly number: number; readonly text: string }[];
  readonly blocks?: readonly Block[];
  readonly attachments?: readonly Attached[];
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

export const FAIL = {
  malformed: 1,
  encrypted: 2,
  unsupported: 3,
  overLimit: 4,
  empty: 5,
} as const;

interface Limits {
  readonly pages?: number;
  readonly textBytes?: number;
}

const module = await compilePlugin(readFileSync('dist/plugins/office.wasm'));
export const officeModule = module;

export const callOffice = (blob: Uint8Array, limits: Limits = {}): Promise<PluginOutcome> =>
  callPlugin({
    module,
    exportName: 'extract_text',
    input: {
      abi: 1,
      capability: 'ccos.attachment.extract_text',
      args: { limits: { pages: limits.pages ?? 2000, text_bytes: limits.textBytes ?? 2_097_152 } },
      handles: [{ handle: 0, class: 'pii.attachment', media_type: 'application/zip' }],
    },
    blobs: [blob],
  });

/** The parsed output; throws with the failure when there is none. */
export async function extractOffice(blob: Uint8Array, limits?: Limits): Promise<OfficeResult> {
  const outcome = await callOffice(blob, limits);
  if (outcome.trap !== undefined) throw new Error('trap', { cause: outcome.trap });
  if (outcome.failCode !== undefined) throw new Error(`fail(${String(outcome.failCode)})`);
  return jsonOutput(outcome) as OfficeResult;
}

/** The text of all pages, a form feed between two. */
export const officeText = async (blob: Uint8Array): Promise<string> =>
  (await extractOffice(blob)).pages.map((page) => page.text).join('\f');

/** The code that the call fails with; undefined when it succeeds. Throws for a trap. */
export async function officeFailure(blob: Uint8Array): Promise<number | undefined> {
  const outcome = await callOffice(blob);
  if (outcome.trap !== undefined) throw new Error('trap', { cause: outcome.trap });
  return outcome.failCode;
}
