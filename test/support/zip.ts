/** A ZIP writer for tests (APPNOTE 6.3) that can also lie: every field may be set to what it should not be. */
import { deflateRawSync } from 'node:zlib';

export interface ZipMember {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** Kept as it is, not deflated. */
  readonly stored?: boolean;
  /** The packed bytes themselves, instead of `content`; then `size` and `crc` are needed too. */
  readonly packed?: Uint8Array;
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
  readonly method?: number;
  /** What the local header says where it says something else. */
  readonly local?: { readonly name?: string; readonly size?: number; readonly method?: number };
  /** The offset that the directory gives. */
  readonly offset?: number;
  /** Sizes and offset in a ZIP64 field. */
  readonly wide?: boolean;
}

interface Written {
  readonly name: Buffer;
  readonly packed: Uint8Array;
  readonly size: number;
  readonly crc: number;
  readonly flags: number;
  readonly method: number;
}

const bytesOf = (value: string | Uint8Array): Buffer =>
  typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);

/** CRC-32 by its definition, bit by bit. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function written(member: ZipMember): Written {
  const content = bytesOf(member.content ?? '');
  const stored = member.stored === true;
  return {
    name: bytesOf(member.name),
    packed: member.packed ?? (stored ? content : deflateRawSync(content)),
    size: member.size ?? content.length,
    crc: member.crc ?? crc32(content),
    flags: member.flags ?? 0x800,
    method: member.method ?? (stored ? 0 : 8),
  };
}

function localHeader(member: ZipMember, facts: Written): Buffer {
  const name = member.local?.name === undefined ? facts.name : bytesOf(member.local.name);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(facts.flags, 6);
  header.writeUInt16LE(member.local?.method ?? facts.method, 8);
  const deferred = (facts.flags & 8) !== 0;
  header.writeUInt32LE(deferred ? 0 : facts.crc, 14);
  header.writeUInt32LE(deferred ? 0 : facts.packed.length, 18);
  header.writeUInt32LE(member.local?.size ?? (deferred ? 0 : facts.size), 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function wideField(facts: Written, offset: number): Buffer {
  const field = Buffer.alloc(28);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(24, 2);
  field.writeBigUInt64LE(BigInt(facts.size), 4);
  field.writeBigUInt64LE(BigInt(facts.packed.length), 12);
  field.writeBigUInt64LE(BigInt(offset), 20);
  return field;
}

function centralHeader(facts: Written, offset: number, wide: boolean): Buffer {
  const extra = wide ? wideField(facts, offset) : Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(facts.flags, 8);
  header.writeUInt16LE(facts.method, 10);
  header.writeUInt32LE(facts.crc, 16);
  header.writeUInt32LE(wide ? 0xffffffff : facts.packed.length, 20);
  header.writeUInt32LE(wide ? 0xffffffff : facts.size, 24);
  header.writeUInt16LE(facts.name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(wide ? 0xffffffff : offset, 42);
  return Buffer.concat([header, facts.name, extra]);
}

/** A ZIP file of these members, in this order. `count` is what the end record says there are. */
export function zip(members: readonly ZipMember[], count = members.length): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const member of members) {
    const facts = written(member);
    const local = Buffer.concat([localHeader(member, facts), facts.packed]);
    centrals.push(centralHeader(facts, member.offset ?? at, member.wide === true));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** The same from an object: names and contents. */
export const zipOf = (files: Readonly<Record<string, string | Uint8Array>>): Buffer =>
  zip(Object.entries(files).map(([name, content]) => ({ name, content })));
