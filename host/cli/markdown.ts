import type { Block, Extraction } from './answers.ts';

/** What would begin a heading, quote, list, fence or rule at the start of a line (CommonMark 0.31). */
const STRUCTURE = /^([ \t]{0,3}[0-9]{0,9})([#>+=~\-.)])/gm;
/** What would begin emphasis, code, a link, a picture, HTML or an entity. */
const INLINE = /[\\`*_[<&]/g;

/**
 * A document as CommonMark: its blocks, or its pages where the plugin gives none. Text is escaped, so
 * that it stays text: a document makes no links, pictures or HTML here.
 */
export function toMarkdown({ title, text, pages, blocks }: Extraction): string {
  const head = title === undefined || title === '' ? [] : [`# ${inline(title)}`];
  if (blocks.length > 0) return [...head, ...blocks.map(block)].join('\n\n');
  if (pages.length < 2) return [...head, plain(text)].join('\n\n');
  return [
    ...head,
    ...pages.map(({ number, text: page }) => `## Page ${String(number)}\n\n${plain(page)}`),
  ].join('\n\n');
}

function block({ kind, text, level }: Block): string {
  if (kind === 'heading')
    return `${'#'.repeat(Math.min(Math.max(level ?? 1, 1), 6))} ${inline(text)}`;
  if (kind === 'list_item') return `${'  '.repeat(Math.max((level ?? 1) - 1, 0))}- ${inline(text)}`;
  if (kind === 'quote') return plain(text).replaceAll(/^/gm, '> ');
  if (kind === 'code') return fenced(text);
  return plain(text);
}

function inline(text: string): string {
  return plain(text.replaceAll(/\s+/g, ' ').trim());
}

function plain(text: string): string {
  return text.replaceAll(INLINE, '\\$&').replaceAll(STRUCTURE, '$1\\$2');
}

/** A fence that is longer than any inside. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
