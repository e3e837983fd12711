/** The members of a TAR file: ustar, with the long names and sizes of pax and GNU (POSIX.1-2017, pax, 4.10). */
import { Failure } from '../../lib/assembly/host';
import { isSafeName } from '../../lib/assembly/zip-names';

const BLOCK: usize = 512;
const MAX_MEMBERS: i32 = 1000;
/** Member by member there are at most two that say more about the next one. */
const MAX_HEADERS: i32 = 4 * MAX_MEMBERS;

export class Member {
  nameAt: usize = 0;
  nameLength: usize = 0;
  at: usize = 0;
  length: usize = 0;
  isFile: bool = false;
}

/** What an extended header says about the next member. */
let nextName: usize = 0;
let nextNameLength: usize = 0;
let nextSize: i64 = -1;

/** Whether the first block is a header of TAR. */
export function isTar(at: usize, length: usize): bool {
  return length >= BLOCK && hasChecksum(at);
}

/** Fills `members`; zero, or the code of the failure. */
export function readTar(from: usize, length: usize, members: Member[]): i32 {
  const end = from + length;
  let at = from;
  let headers = 0;
  nextName = 0;
  nextSize = -1;
  while (end - at >= BLOCK && !isZero(at)) {
    if (!hasChecksum(at)) return Failure.MALFORMED;
    if (++headers > MAX_HEADERS || members.length == MAX_MEMBERS) return Failure.LIMIT;
    const type = <u32>load<u8>(at + 156);
    const isExtension = type == 120 || type == 103 || type == 76 || type == 75;
    const size = nextSize >= 0 && !isExtension ? nextSize : numberAt(at + 124, 12);
    const data = at + BLOCK;
    if (size < 0 || size > <i64>(end - data)) return Failure.MALFORMED;
    if (isExtension) readExtension(type, data, <usize>size);
    else if (!addMember(members, at, type, <usize>size)) return Failure.MALFORMED;
    const padded = (<usize>size + BLOCK - 1) & ~(BLOCK - 1);
    at = padded > end - data ? end : data + padded;
  }
  return members.length == 0 ? Failure.EMPTY : 0;
}

/** Numbers are octal, with blanks and zeroes around; GNU has large ones in binary, marked by the first bit. */
function numberAt(at: usize, width: usize): i64 {
  if (load<u8>(at) == 0x80)
    return load<u32>(at + width - 8) == 0 ? <i64>bswap(load<u32>(at + width - 4)) : -1;
  let value: i64 = 0;
  let i: usize = 0;
  while (i < width && load<u8>(at + i) == 32) i++;
  for (; i < width; i++) {
    const digit = <u32>load<u8>(at + i) - 48;
    if (digit > 7) break;
    value = (value << 3) | digit;
  }
  return i < width && load<u8>(at + i) != 32 && load<u8>(at + i) != 0 ? -1 : value;
}

function hasChecksum(at: usize): bool {
  let sum: i64 = 8 * 32;
  for (let i: usize = 0; i < BLOCK; i++) {
    if (i < 148 || i >= 156) sum += load<u8>(at + i);
  }
  return sum > 8 * 32 && numberAt(at + 148, 8) == sum;
}

function isZero(at: usize): bool {
  for (let i: usize = 0; i < BLOCK; i += 8) {
    if (load<u64>(at + i) != 0) return false;
  }
  return true;
}

function textLength(at: usize, most: usize): usize {
  let length: usize = 0;
  while (length < most && load<u8>(at + length) != 0) length++;
  return length;
}

/** `x` is pax, `L` a long name of GNU; `g` and `K` say nothing of names and sizes. */
function readExtension(type: u32, at: usize, length: usize): void {
  if (type == 76) {
    nextName = at;
    nextNameLength = textLength(at, length);
  } else if (type == 120) readPax(at, at + length);
}

/** Records of the form "LENGTH key=value\n". */
function readPax(at: usize, end: usize): void {
  while (at < end) {
    let length: usize = 0;
    let key = at;
    for (; key < end && <u32>load<u8>(key) - 48 < 10 && length < end - at; key++) {
      length = length * 10 + load<u8>(key) - 48;
    }
    if (key == end || load<u8>(key) != 32 || length <= key - at + 1 || length > end - at) return;
    readRecord(key + 1, at + length - 1);
    at += length;
  }
}

function readRecord(at: usize, end: usize): void {
  const length = end - at;
  if (startsWith(at, length, 'path=')) {
    nextName = at + 5;
    nextNameLength = length - 5;
  } else if (startsWith(at, length, 'size=')) nextSize = decimal(at + 5, end);
}

function startsWith(at: usize, length: usize, word: string): bool {
  if (length < <usize>word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (<i32>load<u8>(at + i) != word.charCodeAt(i)) return false;
  }
  return true;
}

/** -1, which the octal field then stands for, when it is no number of reason. */
function decimal(at: usize, end: usize): i64 {
  if (at >= end || end - at > 15) return -1;
  let value: i64 = 0;
  for (; at < end; at++) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function addMember(members: Member[], header: usize, type: u32, size: usize): bool {
  const member = new Member();
  if (nextName != 0) {
    member.nameAt = nextName;
    member.nameLength = nextNameLength;
  } else setName(member, header);
  nextName = 0;
  nextSize = -1;
  member.at = header + BLOCK;
  member.length = size;
  member.isFile = type == 48 || type == 0 || type == 55;
  members.push(member);
  return isSafeName(member.nameAt, member.nameLength);
}

/** The name, behind the prefix that ustar has for long ones. */
function setName(member: Member, header: usize): void {
  const length = textLength(header, 100);
  const isUstar = load<u32>(header + 257) == 0x61747375 && load<u16>(header + 261) == 0x72;
  const prefix = isUstar ? textLength(header + 345, 155) : 0;
  member.nameAt = header;
  member.nameLength = length;
  if (prefix == 0) return;
  member.nameAt = heap.alloc(256);
  memory.copy(member.nameAt, header + 345, prefix);
  store<u8>(member.nameAt + prefix, 47);
  memory.copy(member.nameAt + prefix + 1, header, length);
  member.nameLength = prefix + 1 + length;
}
