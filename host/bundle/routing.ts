import type { Manifest } from './manifest-schema.ts';

type Input = Manifest['capabilities'][number]['input'];
type Magic = Input['magic'][number];

/** A variant of a capability, as far as choosing one needs it. */
export interface Routable {
  readonly input: Pick<Input, 'magic' | 'mediaTypes' | 'fallback'>;
}

/**
 * The variant that reads this content. First the one whose magic is in `head` (the first 512 bytes
 * of the blob), the longest magic winning; among equals, and where none matches, the one that names
 * `declaredType` (a media type as it came, parameters and all), then the fallback. Several that match
 * by magic alone: the first of them.
 */
export function pickVariant<Variant extends Routable>(
  variants: readonly Variant[],
  head: Uint8Array,
  declaredType?: string,
): Variant | undefined {
  const { longest, candidates } = byMagic(variants, head);
  const byType = candidates.find(({ input }) => namesType(input.mediaTypes, declaredType));
  const fallback = candidates.find(({ input }) => input.fallback === true);
  return byType ?? fallback ?? (longest > 0 ? candidates[0] : undefined);
}

/** The same where a magic matches; undefined where none does, whatever was declared. */
export function pickByMagic<Variant extends Routable>(
  variants: readonly Variant[],
  head: Uint8Array,
  declaredType?: string,
): Variant | undefined {
  const { longest, candidates } = byMagic(variants, head);
  return longest === 0 ? undefined : pickVariant(candidates, head, declaredType);
}

/** The variant that names this media type; for text that none names, the fallback. */
export function pickByType<Variant extends Routable>(
  variants: readonly Variant[],
  mediaType: string,
  isText: boolean,
): Variant | undefined {
  const named = variants.find(({ input }) => namesType(input.mediaTypes, mediaType));
  return named ?? (isText ? variants.find(({ input }) => input.fallback === true) : undefined);
}

function byMagic<Variant extends Routable>(
  variants: readonly Variant[],
  head: Uint8Array,
): { readonly longest: number; readonly candidates: readonly Variant[] } {
  const lengths = variants.map(({ input }) => matchLength(input.magic, head));
  const longest = Math.max(0, ...lengths);
  return { longest, candidates: variants.filter((_, index) => lengths[index] === longest) };
}

/** Bytes of the longest magic that matches, 0 where none does. */
function matchLength(magics: readonly Magic[], head: Uint8Array): number {
  const lengths = magics.filter((magic) => matches(magic, head)).map(({ hex }) => hex.length / 2);
  return Math.max(0, ...lengths);
}

function matches({ offset, hex, ignoreCase = false }: Magic, head: Uint8Array): boolean {
  const bytes = hex.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return bytes.every((byte, index) => {
    const actual = head[offset + index];
    if (actual === undefined) return false;
    return ignoreCase ? lower(actual) === lower(byte) : actual === byte;
  });
}

/** ASCII only. */
function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function namesType(mediaTypes: readonly string[], declared: string | undefined): boolean {
  const [type = ''] = (declared ?? '').split(';');
  return mediaTypes.includes(type.trim().toLowerCase());
}
