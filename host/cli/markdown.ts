import type { Extraction } from './answers.ts';

/** What would begin a heading, quote, list, fence or rule at the start of a line (CommonMark 0.31). */
const STRUCTURE = /^([ \t]{0,3}[0-9]{0,9})([#>+=~\-.)])/gm;
/** What would begin emphasis, code, a link, a picture, HTML or an entity. */
const INLINE = /[\\`*_[<&]/g;

/**
 * A document as CommonMark, a section for each page. Text is escaped, so that it stays text: a document
 * makes no links, pictures or HTML here.
 */
export function toMarkdown({ title, text, pages }: Extraction): string {
  const head = title === undefined || title === '' ? [] : [`# ${oneLine(title)}`];
  if (pages.length < 2) return [...head, plain(text)].join('\n\n');
  return [
    ...head,
    ...pages.map(({ number, text: page }) => `## Page ${String(number)}\n\n${plain(page)}`),
  ].join('\n\n');
}

function oneLine(text: string): string {
  return plain(text.replaceAll(/\s+/g, ' ').trim());
}

function plain(text: string): string {
  return text.replaceAll(INLINE, '\\$&').replaceAll(STRUCTURE, '$1\\$2');
}
