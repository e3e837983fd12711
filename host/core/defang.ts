import { domainOf } from './domain.ts';

/** Marks of Unicode that are not seen: between the letters of a scheme they would hide it from us only. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
/** What IDNA (UTS 46) takes for a dot. */
const OTHER_DOTS = /[\u3002\uff0e\uff61]/g;
/** A character of private use, which is taken out of the text first; it marks the links that stay. */
const KEPT = '\ue000';
const KEPT_LINK = /\ue000(\d+)\ue000/g;
const SECURE_LINK = /\bhttps:\/\/[^\s<>"'`()[\]{}\\|^]+/gi;

/** What makes a chat or a browser act, and how it is written so that it does not. */
const RULES: readonly (readonly [what: RegExp, instead: string])[] = [
  [/<(?=[@#!/:]|a:)([^<>\s]{1,120})>/g, '[$1]'], // <@1>, <@&1>, <#1>, <!here>, </command:1>, <:emoji:1>
  [/\\\\(?=[\w.-])/g, '[\\\\]'], // a UNC path
  [/\bhttp(s?):(?=\/\/)/gi, 'hxxp$1[:]'],
  [/\b([a-z][a-z0-9+.-]{1,30}):(?=\/\/)/gi, '$1[:]'],
  [/\b(mailto|tel|sms|javascript|vbscript|data|file|blob|magnet|tg|skype|callto):/gi, '$1[:]'],
  [/(?<=\d)\.(?=\d+\.\d)|(?<=\d\.\d+)\.(?=\d)/g, '[.]'], // an address, and version numbers
  [/(?<=[\p{L}\p{N}_-])\.(?=\p{L}[\p{L}\p{N}_-]|[\p{N}_-]+\p{L})/gu, '[.]'], // a domain
  [/@(?=[\p{L}\p{N}_])/gu, '[@]'], // a mention, a mail address
  [/!+(?=\[)/g, ''], // a picture in Markdown
  [/\](?=\()/g, '] '], // a link in Markdown
  [/&(?=#|(?:colon|period|sol|bsol|commat);)/gi, '&amp;'], // any of these, as HTML may write it
];

/**
 * The text, with everything that a program would follow written out in the form of security reports
 * (`hxxps[:]//evil[.]example`): a preview of a link is a request that carries what the link says, and
 * nobody has to click. Applied twice it changes nothing more. A link over TLS to one of `allowed` (domains as
 * `core/domain.ts` writes them) stays one.
 */
export function defang(text: string, allowed: readonly string[] = []): string {
  const seen = text.replace(INVISIBLE, '').replaceAll(KEPT, '').replace(OTHER_DOTS, '.');
  const kept: string[] = [];
  const marked = seen.replace(SECURE_LINK, (link) => {
    if (!URL.canParse(link) || !allowed.includes(domainOf(new URL(link)))) return link;
    kept.push(link);
    return `${KEPT}${String(kept.length - 1)}${KEPT}`;
  });
  const inert = RULES.reduce((left, [what, instead]) => left.replace(what, instead), marked);
  return inert.replace(KEPT_LINK, (_, at: string) => kept[Number(at)] ?? '');
}
