import type * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { CcosError } from '../core/error.ts';

export type Cedar = typeof cedar;

/** Cedar compiles 4 MB of WebAssembly when it is imported, so nothing imports it before it is needed. */
export async function loadCedar(): Promise<Cedar> {
  try {
    return await import('@cedar-policy/cedar-wasm/nodejs');
  } catch {
    throw new CcosError('policy_unavailable');
  }
}
