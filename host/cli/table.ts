import { escapeLine } from './escape.ts';

/** A column; one that is `kept` is never cut (ids, which are copied). */
export interface Column {
  readonly title: string;
  readonly kept?: boolean;
  readonly right?: boolean;
}

export interface TableStyle {
  /** Columns of the terminal; undefined where nothing is cut. */
  readonly width: number | undefined;
  readonly heading: (text: string) => string;
}

const GAP = '  ';
const NARROWEST = 6;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Rows under headings. Every cell is escaped here; the last line has no newline. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, heading }: TableStyle,
): string {
  const cells = rows.map((row) => row.map(escapeLine));
  const natural = columns.map(({ title }, at) =>
    Math.max(displayWidth(title), ...cells.map((row) => displayWidth(row[at] ?? ''))),
  );
  const widths = width === undefined ? natural : fit(columns, natural, width);
  const line = (row: readonly string[]): string =>
    columns
      .map(({ right }, at) => pad(row[at] ?? '', widths[at] ?? 0, right === true))
      .join(GAP)
      .trimEnd();
  return [heading(line(columns.map(({ title }) => title))), ...cells.map(line)].join('\n');
}

/** How many columns a terminal gives to a text that is escaped already. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text)
    width += /^\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Takes from the widest column that may be cut, until the line fits or nothing is left to take. */
function fit(
  columns: readonly Column[],
  natural: readonly number[],
  width: number,
): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, size) => sum + size + GAP.length, -GAP.length) - width;
  for (; excess > 0; excess--) {
    const widest = widths.reduce(
      (best, size, at) => (columns[at]?.kept !== true && size > (widths[best] ?? 0) ? at : best),
      columns.findIndex(({ kept }) => kept !== true),
    );
    const size = widths[widest] ?? 0;
    if (size <= NARROWEST) break;
    widths[widest] = size - 1;
  }
  return widths;
}

function pad(text: string, width: number, right: boolean): string {
  const shown = displayWidth(text) > width ? cut(text, width) : text;
  const space = ' '.repeat(Math.max(0, width - displayWidth(shown)));
  return right ? space + shown : shown + space;
}

function cut(text: string, width: number): string {
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += displayWidth(character);
    if (used >= width) break;
    kept += character;
  }
  return `${kept}…`;
}
