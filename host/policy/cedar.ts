import type * as cedar from '@cedar-policy/cedar-wasm/nodejs';

export type Cedar = typeof cedar;

/** Cedar compiles 4 MB of WebAssembly when it is imported, so nothing imports it before it is needed. */
export function loadCedar(): Promise<Cedar> {
  return import('@cedar-policy/cedar-wasm/nodejs');
}
