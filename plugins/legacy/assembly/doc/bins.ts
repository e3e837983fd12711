/** Which properties the bytes of a file have: pages of 512 bytes, found by a table ([MS-DOC] 2.8.5, 2.8.6). */
import { View } from '../view';

const PAGE: usize = 512;
const LAST: usize = 511;
const PAGE_NUMBER: u32 = 0x3fffff;

export class Bins {
  /** Bytes of the file that have the same properties as the one that was asked for last. */
  from: u32 = 0;
  to: u32 = 0;
  /** The style of a paragraph, and the properties: none where nothing is said. */
  style: i32 = 0;
  list: View = new View(0, 0);
  private count: i32;

  /** Entries of a page take 13 bytes for paragraphs, and one for runs. */
  constructor(
    private stream: View,
    private table: View,
    private entry: usize,
  ) {
    this.count = table.length < 4 ? 0 : <i32>((table.length - 4) >> 3);
  }

  // @ts-ignore: decorator
  @inline
  has(offset: u32): bool {
    return offset >= this.from && offset < this.to;
  }

  /** Looks up the properties of a byte. */
  find(offset: u32): void {
    this.list.length = 0;
    this.style = 0;
    const bin = search(this.table, this.count, offset);
    if (bin < 0) {
      this.from = offset;
      this.to = offset + 1;
      return;
    }
    this.from = this.table.u32((<usize>bin) << 2);
    this.to = this.table.u32((<usize>bin + 1) << 2);
    const numbers = (<usize>this.count + 1) << 2;
    const number = this.table.u32(numbers + ((<usize>bin) << 2)) & PAGE_NUMBER;
    this.findInPage(this.stream.part(<usize>number * PAGE, PAGE), offset);
  }

  private findInPage(page: View, offset: u32): void {
    const most = (LAST - 4) / (4 + this.entry);
    const count = <i32>min(<usize>page.u8(LAST), most);
    const index = search(page, count, offset);
    if (index < 0) {
      this.from = offset;
      this.to = offset + 1;
      return;
    }
    this.from = page.u32((<usize>index) << 2);
    this.to = page.u32((<usize>index + 1) << 2);
    const entries = (<usize>count + 1) << 2;
    const at = (<usize>page.u8(entries + <usize>index * this.entry)) << 1;
    if (at == 0) return;
    if (this.entry == 1) this.setList(page, at + 1, <usize>page.u8(at));
    else this.setParagraph(page, at);
  }

  /** A length of zero says that the length follows, in another unit. */
  private setParagraph(page: View, at: usize): void {
    const words = <usize>page.u8(at);
    const start = words == 0 ? at + 2 : at + 1;
    const size = words == 0 ? (<usize>page.u8(at + 1)) << 1 : (words << 1) - 1;
    this.style = <i32>page.u16(start);
    if (size > 2) this.setList(page, start + 2, size - 2);
  }

  private setList(page: View, at: usize, length: usize): void {
    const end = min(at + length, LAST);
    if (at >= end || page.length < PAGE) return;
    this.list.at = page.at + at;
    this.list.length = end - at;
  }
}

/** The range of an ascending list of offsets that one is in; -1 for none. */
function search(list: View, count: i32, offset: u32): i32 {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list.u32((<usize>middle + 1) << 2) <= offset) low = middle + 1;
    else high = middle;
  }
  return low < count && list.u32((<usize>low) << 2) <= offset ? low : -1;
}
