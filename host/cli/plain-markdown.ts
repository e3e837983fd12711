import { escapeLine } from './escape.ts';
import { table } from './table.ts';

const FENCE = /^ {0,3}(```|~~~)/;
const TABLE_ROW = /^\s*\|.*\|\s*$/;
const TABLE_RULE = /^[\s|:-]+$/;

/**
 * A publisher's Markdown for a person at a terminal: headings, emphasis, code and links lose their
 * marks, tables are aligned, everything is escaped. What is none of these stays as it was written.
 */
export function plainMarkdown(markdown: string): string {
  const out: string[] = [];
  let rows: string[] = [];
  let fenced = false;
  const endTable = (): void => {
    if (rows.length > 0) out.push(tableOf(rows));
    rows = [];
  };
  for (const line of markdown.replaceAll('\r\n', '\n').trimEnd().split('\n')) {
    const isRow = !fenced && TABLE_ROW.test(line);
    if (!isRow) endTable();
    if (FENCE.test(line)) fenced = !fenced;
    else if (fenced) out.push(`  ${escapeLine(line)}`);
    else if (isRow) rows.push(line);
    else out.push(escapeLine(inline(line.replace(/^ {0,3}#{1,6} +/, ''))));
  }
  endTable();
  return out.join('\n');
}

function tableOf(lines: readonly string[]): string {
  const [titles = [], ...rows] = lines.filter((line) => !TABLE_RULE.test(line)).map(cellsOf);
  const columns = titles.map((title) => ({ title: escapeLine(title) }));
  return table(columns, rows, { width: undefined, heading: (text) => text });
}

function cellsOf(line: string): readonly string[] {
  const cells = line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/);
  return cells.map((cell) => inline(cell.trim()));
}

function inline(text: string): string {
  return text
    .replaceAll(/`([^`]+)`/g, '$1')
    .replaceAll(/\*\*([^*]+)\*\*/g, '$1')
    .replaceAll(/\[([^\][]+)\]\(([^()\s]+)\)/g, '$1 ($2)');
}
