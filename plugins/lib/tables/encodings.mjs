/** Decoding tables of iconv-lite (MIT), as constants of a generated AssemblyScript file. */
import { MULTI_BYTE, SINGLE_BYTE } from './labels.mjs';
import { bytesConstant, numberConstant, require, unitsConstant } from './source.mjs';

const iconv = require('iconv-lite');

const UNDEFINED = 0xfffd;
/** BIG5 is the name of the table. */
const IDENTIFIERS = { big5: 'BIG5_ID' };
const ICONV_NAMES = { 'x-mac-cyrillic': 'maccyrillic' };

/** Where the Encoding Standard follows a later edition than iconv-lite does. */
// prettier-ignore
const NEWER = {
  'koi8-u': { ae: 0x45e, be: 0x40e },
  big5hkscs: { f9fe: 0x2593 },
  macintosh: { bd: 0x3a9, db: 0x20ac },
  maccyrillic: { a2: 0x490, b6: 0x491, ff: 0x20ac },
  gb18030: {
    a6d9: 0xfe10, a6da: 0xfe12, a6db: 0xfe11, a6dc: 0xfe13, a6dd: 0xfe14, a6de: 0xfe15, a6df: 0xfe16,
    a6ec: 0xfe17, a6ed: 0xfe18, a6f3: 0xfe19, fe59: 0x9fb4, fe61: 0x9fb5, fe66: 0x9fb6, fe67: 0x9fb7,
    fe6d: 0x9fb8, fe7e: 0x9fb9, fe90: 0x9fba, fea0: 0x9fbb,
  },
};

/** What a byte sequence means: one code point, or U+FFFD when it is no character or several. */
function pointOf(bytes, encoding) {
  const newer = NEWER[encoding]?.[Buffer.from(bytes).toString('hex')];
  if (newer !== undefined) return newer;
  const points = [...iconv.decode(Buffer.from(bytes), encoding)];
  return points.length === 1 ? points[0].codePointAt(0) : UNDEFINED;
}

/** The 128 upper characters. windows-125x gives its holes to C1 controls in the standard; they stay holes here. */
export function upperHalf(name) {
  const encoding = ICONV_NAMES[name] ?? name;
  return Array.from({ length: 128 }, (_, i) => pointOf([0x80 + i], encoding));
}

function grid(encoding, leads, trails) {
  const points = [];
  for (const lead of leads) {
    for (const trail of trails) points.push(pointOf([...lead, trail], encoding));
  }
  return points;
}

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const leads = (from, to, prefix = []) => range(from, to).map((byte) => [...prefix, byte]);

/** Pairs by lead and trail, in the order of the byte values. */
export const GRIDS = {
  JIS0208: () =>
    grid(
      'shiftjis',
      [...leads(0x81, 0x9f), ...leads(0xe0, 0xfc)],
      [...range(0x40, 0x7e), ...range(0x80, 0xfc)],
    ),
  JIS0212: () => grid('eucjp', leads(0xa1, 0xfe, [0x8f]), range(0xa1, 0xfe)),
  GBK: () => grid('gb18030', leads(0x81, 0xfe), [...range(0x40, 0x7e), ...range(0x80, 0xfe)]),
  BIG5: () => grid('big5hkscs', leads(0x81, 0xfe), [...range(0x40, 0x7e), ...range(0xa1, 0xfe)]),
  CP949: () => grid('cp949', leads(0x81, 0xfe), [...range(0x41, 0xfe)]),
};

/** Big5-HKSCS reaches plane 2: the table keeps the low half, a bitmap says where the plane bit is set. */
function planeBits(points) {
  const bits = new Uint8Array((points.length + 7) >> 3);
  points.forEach((point, i) => {
    if (point > 0xffff) bits[i >> 3] |= 1 << (i & 7);
  });
  return bits;
}

function labelTable() {
  const all = [...SINGLE_BYTE, ...MULTI_BYTE];
  const pairs = all.flatMap(([name, labels], id) =>
    [name, ...labels.split(' ')]
      .filter(Boolean)
      .map((label) => `${label}=${id.toString(36).padStart(2, '0')}`),
  );
  const list = (name, value) => `export const ${name}: string = ${JSON.stringify(value)};\n`;
  return (
    list('LABELS', `|${pairs.join('|')}|`) +
    list('NAMES', `|${all.map(([name]) => name).join('|')}|`)
  );
}

const identifierOf = (name) => IDENTIFIERS[name] ?? name.toUpperCase().replace(/\W/gu, '_');

/** The numbers of encodings, in a file without a table: what is imported is compiled whole. */
export function encodingIdsSource() {
  const ids = MULTI_BYTE.map(([name], i) =>
    numberConstant(identifierOf(name), SINGLE_BYTE.length + i),
  );
  return [numberConstant('SINGLE_COUNT', SINGLE_BYTE.length), ...ids].join('');
}

export function encodingsSource() {
  const ranges = require('iconv-lite/encodings/tables/gb18030-ranges.json');
  const parts = [
    labelTable(),
    unitsConstant(
      'SINGLE',
      SINGLE_BYTE.flatMap(([name]) => upperHalf(name)),
    ),
    unitsConstant(
      'GB_UNICODE',
      ranges.uChars.filter((point) => point <= 0xffff),
    ),
    unitsConstant(
      'GB_POINTERS',
      ranges.gbChars.filter((point) => point <= 0xffff),
    ),
  ];
  for (const [name, points] of Object.entries(GRIDS)) {
    const table = points();
    parts.push(
      unitsConstant(
        name,
        table.map((point) => point & 0xffff),
      ),
    );
    if (name === 'BIG5') parts.push(bytesConstant('BIG5_PLANE2', planeBits(table)));
  }
  return parts.join('');
}
