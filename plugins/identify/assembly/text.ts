/** What a text is that nobody has named, or that was named wrongly. */
import { dialectFit, dialectOf } from '../../text/assembly/delimited';
import { kindOfContent, kindOfType } from '../../text/assembly/kinds';
import { Lines, startsWith, startsWithAnyCase } from '../../text/assembly/lines';
import { fenceOf, headingLevel, itemStart } from '../../text/assembly/markdown-lines';

/** Fields by which a mail is known (RFC 5322, 3.6; RFC 2045). Two of them, or one that only mail has. */
const FIELDS: string =
  '|from|to|cc|bcc|subject|date|reply-to|sender|message-id|mime-version|content-type|in-reply-to|references|';
const MAIL_ONLY: string =
  '|received|return-path|message-id|mime-version|delivered-to|dkim-signature|x-mailer|';
const MAX_NAME: usize = 40;
/** Lines of a sample that are looked at, and rows that make a table. */
const MAX_LINES: i32 = 200;
const MIN_ROWS: i32 = 3;
/** Of a thousand rows, how many are alike. */
const ALIKE: i32 = 950;

/** The name of a header field in lower case; empty for a line that is none. */
function fieldName(line: Lines): string {
  let name = '';
  for (let at = line.start; at < line.to && at - line.start <= MAX_NAME; at++) {
    const byte = <i32>load<u8>(at);
    if (byte == 58) return name;
    const isLetter = (byte | 32) >= 97 && (byte | 32) <= 122;
    if (!isLetter && byte != 45 && (byte < 48 || byte > 57)) return '';
    name += String.fromCharCode(isLetter ? byte | 32 : byte);
  }
  return '';
}

/** The header of a message, as far as it tells what the message is. */
class Header {
  private known: i32 = 0;
  private isMail: bool = false;
  private isArchive: bool = false;
  private hasSnapshot: bool = false;

  read(at: usize, end: usize): void {
    const lines = new Lines(at, end);
    let inType: bool = false;
    while (lines.next() && !lines.isEmpty) {
      const isFold = lines.from > lines.start;
      const name = isFold ? '' : fieldName(lines);
      if (!isFold && name.length == 0) break;
      if (!isFold) inType = name == 'content-type';
      if (!isFold) this.count(name);
      if (inType && this.names(lines, 'multipart/related')) this.isArchive = true;
    }
  }

  private count(name: string): void {
    if (FIELDS.includes('|' + name + '|')) this.known++;
    if (MAIL_ONLY.includes('|' + name + '|')) this.isMail = true;
    if (name == 'snapshot-content-location') this.hasSnapshot = true;
  }

  private names(line: Lines, type: string): bool {
    for (let at = line.from; at < line.to; at++) {
      if (startsWithAnyCase(at, line.to, type)) return true;
    }
    return false;
  }

  get format(): string {
    if (this.hasSnapshot && this.isArchive) return 'mhtml';
    return this.known > 1 || this.isMail ? 'eml' : '';
  }
}

function mailFormat(at: usize, end: usize): string {
  const header = new Header();
  if (startsWith(at, end, 'From ')) {
    const lines = new Lines(at, end);
    lines.next();
    header.read(min(lines.at, end), end);
    return header.format.length > 0 ? 'mbox' : '';
  }
  header.read(at, end);
  return header.format;
}

function isHtml(from: usize, end: usize): bool {
  let at = from;
  while (startsWith(at, end, '<!--') || startsWith(at, end, '<?xml')) {
    const mark = load<u8>(at + 1) == 33 ? '-->' : '?>';
    while (at < end && !startsWith(at, end, mark)) at++;
    at = passSpaces(min(at + mark.length, end), end);
  }
  return (
    startsWithAnyCase(at, end, '<!doctype html') ||
    startsWithAnyCase(at, end, '<html') ||
    startsWithAnyCase(at, end, '<head') ||
    startsWithAnyCase(at, end, '<body')
  );
}

function passSpaces(at: usize, end: usize): usize {
  while (at < end && <u32>load<u8>(at) <= 32) at++;
  return at;
}

/** At least three rows of two columns or more, all but a few alike: more than sentences with commas are. */
function isTable(at: usize, end: usize): bool {
  const delimiter = dialectOf(at, end, 0).delimiter;
  if (dialectFit < ALIKE) return false;
  const lines = new Lines(at, end);
  let rows = 0;
  let delimiters = 0;
  let sentences = 0;
  while (rows < MAX_LINES && lines.next() && !lines.isEmpty) {
    rows++;
    for (let here = lines.from; here < lines.to; here++) {
      if (load<u8>(here) != delimiter) continue;
      delimiters++;
      if (here + 1 < lines.to && load<u8>(here + 1) == 32) sentences++;
    }
  }
  return rows >= MIN_ROWS && sentences * 5 <= delimiters && (rows == MAX_LINES || lines.at >= end);
}

/** Signs of Markdown that plain text seldom has: headings with "#", fences, and items with headings. */
function isMarkdown(at: usize, end: usize): bool {
  const lines = new Lines(at, end);
  let headings = 0;
  let others = 0;
  for (let i = 0; i < MAX_LINES && lines.next(); i++) {
    if (lines.isEmpty) continue;
    if (headingLevel(lines) > 0) headings++;
    else if (fenceOf(lines) != 0 || itemStart(lines) != 0) others++;
  }
  return headings > 1 || (headings == 1 && others > 0);
}

/** What plain text is in truth; empty where it is no more than that. */
function structured(at: usize, end: usize): string {
  if (isTable(at, end)) return 'csv';
  if (isMarkdown(at, end)) return 'markdown';
  return startsWith(at, end, '---\n') && looksLikeYaml(at + 4, end) ? 'yaml' : '';
}

function looksLikeYaml(at: usize, end: usize): bool {
  const lines = new Lines(at, end);
  for (let i = 0; i < MAX_LINES && lines.next(); i++) {
    if (lines.isEmpty || load<u8>(lines.from) == 35) continue;
    for (let here = lines.from; here < lines.to; here++) {
      if (load<u8>(here) == 58) return true;
    }
    return false;
  }
  return false;
}

/** Whether a text can be what was declared: any text can be most of what text is declared as. */
export function isAsDeclared(at: usize, end: usize, format: string, mediaType: string): bool {
  if (format == 'text' || format == 'html' || kindOfType(mediaType).length > 0) return true;
  const start = passSpaces(at, end);
  if (format == 'rtf') return isRichText(start, end);
  const isMail = format == 'eml' || format == 'mbox' || format == 'mhtml';
  return isMail && mailFormat(start, end).length > 0;
}

/** A group with a control word in it, which may be but a piece of a document. */
function isRichText(from: usize, end: usize): bool {
  let at = from;
  while (at < end && (load<u8>(at) == 123 || <u32>load<u8>(at) <= 32)) at++;
  return at > from && at < end && load<u8>(at) == 92;
}

/** The format of a text by what it says itself. `isCut`: the text goes on. */
export function formatOfText(from: usize, end: usize, isCut: bool): string {
  const at = passSpaces(from, end);
  if (isHtml(at, end)) return 'html';
  if (startsWith(at, end, '{\\rtf')) return 'rtf';
  const kind = kindOfContent(from, end, isCut);
  if (kind.length > 0) return kind.startsWith('code:') ? 'text' : kind;
  const mail = mailFormat(at, end);
  if (mail.length > 0) return mail;
  const more = structured(at, end);
  return more.length > 0 ? more : 'text';
}
