/** Top-level domains by which a bare `name.tld` is told from the end of a sentence. */
const TLDS = new Set(
  (
    'com org net edu gov mil info biz xyz io ai app dev gg online shop site store cloud tech page ' +
    'link live blog club de nl fr uk eu ch es pt pl cz dk fi se ru ua tr gr hu ro jp cn kr tw hk ' +
    'au nz ca br mx ar cl za ng ke ly tv cc ws onion'
  ).split(' '),
);
const SCHEMES = ['mailto', 'tel', 'sms', 'javascript', 'data', 'file', 'magnet', 'xmpp', 'sip'];
const LOCAL_PART = 64;
const DOMAIN = 253;
const HANDLE = 2;

/** The kind of address that stands in a plain text, if one does. Every character is looked at a few times. */
export function findAddress(plain: string): 'email' | 'handle' | 'url' | undefined {
  for (const { 0: mark, index } of plain.matchAll(/[@:.]/g)) {
    const around = mark === '@' ? aroundAt : mark === ':' ? aroundColon : aroundDot;
    const kind = around(plain, index);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function aroundAt(plain: string, at: number): 'email' | 'handle' | undefined {
  const before = at > 0 && isLocal(plain.charCodeAt(at - 1));
  const domain = wordAfter(plain, at + 1, DOMAIN);
  const labels = domain.split('.');
  if (before && labels.length > 1 && labels.slice(0, 2).every((label) => label !== ''))
    return 'email';
  const attached = at > 0 && isWord(plain.charCodeAt(at - 1));
  return !attached && domain.replaceAll('.', '').length >= HANDLE ? 'handle' : undefined;
}

function aroundColon(plain: string, at: number): 'url' | undefined {
  let from = at;
  while (from > 0 && at - from < 12 && isAlnum(plain.charCodeAt(from - 1))) from--;
  const scheme = plain.slice(from, at).toLowerCase();
  const next = plain.charCodeAt(at + 1);
  if (plain.startsWith('//', at + 1) && scheme !== '' && isWord(plain.charCodeAt(at + 3)))
    return 'url';
  return SCHEMES.includes(scheme) && isWord(next === 0x2b ? plain.charCodeAt(at + 2) : next)
    ? 'url'
    : undefined;
}

function aroundDot(plain: string, at: number): 'url' | undefined {
  if (at === 0 || !isWord(plain.charCodeAt(at - 1))) return undefined;
  let end = at + 1;
  while (end - at <= LOCAL_PART && isAlnum(plain.charCodeAt(end))) end++;
  if (end === at + 1) return undefined;
  if (plain.slice(Math.max(0, at - 3), at).toLowerCase() === 'www') return 'url';
  return isDomainEnd(plain, at + 1, end) ? 'url' : undefined;
}

/** A known top-level domain, or any country's where a path follows. */
function isDomainEnd(plain: string, from: number, to: number): boolean {
  const label = plain.slice(from, to).toLowerCase();
  const next = plain.charCodeAt(to);
  if (TLDS.has(label)) return !isWord(next);
  return /^[a-z]{2}$/.test(label) && next === 0x2f && isWord(plain.charCodeAt(to + 1));
}

function wordAfter(plain: string, from: number, most: number): string {
  let end = from;
  while (end - from < most && (isWord(plain.charCodeAt(end)) || plain.charCodeAt(end) === 0x2e))
    end++;
  return plain.slice(from, end);
}

const isAlnum = (code: number): boolean => {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
};
/** Letters beyond ASCII count too: whatever is not punctuation there. */
const isWord = (code: number): boolean =>
  isAlnum(code) || code === 0x2d || code === 0x5f || (code > 0xbf && !isWidePunctuation(code));
const isWidePunctuation = (code: number): boolean =>
  (code >= 0x2000 && code <= 0x206f) || (code >= 0x3000 && code <= 0x303f);
/** What the part before the @ of an address may end with (RFC 5322, 3.2.3). */
const isLocal = (code: number): boolean =>
  isWord(code) || (code > 0x20 && '!#$%&\'*+/=?^`{|}~."'.includes(String.fromCharCode(code)));
