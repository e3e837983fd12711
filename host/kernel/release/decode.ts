/** Shorter pieces of decoded text say too little to be looked at, and noise makes many of them. */
const LEAST_BYTES = 8;
const GROUP = 4;
const IGNORED = -1;
/** Between numbers in a row. */
const GAP = 4;
const BASE64_MARK = { pattern: /[A-Z0-9+/_]/g, near: 24, least: 4 };
/** The first digit of each pair: no letter of ASCII has another. */
const HEX_MARK = { pattern: /[0-9]/g, near: 12, least: LEAST_BYTES };

const SEXTETS = tableOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', {
  '-': 62,
  _: 63,
});
const NIBBLES = tableOf('0123456789abcdef', { A: 10, B: 11, C: 12, D: 13, E: 14, F: 15 });

/** 1 for the bytes of ASCII that stand in text; NUL is one for the sake of UTF-16. */
const PRINTABLE = Uint8Array.from({ length: 0x80 }, (_, byte) =>
  Number((byte >= 0x20 && byte < 0x7f) || [0, 0x09, 0x0a, 0x0d].includes(byte)),
);

/**
 * What a text would be as base64 or base64url, at each of the four places where the first group can
 * begin; whatever else stands in between is left out. Only pieces that are readable text.
 */
export function fromBase64(text: string): readonly string[] {
  return regionsOf(text, BASE64_MARK).flatMap(fromBase64Run);
}

/** What an encoding of text has again and again, and prose has not. */
interface Mark {
  readonly pattern: RegExp;
  /** How far one is from the next at most, with separators between. */
  readonly near: number;
  /** In the shortest piece that is looked at. */
  readonly least: number;
}

/** The parts of a text in which marks stand close together, with a little around them. */
function regionsOf(text: string, { pattern, near, least }: Mark): readonly string[] {
  const found: string[] = [];
  let [from, last, marks] = [0, -near, 0];
  const end = (): void => {
    if (marks >= least) found.push(text.slice(Math.max(0, from - near), last + near));
  };
  pattern.lastIndex = 0;
  while (pattern.test(text)) {
    const at = pattern.lastIndex;
    if (at - last > near) {
      end();
      [from, marks] = [at, 0];
    }
    last = at;
    marks++;
  }
  end();
  return found;
}

function fromBase64Run(text: string): readonly string[] {
  const room = 3 * (Math.floor(text.length / GROUP) + 1);
  const bytes = new Uint8Array(GROUP * room);
  const ends = Int32Array.of(0, room, 2 * room, 3 * room);
  let group = 0;
  let seen = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const sextet = code < 0x80 ? (SEXTETS[code] ?? IGNORED) : IGNORED;
    if (sextet === IGNORED) continue;
    group = ((group << 6) | sextet) & 0xff_ffff;
    seen++;
    if (seen < GROUP) continue;
    const lane = seen & 3;
    const end = ends[lane] ?? 0;
    bytes[end] = group >> 16;
    bytes[end + 1] = group >> 8;
    bytes[end + 2] = group;
    ends[lane] = end + 3;
  }
  return Array.from(ends).flatMap((end, lane) =>
    readable(withTail(bytes, { lane, room, end, group, seen })),
  );
}

/** The last group of each lane may hold one or two bytes only. */
function withTail(
  bytes: Uint8Array,
  at: { lane: number; room: number; end: number; group: number; seen: number },
): Uint8Array {
  const left = (at.seen - at.lane) & 3;
  let { end } = at;
  const tail = at.group & ((1 << (6 * left)) - 1);
  if (left >= 2) bytes[end++] = left === 2 ? tail >> 4 : tail >> 10;
  if (left === 3) bytes[end++] = tail >> 2;
  return bytes.subarray(at.lane * at.room, end);
}

/** What a text would be as hex pairs: `68656c6c6f`, `68 65`, `\x68\x65`, `0x68, 0x65`, `%68`. */
export function fromHex(text: string): readonly string[] {
  return regionsOf(text, HEX_MARK).flatMap((region) =>
    region.split(/[g-wyz]/i).flatMap(fromHexRun),
  );
}

/** Digits of hex, and whatever stands between them that is no letter. */
function fromHexRun(text: string): readonly string[] {
  if (text.length < 2 * LEAST_BYTES) return [];
  const nibbles = new Uint8Array(text.length);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const nibble = NIBBLES[text.charCodeAt(at)] ?? IGNORED;
    if (nibble !== IGNORED && !isPrefix(text, at)) nibbles[count++] = nibble;
  }
  return [0, 1].flatMap((from) => {
    const bytes = new Uint8Array(Math.max(0, (count - from) >> 1));
    for (let i = 0; i < bytes.length; i++)
      bytes[i] = ((nibbles[from + 2 * i] ?? 0) << 4) | (nibbles[from + 2 * i + 1] ?? 0);
    return readable(bytes);
  });
}

/** The 0 of `0x68`. */
function isPrefix(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0x30 && (text.charCodeAt(at + 1) | 0x20) === 0x78;
}

/** What a row of numbers would be as codes of characters: `104, 101, 108`. */
export function fromNumbers(text: string): readonly string[] {
  const found: string[] = [];
  let row: number[] = [];
  let end = 0;
  for (const match of text.matchAll(/[0-9]+/g)) {
    const value = match[0].length < 4 ? Number(match[0]) : 256;
    if (value > 255 || match.index - end > GAP || hasLetter(text, end, match.index)) {
      if (row.length >= LEAST_BYTES) found.push(...readable(Uint8Array.from(row)));
      row = [];
    }
    if (value <= 255) row.push(value);
    end = match.index + match[0].length;
  }
  return row.length >= LEAST_BYTES ? [...found, ...readable(Uint8Array.from(row))] : found;
}

function hasLetter(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (isLetter(text.charCodeAt(at))) return true;
  return false;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** The pieces of bytes that are text: printable UTF-8, zeros of UTF-16 left out. */
function readable(bytes: Uint8Array): readonly string[] {
  const found: string[] = [];
  let from = 0;
  for (let at = 0; at <= bytes.length;) {
    const byte = bytes[at] ?? 0xff;
    const length = byte < 0x80 ? (PRINTABLE[byte] ?? 0) : lengthOf(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    if (at - from >= LEAST_BYTES)
      found.push(new TextDecoder().decode(bytes.subarray(from, at)).replaceAll('\0', ''));
    from = ++at;
  }
  return found;
}

/** How long the character of UTF-8 is that begins here; 0 where none does. */
function lengthOf(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0xff;
  if (byte < 0xc2 || byte > 0xf4) return 0;
  const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

function tableOf(alphabet: string, more: Readonly<Record<string, number>>): Int8Array {
  const table = new Int8Array(0x80).fill(IGNORED);
  for (const [value, letter] of Array.from(alphabet).entries()) table[letter.charCodeAt(0)] = value;
  for (const [letter, value] of Object.entries(more)) table[letter.charCodeAt(0)] = value;
  return table;
}
