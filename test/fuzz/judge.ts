import { readFileSync } from 'node:fs';
import { checkSchema } from '../../host/bundle/schema-check.ts';
import { compileSchema } from '../../host/bundle/schema-validate.ts';
import { FAIL_CODES } from '../../host/core/abi.ts';
import { asCcosError } from '../../host/core/error.ts';
import { parseExtraction } from '../../host/flow/extraction.ts';
import { parseIdentity } from '../../host/flow/identity.ts';
import type { PluginOutcome } from '../support/abi-host.ts';

/** A module at its own maximum, or so near that the next request did not fit. */
const FULL_BYTES = 200 * 1024 * 1024;

export const LIMITS = { pages: 2000, text_bytes: 2 * 1024 * 1024 } as const;

/** What came of a run: `text`, the code of a typed error, or what must never be. */
export type Verdict =
  { readonly outcome: string } | { readonly fault: string; readonly cause: unknown };

const schemaOf = (bundle: string, name: string): ((value: unknown) => boolean) =>
  compileSchema(checkSchema(readFileSync(`bundles/${bundle}/schemas/${name}.out.json`)));

/** Judges as the host does: a text by its schema and ours, a failure by its code. */
export class Judge {
  readonly #isIdentity: boolean;
  readonly #validates: (value: unknown) => boolean;

  constructor(plugin: string) {
    this.#isIdentity = plugin === 'identify';
    const bundle = plugin === 'legacy' ? 'legacy' : 'documents';
    this.#validates = schemaOf(bundle, this.#isIdentity ? 'identify' : 'extract-text');
  }

  judge({ trap, failCode, errorSet, output, memoryBytes }: PluginOutcome): Verdict {
    if (failCode !== undefined) return this.#failed(failCode);
    if (trap !== undefined && memoryBytes >= FULL_BYTES) return { outcome: 'memory' };
    if (trap !== undefined) return { fault: 'trap', cause: trap };
    if (errorSet) return { fault: 'error_set', cause: undefined };
    return this.#read(output);
  }

  #failed(code: number): Verdict {
    const word = Object.hasOwn(FAIL_CODES, code)
      ? FAIL_CODES[code as keyof typeof FAIL_CODES] // its own key
      : undefined;
    // Refused is what a plugin says of a host that breaks the ABI, which none of ours does.
    if (word === undefined || word === 'transform_rejected') return { fault: 'code', cause: code };
    return { outcome: word };
  }

  #read(output: Uint8Array): Verdict {
    try {
      if (this.#isIdentity) parseIdentity(output, this.#validates);
      else parseExtraction(output, this.#validates, LIMITS);
      return { outcome: 'text' };
    } catch (failure) {
      const { code, detail } = asCcosError(failure);
      return code === 'limit'
        ? { outcome: code }
        : { fault: `${code} ${String(detail['why'])}`, cause: failure };
    }
  }
}
