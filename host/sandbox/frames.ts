import { HEAD_BYTES, ProtocolError, takeHead } from './protocol.ts';

export interface Frame {
  readonly kind: number;
  readonly body: Uint8Array;
}

/**
 * Cuts what arrives from a process into frames. The other side has to wait for an answer after each, so
 * bytes that follow a frame are out of turn. `maxBodyBytes` is looked at before a body is allocated.
 */
export class FrameReader {
  readonly #head = new Uint8Array(HEAD_BYTES);
  #headBytes = 0;
  #kind = 0;
  #body: Uint8Array | undefined;
  #bodyBytes = 0;

  /** The frame that `chunk` completes, if it does. Throws {@link ProtocolError}. */
  push(chunk: Uint8Array, maxBodyBytes: number): Frame | undefined {
    let rest = chunk;
    if (this.#body === undefined) {
      const taken = Math.min(HEAD_BYTES - this.#headBytes, rest.byteLength);
      this.#head.set(rest.subarray(0, taken), this.#headBytes);
      this.#headBytes += taken;
      if (this.#headBytes < HEAD_BYTES) return undefined;
      const { kind, bodyBytes } = takeHead(this.#head, maxBodyBytes);
      rest = rest.subarray(taken);
      if (rest.byteLength === bodyBytes) return this.#complete(kind, rest);
      this.#kind = kind;
      this.#body = new Uint8Array(bodyBytes);
    }
    if (rest.byteLength > this.#body.byteLength - this.#bodyBytes) {
      throw new ProtocolError('out of turn');
    }
    this.#body.set(rest, this.#bodyBytes);
    this.#bodyBytes += rest.byteLength;
    if (this.#bodyBytes < this.#body.byteLength) return undefined;
    return this.#complete(this.#kind, this.#body);
  }

  #complete(kind: number, body: Uint8Array): Frame {
    this.#headBytes = 0;
    this.#bodyBytes = 0;
    this.#body = undefined;
    return { kind, body };
  }
}
