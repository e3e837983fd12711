/** The package document of an EPUB: which chapters there are, in which order, and which are locked. */
import { Bytes } from '../../lib/assembly/bytes';
import { Failure, fail } from '../../lib/assembly/host';
import { Token, Xml, openEntry } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';
import { Zip } from '../../lib/assembly/zip';
import { Entry } from '../../lib/assembly/zip-directory';
import { hashBytes } from './hash';
import { findFrom } from './relationships';

/** More are passed over. */
const MAX_ITEMS: i32 = 10000;
const MAX_TITLE: usize = 1024;

function openMember(zip: Zip, entry: Entry): Xml | null {
  const xml = openEntry(zip, entry, new Words());
  if (xml != null) xml.allowDoctype = true;
  return xml;
}

/** The package document that META-INF/container.xml names first. Null when a failure is set. */
export function findPackage(zip: Zip): Entry | null {
  const container = zip.find('META-INF/container.xml');
  if (container == null) {
    fail(Failure.MALFORMED);
    return null;
  }
  const xml = openMember(zip, container);
  if (xml == null) return null;
  let opf: Entry | null = null;
  let token = xml.next();
  for (; token != Token.NONE && opf == null; token = xml.next()) {
    if (token != Token.START || !xml.is('rootfile') || !xml.attribute('full-path')) continue;
    opf = findFrom(zip, null, xml.valueAt, xml.valueLength);
  }
  if (xml.failed) return null;
  if (opf == null) fail(Failure.MALFORMED);
  return opf;
}

function hexOf(byte: u32): u32 {
  if (byte - 48 < 10) return byte - 48;
  return (byte | 32) - 97 < 6 ? (byte | 32) - 87 : 16;
}

/** The path of a URL: percent signs resolved, the fragment cut off. */
function pathOf(at: usize, length: usize): Bytes {
  const path = new Bytes(length + 1);
  const end = at + length;
  while (at < end && load<u8>(at) != 35) {
    const byte = <u32>load<u8>(at);
    const high = byte == 37 && end - at > 2 ? hexOf(<u32>load<u8>(at + 1)) : 16;
    const low = high < 16 ? hexOf(<u32>load<u8>(at + 2)) : 16;
    path.byte(low < 16 ? (high << 4) | low : byte);
    at += low < 16 ? 3 : 1;
  }
  return path;
}

function isChapterType(xml: Xml): bool {
  if (!xml.attribute('media-type')) return true;
  return (
    xml.valueIs('application/xhtml+xml') ||
    xml.valueIs('text/html') ||
    xml.valueIs('text/x-oeb1-document') ||
    xml.valueIs('image/svg+xml') ||
    xml.valueIs('application/xml')
  );
}

/** Fonts are mixed up by these and nothing else is (EPUB 3.3, 4.4; Adobe's older way). */
function isFontMangling(xml: Xml): bool {
  return (
    xml.valueIs('http://www.idpf.org/2008/embedding') ||
    xml.valueIs('http://ns.adobe.com/pdf/enc#RC')
  );
}

export class EpubPackage {
  chapters: Entry[] = [];
  /** Chapters of the spine that are not in the file. */
  missing: i32 = 0;
  title: Bytes = new Bytes(64);
  /** A chapter is encrypted. */
  isLocked: bool = false;
  private items: Map<u64, Entry> = new Map<u64, Entry>();
  /** The navigation document, which says the titles of the chapters again. */
  private navigation: Entry | null = null;
  private inTitle: bool = false;

  constructor(
    private zip: Zip,
    private opf: Entry,
  ) {}

  /** Reads manifest and spine. False when a failure is set. */
  read(): bool {
    const xml = openMember(this.zip, this.opf);
    if (xml == null) return false;
    let token = xml.next();
    for (; token != Token.NONE; token = xml.next()) {
      if (token == Token.START) this.start(xml);
      else if (token == Token.END) this.inTitle = false;
      else if (this.inTitle) this.keepTitle(xml);
    }
    return !xml.failed;
  }

  private keepTitle(xml: Xml): void {
    if (this.title.length + xml.textLength <= MAX_TITLE) {
      this.title.append(xml.textAt, xml.textLength);
    }
  }

  private start(xml: Xml): void {
    if (xml.is('item')) this.item(xml);
    else if (xml.is('itemref') && xml.attribute('idref')) {
      const id = hashBytes(xml.valueAt, xml.valueLength);
      if (this.items.has(id)) this.chapter(this.items.get(id));
      else this.missing++;
    } else if (xml.is('title') && this.title.length == 0) this.inTitle = true;
  }

  private chapter(entry: Entry): void {
    if (entry != this.navigation && this.chapters.length < MAX_ITEMS) this.chapters.push(entry);
  }

  private item(xml: Xml): void {
    if (this.items.size >= MAX_ITEMS || !isChapterType(xml) || !xml.attribute('href')) return;
    const path = pathOf(xml.valueAt, xml.valueLength);
    const entry = findFrom(this.zip, this.opf, path.at, path.length);
    if (entry == null || !xml.attribute('id')) return;
    this.items.set(hashBytes(xml.valueAt, xml.valueLength), entry);
    if (xml.attribute('properties') && xml.valueIs('nav')) this.navigation = entry;
  }

  /** Finds out whether a chapter is encrypted. False when a failure is set. */
  readLocks(): bool {
    const entry = this.zip.find('META-INF/encryption.xml');
    if (entry == null) return true;
    const xml = openMember(this.zip, entry);
    if (xml == null) return false;
    let forFonts: bool = false;
    let token = xml.next();
    for (; token != Token.NONE; token = xml.next()) {
      if (token != Token.START) continue;
      if (xml.is('EncryptionMethod')) forFonts = xml.attribute('Algorithm') && isFontMangling(xml);
      else if (xml.is('CipherReference') && !forFonts && xml.attribute('URI')) this.lock(xml);
    }
    return !xml.failed;
  }

  private lock(xml: Xml): void {
    const path = pathOf(xml.valueAt, xml.valueLength);
    const entry = findFrom(this.zip, null, path.at, path.length);
    if (entry != null && this.chapters.includes(entry)) this.isLocked = true;
  }
}
