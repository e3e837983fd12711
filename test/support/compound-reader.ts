/** Reads whole compound files back into what `compound` takes; throws for damaged ones. */
import type { Storage } from './compound.ts';

const LAST = 0xfffffffa;
const NONE = 0xffffffff;

class Reader {
  readonly #file: Buffer;
  readonly #size: number;
  readonly #links: Buffer;
  readonly #directory: Buffer;
  readonly #mini: Buffer;
  readonly #miniLinks: Buffer;

  constructor(bytes: Uint8Array) {
    this.#file = Buffer.from(bytes);
    this.#size = 1 << this.#file.readUInt16LE(30);
    const tables = Array.from({ length: this.#file.readUInt32LE(44) }, (_, index) =>
      this.#sector(this.#file.readUInt32LE(76 + index * 4)),
    );
    this.#links = Buffer.concat(tables);
    this.#directory = this.#chain(this.#file.readUInt32LE(48));
    this.#miniLinks = this.#chain(this.#file.readUInt32LE(60));
    this.#mini = this.#chain(this.#directory.readUInt32LE(116));
  }

  #sector(number: number): Buffer {
    return this.#file.subarray((number + 1) * this.#size, (number + 2) * this.#size);
  }

  #chain(start: number): Buffer {
    const parts: Buffer[] = [];
    for (let at = start; at < LAST; at = this.#links.readUInt32LE(at * 4))
      parts.push(this.#sector(at));
    return Buffer.concat(parts);
  }

  #stream(start: number, length: number): Buffer {
    if (length >= 4096) return this.#chain(start).subarray(0, length);
    const parts: Buffer[] = [];
    for (let at = start; length > 0 && at < LAST; at = this.#miniLinks.readUInt32LE(at * 4))
      parts.push(this.#mini.subarray(at * 64, at * 64 + 64));
    return Buffer.concat(parts).subarray(0, length);
  }

  storage(id: number): Storage {
    const content: Record<string, Uint8Array | Storage> = {};
    const waiting = [this.#directory.readUInt32LE(id * 128 + 76)];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next === NONE) continue;
      const entry = this.#directory.subarray(next * 128, next * 128 + 128);
      const name = entry.toString('utf16le', 0, entry.readUInt16LE(64) - 2);
      content[name] =
        entry[66] === 1
          ? this.storage(next)
          : Uint8Array.from(this.#stream(entry.readUInt32LE(116), entry.readUInt32LE(120)));
      waiting.push(entry.readUInt32LE(72), entry.readUInt32LE(68));
    }
    return content;
  }
}

export const storageOf = (file: Uint8Array): Storage => new Reader(file).storage(0);
