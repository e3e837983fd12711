/** DOCX: headers, body, footnotes, endnotes, comments, footers. */
import { Failure, fail } from '../../lib/assembly/host';
import { Call } from '../../lib/assembly/input';
import { Zip } from '../../lib/assembly/zip';
import { Entry } from '../../lib/assembly/zip-directory';
import { Document } from './document';
import { readTitle } from './properties';
import { Relationships, readRelationships } from './relationships';
import { writeResult } from './result';
import { WordReader } from './word-reader';
import { Styles } from './word-styles';

function readPart(zip: Zip, entry: Entry | null, reader: WordReader): bool {
  if (entry == null) return true;
  const part = zip.read(entry);
  return part != null && reader.read(part);
}

/** Every part of a type, in the order of the relationships. */
function readAll(zip: Zip, parts: Relationships, type: string, reader: WordReader): bool {
  for (let i = 0; i < parts.list.length; i++) {
    const relationship = parts.list[i];
    if (relationship.type == type && !readPart(zip, relationship.target, reader)) return false;
  }
  return true;
}

function readStories(zip: Zip, main: Entry, parts: Relationships, reader: WordReader): bool {
  return (
    readAll(zip, parts, 'header', reader) &&
    readPart(zip, main, reader) &&
    readPart(zip, parts.first('footnotes'), reader) &&
    readPart(zip, parts.first('endnotes'), reader) &&
    readPart(zip, parts.first('comments'), reader) &&
    readAll(zip, parts, 'footer', reader)
  );
}

/** Writes the text of a DOCX, or sets the failure. */
export function extractDocx(zip: Zip, call: Call): void {
  const roots = readRelationships(zip, null);
  if (roots == null) return;
  const office = roots.first('officeDocument');
  const main = office != null ? office : zip.find('word/document.xml');
  if (main == null) {
    fail(Failure.MALFORMED);
    return;
  }
  const parts = readRelationships(zip, main);
  if (parts == null) return;
  const styles = new Styles();
  const styleEntry = parts.first('styles');
  if (styleEntry != null && !styles.read(zip, styleEntry)) return;
  const document = new Document('docx', <usize>call.maxTextBytes, call.maxPages);
  document.startPage();
  if (!readTitle(zip, roots.first('core-properties'), document)) return;
  if (readStories(zip, main, parts, new WordReader(document, styles))) writeResult(document, call);
}
