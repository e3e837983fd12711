/** Members of a ZIP file, read within limits (APPNOTE 6.3). */
import { Failure, fail } from './host';
import { inflate } from './inflate';
import { crc32 } from './zip-crc';
import { Entry, Flag, Method, readDirectory } from './zip-directory';

const MAX_ENTRY: usize = 64 << 20;
const MAX_TOTAL: usize = 128 << 20;
/** Above this size a member may not be more than `MAX_RATIO` times what it takes packed. */
const FREE_SIZE: usize = 1 << 20;
const MAX_RATIO: usize = 100;
/** Zeroes after the last byte of a member, so that a look ahead never reads what was there before. */
const PADDING: usize = 16;

/** The bytes of a member. */
export class Part {
  constructor(
    public at: usize,
    public length: usize,
  ) {}
}

export class Zip {
  /** Bytes that members took when they were read, all together. */
  private delivered: usize = 0;

  constructor(public entries: Entry[]) {}

  /** The member of this ASCII name, or null. Upper and lower case are the same, as OPC wants. */
  find(name: string): Entry | null {
    const bytes = heap.alloc(<usize>name.length + 1);
    for (let i = 0; i < name.length; i++) store<u8>(bytes + i, <u8>name.charCodeAt(i));
    return this.findBytes(bytes, <usize>name.length);
  }

  /** The member whose name is these bytes, but for the case of ASCII letters, or null. */
  findBytes(at: usize, length: usize): Entry | null {
    for (let i = 0; i < this.entries.length; i++) {
      if (this.entries[i].isNamed(at, length)) return this.entries[i];
    }
    return null;
  }

  /**
   * The content of a member, its checksum verified. Null when it cannot be had, and the failure is set:
   * 1 damaged, 2 encrypted, 3 packed in a way that nobody uses, 4 over a limit.
   */
  read(entry: Entry): Part | null {
    if ((entry.flags & Flag.ENCRYPTED) != 0 || entry.method == Method.AES) {
      return this.failed(Failure.ENCRYPTED);
    }
    if (entry.method != Method.STORED && entry.method != Method.DEFLATED) {
      return this.failed(Failure.UNSUPPORTED);
    }
    if (entry.size > MAX_ENTRY || isBomb(entry) || entry.size > MAX_TOTAL - this.delivered) {
      return this.failed(Failure.LIMIT);
    }
    this.delivered += entry.size;
    const at = unpack(entry);
    if (at == 0 || crc32(at, entry.size) != entry.crc) return this.failed(Failure.MALFORMED);
    return new Part(at, entry.size);
  }

  private failed(code: i32): Part | null {
    fail(code);
    return null;
  }
}

function isBomb(entry: Entry): bool {
  return entry.size > FREE_SIZE && entry.size / MAX_RATIO > entry.packed;
}

/** Where the content is, or zero. A stored member stays where it is, in the blob. */
function unpack(entry: Entry): usize {
  if (entry.method == Method.STORED) return entry.size == entry.packed ? entry.data : 0;
  const into = heap.alloc(entry.size + PADDING);
  memory.fill(into + entry.size, 0, PADDING);
  return inflate(entry.data, entry.packed, into, entry.size) ? into : 0;
}

/** Opens a ZIP file in memory. Null when it is none that we read: the failure is set then. */
export function openZip(at: usize, length: usize): Zip | null {
  const entries: Entry[] = [];
  const code = readDirectory(at, length, entries);
  if (code == 0) return new Zip(entries);
  fail(code);
  return null;
}
