import type { LoadedVariant, Registry } from '../bundle/registry.ts';
import { pickByMagic, pickByType, pickVariant } from '../bundle/routing.ts';
import { CcosError } from '../core/error.ts';
import { FIXED } from '../core/limits.ts';
import type { LimitValues } from '../core/limits.ts';
import { refusedInput } from '../kernel/call-rows.ts';
import type { Store } from '../kernel/records.ts';
import type { DocumentCalls, DocumentToCall } from './document-calls.ts';
import { IDENTIFY, parseIdentity } from './identity.ts';
import type { Identity } from './identity.ts';

export const EXTRACT_TEXT = 'ccos.attachment.extract_text';

interface Parts {
  readonly store: Store;
  readonly registry: Registry;
  readonly documents: DocumentCalls;
}

/** The plugin that reads a document, and the document as that plugin is told of it. */
export interface Choice {
  readonly variant: LoadedVariant;
  readonly document: DocumentToCall;
}

/**
 * Which plugin reads a document. Magic numbers at fixed places decide by themselves, whatever was
 * declared; for all others a plugin that tells formats apart is asked, and where there is none, what was
 * declared counts.
 */
export class Chooser {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Refusals before there is a call leave a row of their own. */
  async choose(document: DocumentToCall, limits: LimitValues): Promise<Choice> {
    const { bytes, declaredType } = document;
    if (bytes.length > limits.inputBytes)
      return this.#refuse(
        new CcosError('too_large', { bytes: bytes.length, limit: limits.inputBytes }),
      );
    const { registry } = this.#parts;
    const head = bytes.subarray(0, FIXED.sniffBytes);
    const find = await registry.finder(EXTRACT_TEXT);
    const known = find((variants) => pickByMagic(variants, head, declaredType));
    if (known !== undefined) return { variant: known, document };
    const identifier = await registry.enabled(IDENTIFY);
    if (identifier !== undefined) return this.#identified(document, { limits, identifier, find });
    const variant = find((variants) => pickVariant(variants, head, declaredType));
    return variant === undefined ? this.#refuseUnread() : { variant, document };
  }

  /** What no plugin reads has failed where it was identified. */
  async #identified(
    document: DocumentToCall,
    by: {
      readonly limits: LimitValues;
      readonly identifier: LoadedVariant;
      readonly find: Awaited<ReturnType<Registry['finder']>>;
    },
  ): Promise<Choice> {
    const { limits, identifier, find } = by;
    const { call, result } = await this.#parts.documents.call(document, {
      variant: identifier,
      limits,
      args: {},
      isLast: () => false,
      read(output) {
        const identity = parseIdentity(output, identifier.validatesOutput);
        const type = typeOf(identity, document.declaredType);
        const isText = identity.media_type.startsWith('text/');
        const variant = find((variants) => pickByType(variants, type, isText));
        if (variant === undefined) throw new CcosError('unsupported_type', {});
        return { type, variant };
      },
    });
    const { type, variant } = result;
    return { variant, document: { ...document, declaredType: type, stored: call.stored } };
  }

  async #refuseUnread(): Promise<never> {
    const { documents } = this.#parts;
    const approval =
      (await documents.pendingFor('publisher.trust')) ??
      (await documents.pendingFor('bundle.install'));
    if (approval !== undefined)
      return this.#refuse(new CcosError('approval_required', {}, { approval_id: approval }));
    return this.#refuse(new CcosError('unsupported_type', {}));
  }

  async #refuse(error: CcosError): Promise<never> {
    await this.#parts.store.commit({ rows: [refusedInput(error, 'extract')] });
    throw error;
  }
}

/** A declaration that holds may say more, such as the encoding. */
function typeOf({ as_declared: holds, media_type: type }: Identity, declared?: string): string {
  return holds && declared !== undefined ? declared : type;
}
