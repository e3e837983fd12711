/** The sectors of a compound file, and the chains that they make ([MS-CFB] 2.1 to 2.5). */
import { Failure, fail } from '../../../lib/assembly/host';
import { View } from '../view';

/** Larger numbers mark the end of a chain, and sectors that are of none. */
const LAST_SECTOR: u32 = 0xfffffffa;
/** Bytes that are put together from sectors, of all streams of a file. */
const MAX_GATHERED: usize = 128 << 20;
/** Sectors that are followed, again of all of them. */
const MAX_STEPS: i32 = 8_000_000;
/** No file is larger. */
const MAX_STREAM: usize = 64 << 20;
const PADDING: usize = 64;

let gathered: usize = 0;
let steps: i32 = 0;

/** Sectors of one size one after another, and for each the number of the next of its chain. */
export class Sectors {
  private total: u32;

  constructor(
    private bytes: View,
    private shift: u32,
    private links: View,
  ) {
    this.total = <u32>((bytes.length + (1 << shift) - 1) >> shift);
  }

  get size(): usize {
    return (<usize>1) << this.shift;
  }

  has(sector: u32): bool {
    return sector < this.total;
  }

  next(sector: u32): u32 {
    const offset = (<usize>sector) << 2;
    return this.links.has(offset, 4) ? this.links.u32(offset) : LAST_SECTOR;
  }

  /** The bytes of a sector; fewer for the last of a file that was cut. */
  sector(sector: u32): View {
    return this.bytes.part((<usize>sector) << this.shift, this.size);
  }

  /**
   * How many sectors a chain has, at most `most`; -1 when it leads out of the file or comes back to where it
   * was (Brent's algorithm: `mark` is moved at each power of two), and the failure is set.
   */
  count(start: u32, most: u32): i32 {
    let count: u32 = 0;
    let mark: u32 = LAST_SECTOR;
    for (let sector = start; sector < LAST_SECTOR && count < most; sector = this.next(sector)) {
      if (!this.has(sector) || sector == mark) return broken(Failure.MALFORMED);
      if (++steps > MAX_STEPS) return broken(Failure.LIMIT);
      if ((count & (count - 1)) == 0) mark = sector;
      count++;
    }
    return <i32>count;
  }

  /** At most `claimed` bytes of a chain in one piece, fewer where it ends before; null with the failure set. */
  gather(start: u32, claimed: usize): View | null {
    const length = min(claimed, MAX_STREAM);
    const count = this.count(start, <u32>((length + this.size - 1) >> this.shift));
    if (count < 0) return null;
    const size = min(length, (<usize>count) << this.shift);
    if (this.isOnePiece(start, count)) return this.bytes.part((<usize>start) << this.shift, size);
    gathered += size;
    if (gathered > MAX_GATHERED) {
      fail(Failure.LIMIT);
      return null;
    }
    return this.copy(start, size);
  }

  private isOnePiece(start: u32, count: i32): bool {
    for (let i = 1; i < count; i++) {
      if (this.next(start + i - 1) != start + i) return false;
    }
    return count > 0;
  }

  private copy(start: u32, size: usize): View {
    const at = heap.alloc(size + PADDING);
    memory.fill(at, 0, size + PADDING);
    let sector = start;
    for (let done: usize = 0; done < size; done += this.size) {
      const part = this.sector(sector);
      memory.copy(at + done, part.at, min(part.length, size - done));
      sector = this.next(sector);
    }
    return new View(at, size);
  }
}

function broken(code: i32): i32 {
  fail(code);
  return -1;
}
