import type { Block, Extraction } from './answers.ts';

/** What would begin a heading, quote, list, fence or rule at the start of a line (CommonMark 0.31). */
const STRUCTURE = /^([ \t]{0,3}[0-9]{0,9})([#>+=~\-.)])/gm;
/** What would begin emphasis, code, a link, a picture, HTML or an entity, and divide the cells of a table. */
const INLINE = /[\\`*_[<&|]/g;
/** What would make a line code. */
const INDENT = /^[ \t]+/gm;
const DEEPEST_HEADING = 6;
const DEEPEST_ITEM = 8;

/**
 * A document as CommonMark with the tables of GFM: of its blocks where its format has them, else of its
 * text, a section for each page. Text is escaped, so that it stays text: a document makes no links,
 * pictures or HTML here.
 */
export function toMarkdown({ title = '', text, pages, blocks }: Extraction): string {
  const parts = blocks.length > 0 ? ofBlocks(blocks) : ofPages(pages, text);
  const head = title.trim() === '' ? [] : [`# ${oneLine(title)}`];
  return (parts[0] === head[0] ? parts : [...head, ...parts]).join('\n\n');
}

function ofPages(pages: Extraction['pages'], text: string): readonly string[] {
  if (pages.length < 2) return [plain(text)];
  return pages.map(({ number, text: page }) => `## Page ${String(number)}\n\n${plain(page)}`);
}

/** Items that follow one another are one list. */
function ofBlocks(blocks: readonly Block[]): readonly string[] {
  const parts: string[] = [];
  let items: Block[] = [];
  const endList = (): void => {
    if (items.length > 0) parts.push(listOf(items));
    items = [];
  };
  for (const block of blocks) {
    if (block.kind === 'list_item') items.push(block);
    else {
      endList();
      const part = blockOf(block);
      if (part !== '') parts.push(part);
    }
  }
  endList();
  return parts;
}

function blockOf({ kind, level = 1, text = '', rows = [] }: Block): string {
  switch (kind) {
    case 'heading':
      return `${'#'.repeat(Math.min(Math.max(level, 1), DEEPEST_HEADING))} ${oneLine(text)}`;
    case 'table':
      return tableOf(rows);
    case 'code':
      return fenced(text);
    case 'page_break':
      return '---';
    default:
      return plain(text).trim();
  }
}

function listOf(items: readonly Block[]): string {
  const top = items.reduce((least, { level = 0 }) => Math.min(least, level), Infinity);
  return items
    .map(({ level = 0, text = '' }) => {
      const depth = Math.min(level - top, DEEPEST_ITEM);
      return `${'  '.repeat(depth)}- ${oneLine(text)}`;
    })
    .join('\n');
}

/** The first row is the head, for GFM has no table without one. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const width = rows.reduce((most, { length }) => Math.max(most, length), 0);
  const [head, ...body] = rows.map((row) => {
    const cells = Array.from({ length: width }, (_, at) => oneLine(row[at] ?? ''));
    return `| ${cells.join(' | ')} |`;
  });
  if (head === undefined || width === 0) return '';
  return [head, `|${' --- |'.repeat(width)}`, ...body].join('\n');
}

/** No run of backticks in the text is as long as the fence, so nothing in it ends it. */
function fenced(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(runs.reduce((most, { length }) => Math.max(most, length + 1), 3));
  return `${fence}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function oneLine(text: string): string {
  return plain(text.replaceAll(/\s+/g, ' ').trim());
}

function plain(text: string): string {
  return text.replaceAll(INDENT, '').replaceAll(INLINE, '\\$&').replaceAll(STRUCTURE, '$1\\$2');
}
