/** Decoding tables of iconv-lite (MIT), as constants of a generated AssemblyScript file. */
import { MULTI_BYTE, SINGLE_BYTE } from './labels.mjs';
import { bytesConstant, numberConstant, require, unitsConstant } from './source.mjs';

const iconv = require('iconv-lite');

const UNDEFINED = 0xfffd;
const ICONV_NAMES = { 'x-mac-cyrillic': 'maccyrillic' };

/** What a byte sequence means: one code point, or U+FFFD when it is no character or several. */
function pointOf(bytes, encoding) {
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
    grid('shiftjis', [...leads(0x81, 0x9f), ...leads(0xe0, 0xfc)], [
      ...range(0x40, 0x7e),
      ...range(0x80, 0xfc),
    ]),
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
    [name, ...labels.split(' ')].filter(Boolean).map((label) => `${label}=${id.toString(36).padStart(2, '0')}`),
  );
  const list = (name, value) => `export const ${name}: string = ${JSON.stringify(value)};\n`;
  return list('LABELS', `|${pairs.join('|')}|`) + list('NAMES', `|${all.map(([name]) => name).join('|')}|`);
}

export function encodingsSource() {
  const ranges = require('iconv-lite/encodings/tables/gb18030-ranges.json');
  const parts = [
    labelTable(),
    numberConstant('SINGLE_COUNT', SINGLE_BYTE.length),
    unitsConstant('SINGLE', SINGLE_BYTE.flatMap(([name]) => upperHalf(name))),
    unitsConstant('GB_UNICODE', ranges.uChars.filter((point) => point <= 0xffff)),
    unitsConstant('GB_POINTERS', ranges.gbChars.filter((point) => point <= 0xffff)),
  ];
  MULTI_BYTE.forEach(([name], i) => {
    parts.push(numberConstant(name.toUpperCase().replace(/\W/gu, '_'), SINGLE_BYTE.length + i));
  });
  for (const [name, points] of Object.entries(GRIDS)) {
    const table = points();
    parts.push(unitsConstant(name, table.map((point) => point & 0xffff)));
    if (name === 'BIG5') parts.push(bytesConstant('BIG5_PLANE2', planeBits(table)));
  }
  return parts.join('');
}
