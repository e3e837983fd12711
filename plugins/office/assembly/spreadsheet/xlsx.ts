/** `extract_text` for XLSX and its macro and template kinds (ECMA-376-1, 18). */
import { Call } from '../../../lib/assembly/input';
import { Zip } from '../../../lib/assembly/zip';
import { openEntry } from './entry-xml';
import { readSharedStrings } from './shared-strings';
import { writeSheets } from './sheet-result';
import { SheetText } from './sheet-text';
import { readStyles } from './styles';
import { SheetEntry, readWorkbook } from './workbook';
import { WorksheetReader } from './worksheet';

/** Writes the result; where the document cannot be read, the failure is set. */
export function extractXlsx(zip: Zip, call: Call): void {
  const workbook = readWorkbook(zip);
  if (workbook == null) return;
  const strings = readSharedStrings(zip, workbook.strings);
  if (strings == null) return;
  const styles = readStyles(zip, workbook.styles);
  if (styles == null) return;
  const text = new SheetText(<usize>call.maxTextBytes);
  const reader = new WorksheetReader(text, strings, styles, workbook.system1904);
  for (let i = 0; i < workbook.sheets.length && !text.truncated; i++) {
    if (<i64>i == call.maxPages) text.truncated = true;
    else if (!readSheet(zip, workbook.sheets[i], reader, text)) return;
  }
  writeSheets('xlsx', text, call);
}

/** False when the failure is set. */
function readSheet(zip: Zip, sheet: SheetEntry, reader: WorksheetReader, text: SheetText): bool {
  text.beginSheet(sheet.nameAt, sheet.nameLength);
  const entry = sheet.entry;
  if (entry != null) {
    const xml = openEntry(zip, entry);
    if (xml == null || (!reader.read(xml) && !text.truncated)) return false;
  }
  text.endSheet();
  return true;
}
