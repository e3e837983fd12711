/** EPUB: a page for each document of the spine (EPUB 3.3, 5.7; OCF, 4.2). */
import { chooseEncoding } from '../../lib/assembly/encoding/choose';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { NONE } from '../../lib/assembly/encoding/none';
import { Failure, fail } from '../../lib/assembly/host';
import { Call } from '../../lib/assembly/input';
import { Zip } from '../../lib/assembly/zip';
import { Entry } from '../../lib/assembly/zip-directory';
import { declaredInside } from '../../html/assembly/prescan';
import { Tokenizer } from '../../html/assembly/tokenizer';
import { Document } from './document';
import { EpubPackage, findPackage } from './epub-package';
import { writeResult } from './result';

/** Of all chapters together: each is copied when it is decoded. */
const MAX_MARKUP: usize = 32 << 20;
const REPLACEMENT: u32 = 0xfffd;

class Book {
  private markup: usize = 0;

  constructor(
    private zip: Zip,
    private document: Document,
  ) {}

  /** Appends a chapter as a page. False when a failure is set. */
  read(chapter: Entry): bool {
    this.markup += chapter.size;
    if (this.markup > MAX_MARKUP) {
      fail(Failure.LIMIT);
      return false;
    }
    const part = this.zip.read(chapter);
    if (part == null) return false;
    if (!this.document.startPage()) return true;
    const choice = chooseEncoding(part.at, part.length, NONE, declaredInside(part.at, part.length));
    const source = new Text(part.length + 64, 3 * part.length + 64, REPLACEMENT);
    decodeInto(source, choice.encoding, part.at + choice.skip, part.length - choice.skip);
    const from = source.bytes.at;
    const reader = new Tokenizer(from, from + source.bytes.length, this.document.room);
    reader.run();
    this.append(reader, source);
    return true;
  }

  private append(reader: Tokenizer, source: Text): void {
    const layout = reader.layout;
    this.document.append(layout.text, layout.characters, layout.blocks);
    if (layout.truncated) this.document.truncated = true;
    if (source.undecodable > 0) this.document.warn('undecodable_bytes');
    if (reader.hiddenText) this.document.warn('hidden_text');
    if (reader.tree.tooDeep) this.document.warn('depth_limit');
  }
}

/** Writes the text of an EPUB, or sets the failure. */
export function extractEpub(zip: Zip, call: Call): void {
  const opf = findPackage(zip);
  if (opf == null) return;
  const document = new Document('epub', <usize>call.maxTextBytes, call.maxPages);
  const book = new EpubPackage(zip, opf);
  if (!book.read() || !book.readLocks()) return;
  if (book.isLocked) {
    fail(Failure.ENCRYPTED);
    return;
  }
  document.title.append(book.title.at, book.title.length);
  if (book.missing > 0) document.warn('missing_part');
  const reader = new Book(zip, document);
  for (let i = 0; i < book.chapters.length && !document.truncated; i++) {
    if (!reader.read(book.chapters[i])) return;
  }
  if (document.pages.length == 0) fail(Failure.MALFORMED);
  else writeResult(document, call);
}
