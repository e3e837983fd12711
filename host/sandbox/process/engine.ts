/** The part of the WebAssembly JavaScript API that is used here; Node's types leave it to the DOM's. */
export interface Module {
  readonly [Symbol.toStringTag]: string;
}
export interface Memory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
}
export interface Instance {
  readonly exports: Readonly<Record<string, unknown>>;
}
interface Export {
  readonly name: string;
  readonly kind: string;
}
interface Import extends Export {
  readonly module: string;
}
type Class<T> = abstract new (...values: never[]) => T;
interface Engine {
  readonly Module: {
    readonly imports: (module: Module) => readonly Import[];
    readonly exports: (module: Module) => readonly Export[];
  };
  readonly Memory: Class<Memory>;
  readonly CompileError: Class<Error>;
  readonly LinkError: Class<Error>;
  readonly compile: (bytes: Uint8Array) => Promise<Module>;
}

export const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;

/** Of WebAssembly's memory, by its specification. */
export const PAGE_BYTES = 64 * 1024;
