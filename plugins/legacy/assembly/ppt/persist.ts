/** Where the parts of a presentation are, after all the edits that were appended to it ([MS-PPT] 2.1.2). */
import { Failure } from '../../../lib/assembly/host';
import { failed } from '../failed';
import { View } from '../view';
import { Record } from './records';

const HEAD: usize = 8;
const LOCKED: u32 = 0xf3d1c4df;
const OPEN: u32 = 0xe391c05f;
const MAX_EDITS: i32 = 10_000;
const MAX_PARTS: i32 = 1_000_000;
/** An edit of a document with a password is longer: it names what it is locked with. */
const LOCKED_EDIT: u32 = 32;

export class Persist {
  /** The number of the document itself. */
  document: u32 = 0;
  private parts: Map<u32, u32> = new Map<u32, u32>();

  constructor(private stream: View) {}

  /** Reads all edits from the last to the first; false with the failure set. */
  read(user: View): bool {
    if (user.u32(12) == LOCKED) return failed(Failure.ENCRYPTED);
    let at = user.u32(12) == OPEN ? <usize>user.u32(16) : 0;
    if (!this.is(at, Record.USER_EDIT)) at = this.lastEdit();
    if (!this.is(at, Record.USER_EDIT)) return failed(Failure.MALFORMED);
    this.document = this.stream.u32(at + HEAD + 16);
    for (let i = 0; i < MAX_EDITS; i++) {
      if (this.stream.u32(at + 4) >= LOCKED_EDIT) return failed(Failure.ENCRYPTED);
      if (!this.readParts(<usize>this.stream.u32(at + HEAD + 12))) return false;
      const before = <usize>this.stream.u32(at + HEAD + 8);
      if (before == 0 || before >= at || !this.is(before, Record.USER_EDIT)) return true;
      at = before;
    }
    return failed(Failure.LIMIT);
  }

  private is(at: usize, type: u32): bool {
    return this.stream.u16(at + 2) == type;
  }

  /** The last edit that there is, where nothing says which that is. */
  private lastEdit(): usize {
    let last: usize = 0;
    let at: usize = 0;
    while (this.stream.has(at, HEAD)) {
      if (this.is(at, Record.USER_EDIT)) last = at;
      const length = <usize>this.stream.u32(at + 4);
      if (!this.stream.has(at + HEAD, length)) break;
      at += HEAD + length;
    }
    return last;
  }

  /** What a later edit says of a part counts. */
  private readParts(at: usize): bool {
    if (!this.is(at, Record.PERSIST_DIRECTORY)) return failed(Failure.MALFORMED);
    const list = this.stream.part(at + HEAD, <usize>this.stream.u32(at + 4));
    let offset: usize = 0;
    while (list.has(offset, 4)) {
      const run = list.u32(offset);
      const count = run >>> 20;
      offset += 4;
      for (let i: u32 = 0; i < count && list.has(offset, 4); i++) {
        const id = (run & 0xfffff) + i;
        if (!this.parts.has(id)) this.parts.set(id, list.u32(offset));
        offset += 4;
      }
      if (this.parts.size > MAX_PARTS) return failed(Failure.LIMIT);
    }
    return true;
  }

  /** Where a part of a type is; zero where there is none, which is never the place of one. */
  find(id: u32, type: u32): usize {
    const at = this.parts.has(id) ? <usize>this.parts.get(id) : 0;
    return this.is(at, type) ? at : 0;
  }
}
