/** Which kind of OOXML package it is, by the content type of its main part (ECMA-376 part 2, 10.1). */
import { Token, Xml, openEntry } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';
import { Zip } from '../../lib/assembly/zip';
import { Entry } from '../../lib/assembly/zip-directory';

const MAX_TYPE: usize = 200;

export namespace Office {
  /** A failure is set. */
  export const FAILED: i32 = -1;
  export const UNKNOWN: i32 = 0;
  export const WORD: i32 = 1;
  export const SLIDES: i32 = 2;
  export const SHEETS: i32 = 3;
}

function kindOf(xml: Xml): i32 {
  if (!xml.attribute('ContentType') || xml.valueLength > MAX_TYPE) return Office.UNKNOWN;
  const type = String.UTF8.decodeUnsafe(xml.valueAt, xml.valueLength).toLowerCase();
  if (!type.endsWith('main+xml')) return Office.UNKNOWN;
  if (type.includes('word')) return Office.WORD;
  if (type.includes('presentationml') || type.includes('powerpoint')) return Office.SLIDES;
  if (type.includes('spreadsheetml') || type.includes('excel')) return Office.SHEETS;
  return Office.UNKNOWN;
}

/** Reads [Content_Types].xml up to the first main part. */
export function officeKind(zip: Zip, types: Entry): i32 {
  const xml = openEntry(zip, types, new Words());
  if (xml == null) return Office.FAILED;
  let kind = Office.UNKNOWN;
  let token = xml.next();
  for (; token != Token.NONE && kind == Office.UNKNOWN; token = xml.next()) {
    if (token == Token.START) kind = kindOf(xml);
  }
  return xml.failed ? Office.FAILED : kind;
}
