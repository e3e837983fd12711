/** The usual ways of writing a text so that it does not look like itself, by name. */
export function disguises(text: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(text);
  const each = (write: (character: string) => string): string =>
    Array.from(text).map(write).join('');
  const code = (character: string): number => character.codePointAt(0) ?? 0;
  const hex = (character: string): string => code(character).toString(16);
  const base64 = bytes.toString('base64');
  return {
    none: text,
    'upper case': text.toUpperCase(),
    base64,
    'base64 from the second byte': Buffer.from(`x${text}`).toString('base64'),
    'base64 from the third byte': Buffer.from(`xy${text}`).toString('base64'),
    'base64 within letters': `abc${base64}`,
    'base64 in lines': base64.replace(/.{8}/g, '$&\n'),
    base64url: bytes.toString('base64url'),
    'base64 of UTF-16': Buffer.from(text, 'utf16le').toString('base64'),
    hex: bytes.toString('hex'),
    'hex in pairs': [...bytes].map((byte) => byte.toString(16)).join(' '),
    'hex as C writes it': [...bytes].map((byte) => `0x${byte.toString(16)}, `).join(''),
    'decimal codes': [...bytes].join(', '),
    'URL escapes': encodeURIComponent(text),
    'URL escapes of everything': [...bytes].map((byte) => `%${byte.toString(16)}`).join(''),
    'quoted-printable': [...bytes].map((byte) => `=${byte.toString(16).toUpperCase()}`).join(''),
    'HTML escapes': each((character) => `&#${String(code(character))};`),
    'HTML escapes in hex': each((character) => `&#x${hex(character)};`),
    'JSON escapes': each((character) => `\\u${hex(character).padStart(4, '0')}`),
    'JSON escapes of escapes': each((character) => `\\\\u${hex(character).padStart(4, '0')}`),
    reversed: Array.from(text).reverse().join(''),
    rot13: text.replace(/[a-z]/gi, (letter) =>
      String.fromCharCode(letter.charCodeAt(0) + (/[a-m]/i.test(letter) ? 13 : -13)),
    ),
    'zero-width characters': each((character) => `${character}\u200b`),
    'variation selectors and marks': each((character) => `${character}\ufe0f\u0301`),
    homoglyphs: text.replace(/[aeopcxyisj]/g, (letter) => LOOKALIKES[letter] ?? letter),
    'full-width letters': each((character) =>
      character === ' ' ? '\u3000' : String.fromCodePoint(code(character) + 0xfee0),
    ),
    'mathematical letters': text.replace(/[a-z]/g, (letter) =>
      String.fromCodePoint(letter.charCodeAt(0) - 0x61 + 0x1d41a),
    ),
    'leet digits': text.replace(/[aeost]/g, (letter) => LEET[letter] ?? letter),
    'spaced out': Array.from(text).join(' '),
    'without spaces': text.replaceAll(' ', ''),
    'other punctuation': text.replaceAll(' ', '_._'),
    hyphenated: text.replace(/\w{3}/g, '$&-'),
    'soft hyphens': text.replace(/\w{2}/g, '$&\u00ad'),
  };
}

const LOOKALIKES: Readonly<Record<string, string>> = {
  ...{ a: 'а', e: 'е', o: 'о', p: 'р', c: 'с', x: 'х', y: 'у', i: 'і', s: 'ѕ', j: 'ј' },
};
const LEET: Readonly<Record<string, string>> = { a: '4', e: '3', o: '0', s: '5', t: '7' };
