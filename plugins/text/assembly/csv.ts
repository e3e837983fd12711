/** Rows and fields as a table. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Bytes } from '../../lib/assembly/bytes';
import { Dialect, Fields, dialectOf } from './delimited';

const LINE_FEED: u32 = 10;
/** Columns that are compared to tell a header. */
const MAX_COMPARED: i32 = 64;

/** `sep=;`, by which a first line tells spreadsheets the delimiter (Microsoft Excel). */
class Hint {
  delimiter: u32 = 0;
  /** Where the text starts behind it. */
  from: usize;

  constructor(at: usize, end: usize) {
    this.from = at;
    const isHint = end - at >= 6 && load<u32>(at) == 0x3d706573 && load<u8>(at + 5) == LINE_FEED;
    if (isHint) {
      this.delimiter = load<u8>(at + 4);
      this.from = at + 6;
    }
  }
}

function isNumeric(from: usize, to: usize): bool {
  let digits = 0;
  for (let at = from; at < to; at++) {
    const byte = <u32>load<u8>(at);
    if (byte - 48 < 10) digits++;
    else if (byte > 32 && byte != 37 && (byte < 43 || byte > 58)) return false;
  }
  return digits > 0;
}

function isSame(a: usize, b: usize, length: usize): bool {
  return memory.compare(a, b, length) == 0;
}

/** Whether the first row names the columns: every name is there, none is a number, and all are different. */
function hasHeader(dialect: Dialect, from: usize, end: usize): bool {
  const starts = new StaticArray<usize>(MAX_COMPARED);
  const lengths = new StaticArray<usize>(MAX_COMPARED);
  const fields = new Fields(dialect, from, end);
  let count = 0;
  while (fields.next()) {
    const length = fields.to - fields.from;
    if (length == 0 || isNumeric(fields.from, fields.to)) return false;
    for (let i = 0; i < count; i++) {
      if (lengths[i] == length && isSame(starts[i], fields.from, length)) return false;
    }
    if (count < MAX_COMPARED) {
      starts[count] = fields.from;
      lengths[count++] = length;
    }
    if (fields.endsRow) return count > 1 && fields.at < end;
  }
  return false;
}

/** Adds a field whose quotes are resolved. */
function addResolved(blocks: Blocks, fields: Fields): void {
  const own: Bytes = blocks.own;
  const start = own.length;
  const dialect = fields.dialect;
  const mark = dialect.backslash ? <u32>92 : dialect.quote;
  for (let at = fields.from; at < fields.to; at++) {
    const isEscape =
      load<u8>(at) == mark && at + 1 < fields.to && load<u8>(at + 1) == dialect.quote;
    if (isEscape) at++;
    own.byte(load<u8>(at));
  }
  blocks.addOwn(Block.CELL, 0, start);
}

/** Adds the table that the text `at` to `end` is. `delimiter`: that of the declared format, or zero. */
export function addDelimited(blocks: Blocks, at: usize, end: usize, delimiter: u32): void {
  const hint = new Hint(at, end);
  const dialect = dialectOf(hint.from, end, delimiter != 0 ? delimiter : hint.delimiter);
  const fields = new Fields(dialect, hint.from, end);
  const table = blocks.count;
  let isOpen: bool = false;
  blocks.mark(Block.TABLE);
  while (!blocks.omitted && fields.next()) {
    const isEmpty = !isOpen && fields.endsRow && fields.from == fields.to;
    if (isEmpty) continue;
    if (!isOpen) blocks.mark(Block.ROW);
    if (fields.escaped) addResolved(blocks, fields);
    else blocks.add(Block.CELL, 0, fields.from - at, fields.to - at);
    isOpen = !fields.endsRow;
  }
  blocks.mark(Block.END_TABLE);
  if (hasHeader(dialect, hint.from, end)) blocks.setHeader(table);
}
