import type { Offers, Registry } from '../bundle/registry.ts';
import type { LoadedVariant, OfferedVariant } from '../bundle/variant.ts';
import { pickByMagic, pickByType, pickVariant } from '../bundle/routing.ts';
import { CcosError } from '../core/error.ts';
import { FIXED } from '../core/limits.ts';
import type { LimitValues } from '../core/limits.ts';
import { refusedInput } from '../kernel/call-rows.ts';
import type { Store } from '../kernel/records.ts';
import type { DocumentCalls, DocumentToCall } from './document-calls.ts';
import { firstPartyReader } from './first-party-readers.ts';
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
 * declared. For all others, what was declared counts where only a bundle names it that the plugin that tells
 * formats apart is not in; else that plugin is asked; and where there is none, what was declared counts.
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
    const offers = await this.#parts.registry.offers();
    const head = bytes.subarray(0, FIXED.sniffBytes);
    const identifier = offers.enabled(IDENTIFY);
    const known =
      offers.find(EXTRACT_TEXT, (variants) => pickByMagic(variants, head, declaredType)) ??
      (identifier && strangerTo(identifier, offers, declaredType));
    if (known !== undefined) return { variant: await known.load(), document };
    if (identifier !== undefined)
      return this.#identified(document, { limits, identifier: await identifier.load(), offers });
    const variant = offers.find(EXTRACT_TEXT, (variants) =>
      pickVariant(variants, head, declaredType),
    );
    if (variant === undefined) return this.#refuseUnread();
    return { variant: await variant.load(), document };
  }

  /** What no plugin reads has failed where it was identified. */
  async #identified(
    document: DocumentToCall,
    by: {
      readonly limits: LimitValues;
      readonly identifier: LoadedVariant;
      readonly offers: Offers;
    },
  ): Promise<Choice> {
    const { limits, identifier, offers } = by;
    const { call, result } = await this.#parts.documents.call(document, {
      variant: identifier,
      limits,
      args: {},
      isLast: () => false,
      async read(output) {
        const identity = parseIdentity(output, identifier.validatesOutput);
        const type = typeOf(identity, document.declaredType);
        const isText = identity.media_type.startsWith('text/');
        const variant = offers.find(EXTRACT_TEXT, (variants) => pickByType(variants, type, isText));
        if (variant === undefined) throw unread(type);
        return { type, variant: await variant.load() };
      },
    });
    const { type, variant } = result;
    return { variant, document: { ...document, declaredType: type, stored: call.stored } };
  }

  /** Whether something that may be called reads this media type. */
  async reads(mediaType: string): Promise<boolean> {
    const offers = await this.#parts.registry.offers();
    const reader = offers.find(EXTRACT_TEXT, (variants) => pickByType(variants, mediaType, false));
    return reader?.target.capability.enabled === true;
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

/** What reads the declared type, where that is a type of another publisher's that the identifier cannot know. */
function strangerTo(
  { target: { bundle } }: OfferedVariant,
  offers: Offers,
  declaredType = '',
): OfferedVariant | undefined {
  const reader = offers.find(EXTRACT_TEXT, (variants) => {
    const named = variants.filter((one) => pickByType([one], declaredType, false));
    return named.some(({ target }) => target.bundle === bundle) ? undefined : named[0];
  });
  return reader?.target.capability.enabled === true ? reader : undefined;
}

/** Where a bundle of this project reads the type, the error names it. */
function unread(type: string): CcosError {
  const bundle = firstPartyReader(type);
  return new CcosError('unsupported_type', bundle === undefined ? {} : { bundle });
}

/** A declaration that holds may say more, such as the encoding. */
function typeOf({ as_declared: holds, media_type: type }: Identity, declared?: string): string {
  return holds && declared !== undefined ? declared : type;
}
