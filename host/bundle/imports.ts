import { HOST_FUNCTIONS, HOST_MODULE, KERNEL_FUNCTIONS, KERNEL_MODULE } from '../core/abi.ts';
import type { Effect } from '../core/abi.ts';

/** `i64`, or what WebAssembly calls the rest: a `ptr` and a `len` are both `i32`. */
export type ValueType = 'i32' | 'i64';

/** An import that a module may have. */
export interface AllowedImport {
  /** The effect it belongs to; null where it has none. */
  readonly effect: Effect | null;
  /** Its type where the host implements it; Extism's kernel checks its own when it is linked. */
  readonly type?: { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] };
}

/** Every import of `ccos-abi/1` by `module.field`. No allowed name has another dot. */
export const ALLOWED_IMPORTS: ReadonlyMap<string, AllowedImport> = new Map<string, AllowedImport>([
  ...KERNEL_FUNCTIONS.map((name) => [`${KERNEL_MODULE}.${name}`, { effect: null }] as const),
  ...Object.entries(HOST_FUNCTIONS).map(([name, { params, result, effect }]) => {
    const type = {
      params: params.map((param): ValueType => (param === 'i64' ? 'i64' : 'i32')),
      results: result === null ? [] : [result],
    };
    return [`${HOST_MODULE}.${name}`, { effect, type }] as const;
  }),
]);
