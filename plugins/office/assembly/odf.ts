/** ODT and ODP. The text first, its notes and comments behind it; headers and footers of an ODT around. */
import { Failure, fail } from '../../lib/assembly/host';
import { Call } from '../../lib/assembly/input';
import { Token, Xml, openEntry } from '../../lib/assembly/xml';
import { Zip } from '../../lib/assembly/zip';
import { Document } from './document';
import { OdfReader } from './odf-reader';
import { readTitle } from './properties';
import { writeResult } from './result';

function openMember(zip: Zip, name: string, reader: OdfReader): Xml | null {
  const entry = zip.find(name);
  if (entry == null) {
    fail(Failure.MALFORMED);
    return null;
  }
  return openEntry(zip, entry, reader.words);
}

/** The body of the document. */
function readBody(zip: Zip, document: Document, reader: OdfReader): bool {
  const xml = openMember(zip, 'content.xml', reader);
  if (xml == null) return false;
  let token = xml.next();
  while (token != Token.NONE && !document.truncated) {
    if (token == Token.START && xml.is('body')) reader.readElement(xml);
    token = xml.next();
  }
  return !xml.failed && reader.readNotes();
}

/** The headers, or the footers, that the master pages have. */
function readMargins(zip: Zip, document: Document, reader: OdfReader, footers: bool): bool {
  if (zip.find('styles.xml') == null) return true;
  const xml = openMember(zip, 'styles.xml', reader);
  if (xml == null) return false;
  let token = xml.next();
  while (token != Token.NONE && !document.truncated) {
    if (token == Token.START && isMargin(xml, footers)) reader.readElement(xml);
    token = xml.next();
  }
  return !xml.failed && reader.readNotes();
}

function isMargin(xml: Xml, footer: bool): bool {
  return footer
    ? xml.is('footer') || xml.is('footer-left') || xml.is('footer-first')
    : xml.is('header') || xml.is('header-left') || xml.is('header-first');
}

/** Writes the text of an ODT, or sets the failure. */
export function extractOdt(zip: Zip, call: Call): void {
  const document = new Document('odt', <usize>call.maxTextBytes, call.maxPages);
  const reader = new OdfReader(document, false);
  document.startPage();
  if (!readTitle(zip, zip.find('meta.xml'), document)) return;
  if (!readMargins(zip, document, reader, false)) return;
  if (!readBody(zip, document, reader)) return;
  if (readMargins(zip, document, reader, true)) writeResult(document, call);
}

/** Writes the text of an ODP, a page for each slide, or sets the failure. */
export function extractOdp(zip: Zip, call: Call): void {
  const document = new Document('odp', <usize>call.maxTextBytes, call.maxPages);
  document.emptyLines = false;
  const reader = new OdfReader(document, true);
  if (!readTitle(zip, zip.find('meta.xml'), document)) return;
  if (readBody(zip, document, reader)) writeResult(document, call);
}
