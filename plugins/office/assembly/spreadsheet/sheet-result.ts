/** The result of `extract_text` for a workbook: a page for each sheet; as blocks, its name and its table. */
import { Block, Blocks } from '../../../lib/assembly/blocks';
import { Failure, fail } from '../../../lib/assembly/host';
import { Call } from '../../../lib/assembly/input';
import { Result } from '../../../lib/assembly/result';
import { Sheet, SheetText } from './sheet-text';

/** Writes the result, or fails with 5 when no cell has a text. */
export function writeSheets(format: string, text: SheetText, call: Call): void {
  if (isBlank(text.bytes.at, text.bytes.at + text.bytes.length)) {
    fail(Failure.EMPTY);
    return;
  }
  const result = new Result(format, text.bytes, blocksOf(text));
  result.characters = countCharacters(text);
  for (let i = 0; i < text.sheets.length; i++) result.pages.push(<u32>text.sheets[i].start);
  result.truncated = text.truncated;
  result.write(call.maxTextBytes);
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

function blocksOf(text: SheetText): Blocks {
  const blocks = new Blocks();
  for (let i = 0; i < text.sheets.length && !blocks.omitted; i++) {
    const sheet = text.sheets[i];
    if (i > 0) blocks.mark(Block.PAGE_BREAK);
    const nameAt = blocks.own.length;
    blocks.own.append(sheet.nameAt, sheet.nameLength);
    blocks.addOwn(Block.HEADING, 1, nameAt);
    if (sheet.end > sheet.start) addTable(blocks, text, sheet);
  }
  return blocks;
}

function addTable(blocks: Blocks, text: SheetText, sheet: Sheet): void {
  blocks.mark(Block.TABLE);
  let from = sheet.start;
  while (from < sheet.end && !blocks.omitted) {
    blocks.mark(Block.ROW);
    from = addCells(blocks, text, from, sheet.end);
  }
  blocks.mark(Block.END_TABLE);
}

/** Adds the cells of one line; returns where the next line starts. */
function addCells(blocks: Blocks, text: SheetText, line: usize, end: usize): usize {
  let from = line;
  let at = line;
  let byte: u32 = 0;
  while (byte != 10) {
    byte = at < end ? load<u8>(text.bytes.at + at) : 10;
    if (byte == 9 || byte == 10) {
      blocks.add(Block.CELL, 0, from, at);
      from = at + 1;
    }
    at++;
  }
  return from;
}
