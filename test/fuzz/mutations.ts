import { gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import { compound } from '../support/compound.ts';
import type { Storage } from '../support/compound.ts';
import { storageOf } from '../support/compound-reader.ts';
import { zip } from '../support/zip.ts';
import type { Random } from './random.ts';

/** What a parser may stumble over: borders of integers, and words of the formats. */
const BORDERS = [0, 1, 0x7f, 0x80, 0xff];
const WORDS = [
  '\0',
  '\r\n\r\n',
  '\ufeff',
  '\ud800',
  '<![CDATA[',
  ']]>',
  '<!--',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '&#x110000;',
  '&lt',
  '</p></td></tr></table>',
  '<table><tr><td>',
  '<math><mfrac>',
  '\\bin99999999 ',
  '\\u-1?',
  '{{{{{{{{',
  '}}}}}}}}',
  '[[[[[[[[',
  '"""""',
  "\\'ff",
  '=?utf-8?b?////?=',
  '--b\r\n',
  '%PDF-1.7',
  'PK\u0005\u0006',
  '4294967295',
  '-1',
  '1e309',
  ';;;;',
  '\t\t\t\t',
  '---\n',
  '```\n',
  '| a | b |\n|---|---|\n',
  '00:00:00,000 --> 99:59:59,999\n',
  'BEGIN:VEVENT\n',
];
const MOST_BYTES = 256 * 1024;

type Change = (bytes: Buffer, random: Random, other: Uint8Array) => Buffer;

const rangeOf = (bytes: Buffer, random: Random): readonly [number, number] => {
  const from = random.below(bytes.length);
  return [from, from + 1 + random.below(Math.min(64, bytes.length - from))];
};

const withByte = (bytes: Buffer, random: Random, value: (old: number) => number): Buffer => {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  copy[at] = value(copy[at] ?? 0);
  return copy;
};

const CHANGES: readonly Change[] = [
  (bytes, random) => withByte(bytes, random, (old) => old ^ (1 << random.below(8))),
  (bytes, random) => withByte(bytes, random, () => random.below(256)),
  (bytes, random) => withByte(bytes, random, () => random.pick(BORDERS)),
  (bytes, random) => withByte(bytes, random, (old) => old + (random.below(2) === 0 ? 1 : 255)),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => bytes.subarray(random.below(Math.min(bytes.length, 16))),
  (bytes, random) => {
    const [from, to] = rangeOf(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = rangeOf(bytes, random);
    const piece = bytes.subarray(from, to);
    const copies = Array.from({ length: 1 + random.below(random.pick([2, 8, 300])) }, () => piece);
    return Buffer.concat([bytes.subarray(0, from), ...copies, bytes.subarray(from)]);
  },
  (bytes, random) => {
    const [from, to] = rangeOf(bytes, random);
    const rest = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    const at = random.below(rest.length + 1);
    return Buffer.concat([rest.subarray(0, at), bytes.subarray(from, to), rest.subarray(at)]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    const word = Buffer.from(random.pick(WORDS));
    return Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(at)]);
  },
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    const [from, to] = rangeOf(copy, random);
    for (let at = from; at < to; at++) copy[at] = random.below(256);
    return copy;
  },
  (bytes, random, other) => {
    const at = random.below(other.length + 1);
    return Buffer.concat([bytes.subarray(0, random.below(bytes.length)), other.subarray(at)]);
  },
];

/** One to four changes; `other` is what pieces are taken from. */
export function mutate(seed: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let bytes = Buffer.from(seed);
  for (let left = 1 + random.below(4); left > 0 && bytes.length > 0; left--) {
    bytes = Buffer.from(random.pick(CHANGES)(bytes, random, other));
  }
  return Uint8Array.from(bytes.subarray(0, MOST_BYTES));
}

/** Changes in one member of a ZIP that is whole around it: so they get behind the checksum. */
export function mutateMember(seed: Uint8Array, random: Random): Uint8Array {
  const members = membersOf(Buffer.from(seed));
  if (members.length === 0) return seed;
  const chosen = random.below(members.length);
  const other = random.pick(members).content;
  return Uint8Array.from(
    zip(
      members.map(({ name, content }, at) => ({
        name,
        content: at === chosen ? mutate(content, random, other) : content,
      })),
    ),
  );
}

/** Changes in what a GZIP file holds, packed again. */
export function mutatePacked(seed: Uint8Array, random: Random): Uint8Array {
  const content = gunzipSync(seed);
  return Uint8Array.from(gzipSync(mutate(content, random, content)));
}

/** Changes in one stream of a compound file that is whole around it. */
export function mutateStream(seed: Uint8Array, random: Random): Uint8Array {
  const change = (storage: Storage): Storage => {
    const names = Object.keys(storage);
    if (names.length === 0) return storage;
    const name = random.pick(names);
    const content = storage[name] ?? {};
    const changed =
      content instanceof Uint8Array ? mutate(content, random, content) : change(content);
    return { ...storage, [name]: changed };
  };
  return Uint8Array.from(compound(change(storageOf(seed))));
}

/** The members of a ZIP that `zip` has written. */
function membersOf(file: Buffer): readonly { name: Buffer; content: Uint8Array }[] {
  const members = [];
  for (let at = 0; file.readUInt32LE(at) === 0x04034b50;) {
    const start = at + 30 + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28);
    const packed = file.subarray(start, start + file.readUInt32LE(at + 18));
    const content = file.readUInt16LE(at + 8) === 0 ? packed : inflateRawSync(packed);
    members.push({ name: file.subarray(at + 30, at + 30 + file.readUInt16LE(at + 26)), content });
    at = start + packed.length;
  }
  return members;
}
