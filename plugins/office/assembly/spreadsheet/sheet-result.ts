/** The result of `extract_text` for a workbook: a page for each sheet; as blocks, its name and its table. */
import { Failure, fail } from '../../../lib/assembly/host';
import { finish, integer, name, quoted, raw } from '../../../lib/assembly/output';
import { Sheet, SheetText } from './sheet-text';

/** Writes the result, or fails with 5 when no cell has a text. */
export function writeSheets(format: string, text: SheetText): void {
  if (isBlank(text.bytes.at, text.bytes.at + text.bytes.length)) {
    fail(Failure.EMPTY);
    return;
  }
  raw('{"counts":{"characters":');
  integer(countCharacters(text));
  raw(',"pages":');
  integer(text.sheets.length);
  raw('},"format":');
  name(format);
  raw(',"pages":[');
  for (let i = 0; i < text.sheets.length; i++) writePage(text, i);
  raw('],"blocks":[');
  for (let i = 0; i < text.sheets.length; i++) writeBlocks(text, i);
  raw('],"truncated":');
  raw(text.truncated ? 'true' : 'false');
  raw(',"warnings":[]}');
  finish();
}

function isBlank(at: usize, end: usize): bool {
  while (at < end && load<u8>(at) <= 32) at++;
  return at == end;
}

function countCharacters(text: SheetText): i64 {
  let count: i64 = 0;
  const end = text.bytes.at + text.bytes.length;
  for (let at = text.bytes.at; at < end; at++) {
    if ((load<u8>(at) & 0xc0) != 0x80) count++;
  }
  return count;
}

function writePage(text: SheetText, index: i32): void {
  const sheet = text.sheets[index];
  raw(index == 0 ? '{"number":' : ',{"number":');
  integer(index + 1);
  raw(',"text":');
  quoted(text.bytes.at + sheet.start, sheet.end - sheet.start);
  raw('}');
}

function writeBlocks(text: SheetText, index: i32): void {
  const sheet = text.sheets[index];
  raw(index == 0 ? '{"kind":"heading","level":1,"text":' : ',{"kind":"heading","level":1,"text":');
  quoted(sheet.nameAt, sheet.nameLength);
  raw('}');
  if (sheet.end == sheet.start) return;
  raw(',{"kind":"table","rows":[');
  writeRows(text, sheet);
  raw(']}');
}

function writeRows(text: SheetText, sheet: Sheet): void {
  const end = text.bytes.at + sheet.end;
  let at = text.bytes.at + sheet.start;
  let first = true;
  while (at < end) {
    raw(first ? '[' : ',[');
    first = false;
    at = writeCells(at, end);
    raw(']');
  }
}

/** Writes the cells of one line; returns where the next line starts. */
function writeCells(at: usize, end: usize): usize {
  let next = cellEnd(at, end);
  quoted(at, next - at);
  while (next < end && load<u8>(next) == 9) {
    raw(',');
    at = next + 1;
    next = cellEnd(at, end);
    quoted(at, next - at);
  }
  return next + 1;
}

function cellEnd(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != 9 && load<u8>(at) != 10) at++;
  return at;
}
