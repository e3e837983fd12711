/** The directory of a ZIP file, central and local headers held against each other (APPNOTE 6.3, 4.3). */
import { lowerAscii } from './bytes';
import { Failure } from './host';
import { isSafeName } from './zip-names';

const MAX_ENTRIES: i64 = 1000;
const END_SIZE: usize = 22;
const MAX_COMMENT: usize = 0xffff;
const CENTRAL_SIZE: usize = 46;
const LOCAL_SIZE: usize = 30;
const ALL_ONES: u32 = 0xffffffff;
const EXTRA_ZIP64: u32 = 1;

export namespace Flag {
  export const ENCRYPTED: u32 = 1;
  /** Sizes and checksum stand behind the data. */
  export const DESCRIPTOR: u32 = 8;
  export const UTF_8: u32 = 0x800;
}

export namespace Method {
  export const STORED: u32 = 0;
  export const DEFLATED: u32 = 8;
  export const AES: u32 = 99;
}

export class Entry {
  nameAt: usize = 0;
  nameLength: usize = 0;
  flags: u32 = 0;
  method: u32 = 0;
  crc: u32 = 0;
  packed: usize = 0;
  size: usize = 0;
  /** Where its local header starts. */
  header: usize = 0;
  data: usize = 0;
  /** Extra fields of the central header. */
  extra: usize = 0;
  extraLength: usize = 0;

  /** Whether the name is these bytes, but for the case of ASCII letters. */
  isNamed(at: usize, length: usize): bool {
    if (length != this.nameLength) return false;
    for (let i: usize = 0; i < length; i++) {
      if (lowerAscii(<u32>load<u8>(at + i)) != lowerAscii(<u32>load<u8>(this.nameAt + i))) {
        return false;
      }
    }
    return true;
  }

  get isFolder(): bool {
    return load<u8>(this.nameAt + this.nameLength - 1) == 47;
  }
}

/** Where the central directory is and how many entries it has. */
class Directory {
  count: i64 = 0;
  offset: i64 = 0;
  size: i64 = 0;
}

/** The last end record whose comment fits into the file; zero when there is none. */
function findEnd(at: usize, length: usize): usize {
  if (length < END_SIZE) return 0;
  const last = at + length - END_SIZE;
  const first = length > END_SIZE + MAX_COMMENT ? last - MAX_COMMENT : at;
  for (let here = last; here >= first; here--) {
    if (load<u32>(here) == 0x06054b50 && load<u16>(here + 20) <= last - here) return here;
  }
  return 0;
}

function readEnd(at: usize, length: usize, directory: Directory): bool {
  const end = findEnd(at, length);
  if (end == 0) return false;
  directory.count = <i64>load<u16>(end + 10);
  directory.size = <i64>load<u32>(end + 12);
  directory.offset = <i64>load<u32>(end + 16);
  const locator = end - 20;
  const wide = end >= at + 20 && load<u32>(locator) == 0x07064b50;
  if (wide) return readWideEnd(at, locator, directory);
  const oneDisk = load<u32>(end + 4) == 0 && load<u16>(end + 8) == load<u16>(end + 10);
  return oneDisk && directory.offset + directory.size <= <i64>(end - at);
}

/** The ZIP64 end record, which stands before its locator. */
function readWideEnd(at: usize, locator: usize, directory: Directory): bool {
  const before = <i64>(locator - at);
  const offset = load<i64>(locator + 8);
  if (offset < 0 || offset > before - 56) return false;
  const record = at + <usize>offset;
  if (load<u32>(record) != 0x06064b50 || load<u64>(record + 16) != 0) return false;
  directory.count = load<i64>(record + 32);
  directory.size = load<i64>(record + 40);
  directory.offset = load<i64>(record + 48);
  if (directory.count < 0 || load<i64>(record + 24) != directory.count) return false;
  if (directory.size < 0 || directory.size > offset) return false;
  return directory.offset >= 0 && directory.offset <= offset - directory.size;
}

/** The values of the ZIP64 field stand for those that are all ones, in this order. */
function readWideSizes(entry: Entry, local: i64): i64 {
  const end = entry.extra + entry.extraLength;
  let at = entry.extra;
  while (at + 4 <= end) {
    const next = at + 4 + <usize>load<u16>(at + 2);
    if (next > end) return -1;
    if (load<u16>(at) == EXTRA_ZIP64) return takeWide(entry, local, at + 4, next);
    at = next;
  }
  return isWide(entry, local) ? -1 : local;
}

function isWide(entry: Entry, local: i64): bool {
  return <u32>entry.size == ALL_ONES || <u32>entry.packed == ALL_ONES || local == <i64>ALL_ONES;
}

function takeWide(entry: Entry, local: i64, from: usize, end: usize): i64 {
  let at = from;
  let offset = local;
  if (<u32>entry.size == ALL_ONES) {
    if (at + 8 > end || load<u32>(at + 4) != 0) return -1;
    entry.size = <usize>load<u32>(at);
    at += 8;
  }
  if (<u32>entry.packed == ALL_ONES) {
    if (at + 8 > end || load<u32>(at + 4) != 0) return -1;
    entry.packed = <usize>load<u32>(at);
    at += 8;
  }
  if (local == <i64>ALL_ONES) {
    if (at + 8 > end) return -1;
    offset = load<i64>(at);
  }
  return offset;
}

/** Reads the central header at `at`; returns where the next one is, or zero. */
function readCentral(entry: Entry, file: usize, at: usize, end: usize): usize {
  if (end - at < CENTRAL_SIZE || load<u32>(at) != 0x02014b50) return 0;
  entry.flags = load<u16>(at + 8);
  entry.method = load<u16>(at + 10);
  entry.crc = load<u32>(at + 16);
  entry.packed = <usize>load<u32>(at + 20);
  entry.size = <usize>load<u32>(at + 24);
  entry.nameAt = at + CENTRAL_SIZE;
  entry.nameLength = <usize>load<u16>(at + 28);
  entry.extra = entry.nameAt + entry.nameLength;
  entry.extraLength = <usize>load<u16>(at + 30);
  const next = entry.extra + entry.extraLength + <usize>load<u16>(at + 32);
  if (next > end || load<u16>(at + 34) != 0) return 0;
  if (!isSafeName(entry.nameAt, entry.nameLength)) return 0;
  const local = readWideSizes(entry, <i64>load<u32>(at + 42));
  if (local < 0 || local > <i64>(at - file)) return 0;
  entry.header = file + <usize>local;
  return next;
}

function sameBytes(one: usize, other: usize, length: usize): bool {
  return memory.compare(one, other, length) == 0;
}

/** A local field agrees when it says the same, or leaves it to the central header. */
function agrees(local: u32, central: usize, deferred: bool): bool {
  return local == <u32>central || local == ALL_ONES || (deferred && local == 0);
}

/** Whether the local header says what the central one says, and the data lies before `end`. */
function readLocal(entry: Entry, end: usize): bool {
  const at = entry.header;
  if (end - at < LOCAL_SIZE || load<u32>(at) != 0x04034b50) return false;
  const flags = <u32>load<u16>(at + 6);
  const nameLength = <usize>load<u16>(at + 26);
  const deferred = (flags & Flag.DESCRIPTOR) != 0;
  entry.data = at + LOCAL_SIZE + nameLength + <usize>load<u16>(at + 28);
  if (entry.data > end || entry.packed > end - entry.data) return false;
  return (
    ((flags ^ entry.flags) & Flag.ENCRYPTED) == 0 &&
    <u32>load<u16>(at + 8) == entry.method &&
    nameLength == entry.nameLength &&
    sameBytes(at + LOCAL_SIZE, entry.nameAt, nameLength) &&
    agrees(load<u32>(at + 18), entry.packed, deferred) &&
    agrees(load<u32>(at + 22), entry.size, deferred)
  );
}

/** Whether two members share bytes. */
function overlap(entries: Entry[]): bool {
  const sorted = entries.slice(0);
  sorted.sort((a, b) => (a.header < b.header ? -1 : a.header > b.header ? 1 : 0));
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i - 1].data + sorted[i - 1].packed > sorted[i].header) return true;
  }
  return false;
}

/** Whether something else comes first: another reader might take the file for that. */
function startsLater(entries: Entry[], file: usize): bool {
  for (let i = 0; i < entries.length; i++) if (entries[i].header == file) return false;
  return entries.length > 0;
}

/** Whether a name is there twice: which one a reader takes would be its choice. */
function repeats(entries: Entry[]): bool {
  const seen = new Map<u64, bool>();
  for (let i = 0; i < entries.length; i++) {
    let hash: u64 = 0xcbf29ce484222325;
    for (let k: usize = 0; k < entries[i].nameLength; k++) {
      hash = (hash ^ (<u64>lowerAscii(<u32>load<u8>(entries[i].nameAt + k)))) * 0x100000001b3;
    }
    if (seen.has(hash)) return true;
    seen.set(hash, true);
  }
  return false;
}

/** Reads every header into `entries`. Zero, or the code to fail with. */
export function readDirectory(file: usize, length: usize, entries: Entry[]): i32 {
  const directory = new Directory();
  if (!readEnd(file, length, directory)) return Failure.MALFORMED;
  if (directory.count > MAX_ENTRIES) return Failure.LIMIT;
  const start = file + <usize>directory.offset;
  const end = start + <usize>directory.size;
  let at = start;
  for (let i: i64 = 0; i < directory.count; i++) {
    const entry = new Entry();
    at = readCentral(entry, file, at, end);
    if (at == 0 || !readLocal(entry, start)) return Failure.MALFORMED;
    entries.push(entry);
  }
  const ambiguous = overlap(entries) || repeats(entries) || startsLater(entries, file);
  return ambiguous ? Failure.MALFORMED : 0;
}
