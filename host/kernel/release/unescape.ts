/** What `\n` and its kind stand for. */
const BACKSLASHED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '', f: '' };
const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', commat: '@', period: '.' },
  ...{ lowbar: '_', colon: ':', sol: '/', plus: '+', hyphen: '-', num: '#', percnt: '%' },
  ...{ shy: '', zwj: '', zwnj: '', Tab: '\t', NewLine: '\n', bsol: '\\', equals: '=' },
};

/** An escape at the beginning of what it is tried on. Each is of bounded length: nothing to go back for. */
const ESCAPES: Readonly<Record<string, readonly RegExp[]>> = {
  '%': [/%([0-9a-f]{2})/iy],
  '=': [/=([0-9a-f]{2})/iy, /=\r?\n()/y],
  '\\': [
    /\\u\{([0-9a-f]{1,6})\}/iy,
    /\\u([0-9a-f]{4})/iy,
    /\\x([0-9a-f]{2})/iy,
    /\\([nrtbf"'/\\])/y,
  ],
  '&': [
    /&#x([0-9a-f]{1,6});?/iy,
    /&#([0-9]{1,7});?/y,
    /&([a-z])(?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron);/iy,
    /&([a-z]{2,8});/iy,
  ],
};
const STARTS = /[%=\\&]/g;

/**
 * A text with percent, quoted-printable, JSON and HTML escapes undone once, all in one pass; undefined
 * where there are none.
 */
export function unescape(text: string): string | undefined {
  const parts: string[] = [];
  const bytes: number[] = [];
  let done = 0;
  STARTS.lastIndex = 0;
  for (let found = STARTS.exec(text); found !== null; found = STARTS.exec(text)) {
    const escape = escapeAt(text, found.index);
    if (escape === undefined) continue;
    if (found.index > done || escape.byte === undefined) flush(bytes, parts);
    parts.push(text.slice(done, found.index));
    if (escape.byte === undefined) parts.push(escape.text);
    else bytes.push(escape.byte);
    done = found.index + escape.length;
    STARTS.lastIndex = done;
  }
  if (done === 0) return undefined;
  flush(bytes, parts);
  return parts.join('') + text.slice(done);
}

interface Escape {
  readonly length: number;
  readonly text: string;
  /** Where it stands for one byte of UTF-8. */
  readonly byte?: number;
}

function escapeAt(text: string, at: number): Escape | undefined {
  const kind = text.charAt(at);
  for (const pattern of ESCAPES[kind] ?? []) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    return { length: match[0].length, ...meaning(kind, match[0], match[1] ?? '') };
  }
  return undefined;
}

function meaning(kind: string, whole: string, inner: string): Omit<Escape, 'length'> {
  if (kind === '&') return { text: entity(whole, inner) };
  if (kind === '\\')
    return { text: inner.length === 1 ? (BACKSLASHED[inner] ?? inner) : character(inner, 16) };
  return inner === '' ? { text: '' } : { text: '', byte: Number.parseInt(inner, 16) };
}

function entity(whole: string, inner: string): string {
  if (whole.startsWith('&#')) return character(inner, /^&#x/i.test(whole) ? 16 : 10);
  return inner.length === 1 ? inner : (NAMED[inner] ?? ' ');
}

function character(digits: string, base: number): string {
  const point = Number.parseInt(digits, base);
  return point <= 0x10_ffff ? String.fromCodePoint(point) : ' ';
}

/** Bytes in a row are one piece of UTF-8. */
function flush(bytes: number[], parts: string[]): void {
  if (bytes.length === 0) return;
  parts.push(new TextDecoder().decode(Uint8Array.from(bytes)));
  bytes.length = 0;
}
