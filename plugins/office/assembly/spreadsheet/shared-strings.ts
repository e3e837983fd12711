/** The table of strings that cells point into (ECMA-376-1, 18.4.9). */
import { Bytes } from '../../../lib/assembly/bytes';
import { Failure, fail } from '../../../lib/assembly/host';
import { Token } from '../../../lib/assembly/xml';
import { Zip } from '../../../lib/assembly/zip';
import { Entry } from '../../../lib/assembly/zip-directory';
import { openEntry } from './entry-xml';
import { readStringItem } from './rich-text';

/** The table is read once more into memory beside the part. */
const MAX_PART: usize = 24 << 20;

export class SharedStrings {
  text: Bytes;
  /** Where each string ends, a u32 each. */
  ends: Bytes = new Bytes(4096);

  constructor(capacity: usize) {
    this.text = new Bytes(capacity);
  }

  get count(): i32 {
    return <i32>(this.ends.length >> 2);
  }

  /** Appends a string; nothing for a number that has none. */
  write(out: Bytes, index: i32): void {
    if (index < 0 || index >= this.count) return;
    const start: usize = index == 0 ? 0 : this.end(index - 1);
    out.append(this.text.at + start, this.end(index) - start);
  }

  finishString(): void {
    this.ends.reserve(4);
    store<u32>(this.ends.at + this.ends.length, <u32>this.text.length);
    this.ends.length += 4;
  }

  private end(index: i32): usize {
    return <usize>load<u32>(this.ends.at + ((<usize>index) << 2));
  }
}

/** Reads the table, empty when there is none; null with the failure set. */
export function readSharedStrings(zip: Zip, entry: Entry | null): SharedStrings | null {
  if (entry == null) return new SharedStrings(0);
  if (entry.size > MAX_PART) {
    fail(Failure.LIMIT);
    return null;
  }
  const xml = openEntry(zip, entry);
  if (xml == null) return null;
  const strings = new SharedStrings(entry.size);
  let token: i32;
  while ((token = xml.next()) != Token.NONE) {
    if (token != Token.START || !xml.is('si')) continue;
    readStringItem(xml, strings.text);
    strings.finishString();
  }
  return xml.failed ? null : strings;
}
