import { BOUNDS } from './bounds.ts';
import { refusal } from './refusal.ts';

/** Reads the primitives of the WebAssembly binary format (core specification, chapter 5). */
export class WasmReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#at = 0;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw refusal('bundle_module', 'truncated');
    return byte;
  }

  /** LEB128 of at most five bytes; padding is allowed, bits beyond the 32nd are not. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      if (shift === 28 && byte > 0x0f) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw refusal('bundle_module', 'leb128');
  }

  /** A vector's length. Each element has at least one byte, so a longer one is truncated. */
  length(): number {
    const length = this.u32();
    if (length > this.left) throw refusal('bundle_module', 'truncated');
    return length;
  }

  /** A vector: calls `element` once for each and keeps what it returns. */
  list<Element>(element: () => Element): readonly Element[] {
    return Array.from({ length: this.length() }, element);
  }

  name(): string {
    const length = this.u32();
    if (length > BOUNDS.moduleNameBytes) throw refusal('bundle_module', 'name');
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(length));
    } catch (error) {
      if (error instanceof TypeError) throw refusal('bundle_module', 'name');
      throw error;
    }
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw refusal('bundle_module', 'truncated');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A part with its length before it, such as a section or a function body. */
  part(): WasmReader {
    return new WasmReader(this.take(this.u32()));
  }

  finish(): void {
    if (!this.done) throw refusal('bundle_module', 'trailing');
  }
}
