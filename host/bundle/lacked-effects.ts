import { EFFECTS } from '../core/abi.ts';
import type { Effect } from '../core/abi.ts';
import { asCcosError } from '../core/error.ts';
import { verifyBundle } from './verify.ts';
import type { SequenceFloor, VerifyOptions } from './verify.ts';

interface Lacked {
  readonly publisher: string;
  readonly effects: readonly Effect[];
}

/**
 * The effects that are all that keeps a bundle from being installed; null where `failure` is another, and
 * throws what else is wrong with it.
 */
export function lackedEffects(
  failure: unknown,
  bytes: Uint8Array,
  options: VerifyOptions & { readonly floorOf: (name: string) => SequenceFloor | null },
): Lacked | null {
  const { code, detail } = asCcosError(failure);
  if (code !== 'bundle_permission' || detail['why'] !== 'effect') return null;
  const { trust, floorOf } = options;
  const publishers = trust.publishers.map((known) => ({ ...known, maxEffects: EFFECTS }));
  const every = { ...options, trust: { ...trust, publishers } };
  const { manifest } = verifyBundle(bytes, every);
  const floor = floorOf(manifest.name);
  if (floor !== null) verifyBundle(bytes, { ...every, floor });
  const publisher = manifest.publisher.id;
  const may = trust.publishers.find(({ id }) => id === publisher)?.maxEffects ?? [];
  const asked = manifest.capabilities.flatMap(({ effects }) => effects);
  return { publisher, effects: asked.filter((effect) => !may.includes(effect)) };
}
