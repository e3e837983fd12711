import { readFileSync } from 'node:fs';
import { callPlugin, compilePlugin, jsonOutput } from '../support/abi-host.ts';
import type { PluginOutcome } from '../support/abi-host.ts';
import { compileSchema } from '../../host/bundle/schema-validate.ts';
import { checkSchema } from '../../host/bundle/schema-check.ts';
import type { OfficeResult } from './office-guest.ts';

const module = await compilePlugin(readFileSync('dist/plugins/legacy.wasm'));
const isValid = compileSchema(
  checkSchema(readFileSync('bundles/legacy/schemas/extract-text.out.json')),
);

interface Limits {
  readonly pages?: number;
  readonly textBytes?: number;
}

export function callLegacy(blob: Uint8Array, limits: Limits = {}): Promise<PluginOutcome> {
  const { pages = 2000, textBytes = 2 << 20 } = limits;
  return callPlugin({
    module,
    exportName: 'extract_text',
    input: {
      abi: 1,
      capability: 'ccos.attachment.extract_text',
      args: { limits: { pages, text_bytes: textBytes } },
      handles: [{ handle: 0, class: 'pii.attachment', media_type: 'application/x-ole-storage' }],
    },
    blobs: [blob],
  });
}

/** The output, valid by the schema of the bundle; throws with the failure when there is none. */
export async function extractLegacy(blob: Uint8Array, limits?: Limits): Promise<OfficeResult> {
  const outcome = await callLegacy(blob, limits);
  if (outcome.trap !== undefined) throw new Error('trap', { cause: outcome.trap });
  if (outcome.failCode !== undefined) throw new Error(`fail(${String(outcome.failCode)})`);
  const result = jsonOutput(outcome);
  if (!isValid(result)) throw new Error('the schema of the bundle does not allow this');
  return result as OfficeResult;
}

/** The text of all pages, a form feed between two. */
export const legacyText = async (blob: Uint8Array): Promise<string> =>
  (await extractLegacy(blob)).pages.map(({ text }) => text).join('\f');

/** The code that the call fails with; undefined when it succeeds. Throws for a trap. */
export async function legacyFailure(blob: Uint8Array): Promise<number | undefined> {
  const outcome = await callLegacy(blob);
  if (outcome.trap !== undefined) throw new Error('trap', { cause: outcome.trap });
  return outcome.failCode;
}
