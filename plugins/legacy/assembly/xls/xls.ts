/** `extract_text` for XLS ([MS-XLS], BIFF8; also the BIFF5 of Excel 5 and 95): a page for each sheet. */
import { Call } from '../../../lib/assembly/input';
import { writeSheets } from '../../../office/assembly/spreadsheet/sheet-result';
import { SheetText } from '../../../office/assembly/spreadsheet/sheet-text';
import { View } from '../view';
import { SheetReader } from './sheet';
import { Workbook } from './workbook';

/** Writes the result; where the workbook cannot be read, the failure is set. */
export function extractXls(stream: View, call: Call): void {
  const workbook = new Workbook(stream);
  if (!workbook.read()) return;
  const text = new SheetText(<usize>call.maxTextBytes);
  const reader = new SheetReader(workbook, text);
  for (let i = 0; i < workbook.sheets.length && !text.truncated; i++) {
    const sheet = workbook.sheets[i];
    if (<i64>i == call.maxPages) text.truncated = true;
    else {
      text.beginSheet(sheet.nameAt, sheet.nameLength);
      if (!reader.read(sheet.offset) && !text.truncated) return;
      text.endSheet();
    }
  }
  writeSheets('xls', text, call);
}
