/** The directory of a compound file: storages, and the streams in them ([MS-CFB] 2.6). */
import { lowerAscii } from '../../../lib/assembly/bytes';
import { View } from '../view';

const ENTRY: usize = 128;
const MAX_NAME: usize = 64;

export const ROOT: i32 = 0;
export const NOT_FOUND: i32 = -1;

export namespace Type {
  export const STORAGE: u32 = 1;
  export const STREAM: u32 = 2;
}

export class Directory {
  count: i32;
  /** The first entry in a storage, and the entry behind another, each in the order of their names. */
  private first: StaticArray<i32>;
  private following: StaticArray<i32>;
  private seen: StaticArray<bool>;
  private storages: i32[] = [ROOT];
  private branch: i32[] = [];

  constructor(private view: View) {
    const count = <i32>(view.length / ENTRY);
    this.count = count;
    this.first = new StaticArray<i32>(count);
    this.following = new StaticArray<i32>(count);
    this.seen = new StaticArray<bool>(count);
    for (let i = 0; i < count; i++) this.first[i] = this.following[i] = NOT_FOUND;
    while (count > 0 && this.storages.length > 0) this.link(this.storages.pop());
  }

  /** The entries of a storage in order, and of each entry what it is. Every entry is in one storage, once. */
  private link(storage: i32): void {
    let last = NOT_FOUND;
    let node = this.field(storage, 76);
    const branch = this.branch;
    while (true) {
      while (this.isNew(node)) {
        this.seen[node] = true;
        branch.push(node);
        node = this.field(node, 68);
      }
      if (branch.length == 0) return;
      node = branch.pop();
      if (last == NOT_FOUND) this.first[storage] = node;
      else this.following[last] = node;
      last = node;
      if (this.type(node) == Type.STORAGE) this.storages.push(node);
      node = this.field(node, 72);
    }
  }

  private isNew(id: i32): bool {
    if (id <= ROOT || id >= this.count || this.seen[id]) return false;
    return this.type(id) == Type.STORAGE || this.type(id) == Type.STREAM;
  }

  private field(id: i32, offset: usize): i32 {
    return <i32>this.view.u32(<usize>id * ENTRY + offset);
  }

  type(id: i32): u32 {
    return this.view.u8(<usize>id * ENTRY + 66);
  }

  /** The first sector of a stream. */
  start(id: i32): u32 {
    return <u32>this.field(id, 116);
  }

  /** Bytes of a stream. Files with small sectors have 32 bits of it, and anything above. */
  size(id: i32): usize {
    return <usize>this.field(id, 120);
  }

  firstOf(storage: i32): i32 {
    return this.first[storage];
  }

  after(id: i32): i32 {
    return this.following[id];
  }

  /** Whether the name begins with an ASCII word; upper and lower case are the same. */
  startsWith(id: i32, word: string): bool {
    const at = <usize>id * ENTRY;
    const length = this.nameLength(id);
    if (length < word.length) return false;
    for (let i = 0; i < word.length; i++) {
      const unit = this.view.u16(at + ((<usize>i) << 1));
      if (lowerAscii(unit) != lowerAscii(<u32>word.charCodeAt(i))) return false;
    }
    return true;
  }

  /** UTF-16 units. */
  nameLength(id: i32): i32 {
    const bytes = <usize>this.view.u16(<usize>id * ENTRY + 64);
    return bytes < 2 || bytes > MAX_NAME ? 0 : <i32>(bytes >> 1) - 1;
  }

  nameUnit(id: i32, index: i32): u32 {
    return this.view.u16(<usize>id * ENTRY + ((<usize>index) << 1));
  }

  /** The entry of this name in a storage, or NOT_FOUND. */
  find(storage: i32, name: string): i32 {
    let id = this.first[storage];
    while (id != NOT_FOUND) {
      if (this.nameLength(id) == name.length && this.startsWith(id, name)) return id;
      id = this.following[id];
    }
    return NOT_FOUND;
  }

  /** The bytes of an entry. */
  entry(id: i32): View {
    return this.view.part(<usize>id * ENTRY, ENTRY);
  }
}
