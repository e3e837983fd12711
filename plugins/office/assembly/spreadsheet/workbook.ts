/** The workbook part: its sheets in order, hidden ones too, and the date system (ECMA-376-1, 18.2). */
import { Failure, fail } from '../../../lib/assembly/host';
import { Token, Xml } from '../../../lib/assembly/xml';
import { Zip } from '../../../lib/assembly/zip';
import { Entry } from '../../../lib/assembly/zip-directory';
import { Relationships, readRelationships } from '../relationships';
import { openEntry } from './entry-xml';
import { MAX_NAME } from './sheet-text';

const USUAL_PATH: string = 'xl/workbook.xml';
const MAX_SHEETS: i32 = 10000;

export class SheetEntry {
  nameAt: usize = 0;
  nameLength: usize = 0;
  /** Null for a sheet that is not there. */
  entry: Entry | null = null;
}

export class Workbook {
  sheets: SheetEntry[] = [];
  system1904: bool = false;
  styles: Entry | null = null;
  strings: Entry | null = null;
}

/** Reads the workbook, or null with the failure set. */
export function readWorkbook(zip: Zip): Workbook | null {
  const roots = readRelationships(zip, null);
  if (roots == null) return null;
  let entry = roots.first('officeDocument');
  if (entry == null) entry = zip.find(USUAL_PATH);
  if (entry == null) {
    fail(Failure.MALFORMED);
    return null;
  }
  const relationships = readRelationships(zip, entry);
  if (relationships == null) return null;
  const xml = openEntry(zip, entry);
  if (xml == null) return null;
  const workbook = new Workbook();
  workbook.styles = relationships.first('styles');
  workbook.strings = relationships.first('sharedStrings');
  readSheets(xml, workbook, relationships);
  return xml.failed ? null : workbook;
}

function readSheets(xml: Xml, workbook: Workbook, relationships: Relationships): void {
  let token: i32;
  while ((token = xml.next()) != Token.NONE) {
    if (token != Token.START) continue;
    if (xml.is('workbookPr')) {
      // An extension element of the same local name follows, which says nothing of dates.
      const given = xml.attribute('date1904') && (xml.valueIs('1') || xml.valueIs('true'));
      if (given) workbook.system1904 = true;
    } else if (xml.is('sheet') && workbook.sheets.length < MAX_SHEETS) {
      workbook.sheets.push(readSheet(xml, relationships));
    }
  }
}

function readSheet(xml: Xml, relationships: Relationships): SheetEntry {
  const sheet = new SheetEntry();
  if (xml.attribute('name') && xml.valueLength <= MAX_NAME) {
    sheet.nameLength = xml.valueLength;
    sheet.nameAt = heap.alloc(xml.valueLength + 1);
    memory.copy(sheet.nameAt, xml.valueAt, xml.valueLength);
  }
  if (xml.prefixed('id')) sheet.entry = relationships.byName(xml.valueAt, xml.valueLength);
  return sheet;
}
