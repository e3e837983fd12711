/** The title that a document's properties give it. */
import { Token, openEntry } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';
import { Zip } from '../../lib/assembly/zip';
import { Entry } from '../../lib/assembly/zip-directory';
import { Document } from './document';

/** Takes the first dc:title of a part. False when a failure is set. */
export function readTitle(zip: Zip, entry: Entry | null, document: Document): bool {
  if (entry == null) return true;
  const xml = openEntry(zip, entry, new Words());
  if (xml == null) return false;
  let token = xml.next();
  while (token != Token.NONE && !(token == Token.START && xml.is('title'))) token = xml.next();
  while (token != Token.NONE && token != Token.END) {
    token = xml.next();
    if (token == Token.TEXT) document.title.append(xml.textAt, xml.textLength);
  }
  return !xml.failed;
}
