/** The length of an IBAN by country (ISO 13616 registry). */
const IBAN_LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 ' +
    'DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 ' +
    'IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 ' +
    'MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 ' +
    'SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const IBAN_DIGITS = 6;

const KEY_PREFIX =
  /^(?:sk-|rk-|pk_|sk_|gh[pousr]_|github_pat_|glpat-|xox[a-z]-|AKIA|ASIA|AIza|ya29|eyJ|hf_|npm_|dop_v1_|SG\.)/;
const IPV6_LENGTH = 45;
const KEY_LENGTH = 16;
const HEX_LENGTH = 32;
/** The beginning of a token is enough to tell what it is. */
const MOST_LENGTH = 4096;

/** The kind of code that names or opens something, if one stands in a plain text. */
export function findCode(plain: string): 'iban' | 'key' | 'ip' | undefined {
  for (const { index } of plain.matchAll(/[0-9]{2}/g)) if (isIban(plain, index - 2)) return 'iban';
  if (plain.includes('-----BEGIN ')) return 'key';
  for (const token of longTokens(plain)) if (isKey(token)) return 'key';
  for (const { index } of plain.matchAll(/:/g))
    if (isColonAddress(tokenAround(plain, index))) return 'ip';
  return undefined;
}

/** The beginnings of what is written in one piece, has a digit, and is long enough to be a key. */
function* longTokens(plain: string): Iterable<string> {
  let to = 0;
  for (const { index } of plain.matchAll(/[0-9]/g)) {
    if (index < to) continue;
    let from = index;
    while (from > to && isKeyCharacter(plain.charCodeAt(from - 1))) from--;
    to = index;
    while (isKeyCharacter(plain.charCodeAt(to))) to++;
    if (to - from >= KEY_LENGTH) yield plain.slice(from, Math.min(to, from + MOST_LENGTH));
  }
}

const isKeyCharacter = (code: number): boolean => code < 0x80 && KEY_CHARACTERS[code] === 1;

/** What is written in one piece around a colon, as far as an address can reach. */
function tokenAround(plain: string, colon: number): string {
  let [from, to] = [colon, colon + 1];
  while (colon - from < IPV6_LENGTH && isAddressPart(plain.charCodeAt(from - 1))) from--;
  while (to - colon < IPV6_LENGTH && isAddressPart(plain.charCodeAt(to))) to++;
  return plain.slice(from, to);
}

const isAddressPart = (code: number): boolean => isAlnum(code) || code === 0x3a || code === 0x2e;

/** Country, check digits, account: spaces and dashes between its characters are left out. */
function isIban(plain: string, from: number): boolean {
  if (from < 0 || isAlnum(plain.charCodeAt(from - 1))) return false;
  const length = IBAN_LENGTHS.get(plain.slice(from, from + 2).toUpperCase());
  if (length === undefined) return false;
  const code = plain
    .slice(from, from + 3 * length)
    .replace(/[ .\u00a0-]/g, '')
    .slice(0, length)
    .toUpperCase();
  const shaped = code.length === length && /^[A-Z]{2}[0-9]{2}[A-Z0-9]*$/.test(code);
  return shaped && code.replace(/[A-Z]/g, '').length >= IBAN_DIGITS && mod97(code) === 1;
}

/** ISO/IEC 7064, MOD 97-10. */
function mod97(code: string): number {
  let rest = 0;
  for (const character of code.slice(4) + code.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

function isKey(token: string): boolean {
  if (token.length < KEY_LENGTH) return false;
  if (KEY_PREFIX.test(token)) return true;
  const bare = token.replaceAll('-', '');
  if (bare.length >= HEX_LENGTH && /^[0-9a-f]*$/i.test(bare)) return /[0-9]/.test(bare);
  return token.split(/[-_./:=~+]/).some(looksRandom);
}

function looksRandom(piece: string): boolean {
  if (piece.length < KEY_LENGTH) return false;
  const count = (pattern: RegExp): number => piece.match(pattern)?.length ?? 0;
  return count(/[0-9]/g) >= 2 && count(/[a-z]/g) >= 2 && count(/[A-Z]/g) >= 2;
}

/** IPv6 (RFC 4291) or a hardware address. */
function isColonAddress(token: string): boolean {
  if (token.length > IPV6_LENGTH) return false;
  const groups = token.replace(/\.$/, '').split(':');
  if (groups.length < 3 || !groups.every((group) => /^[0-9a-f]{0,4}$/i.test(group))) return false;
  const empty = groups.filter((group) => group === '').length;
  if (token.includes('::')) return groups.length - empty >= 2 && groups.length <= 9;
  if (empty > 0) return false;
  return groups.length === 8 || (groups.length === 6 && groups.every(({ length }) => length === 2));
}

function isAlnum(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}

/** 1 for letters and digits of ASCII and `+-./:=_~`. */
const KEY_CHARACTERS = Uint8Array.from({ length: 0x80 }, (_, code) =>
  Number(isAlnum(code) || '+-./:=_~'.includes(String.fromCharCode(code))),
);
