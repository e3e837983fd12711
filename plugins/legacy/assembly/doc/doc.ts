/** `extract_text` for DOC ([MS-DOC]): headers, body, text boxes, footnotes, endnotes, comments, footers. */
import { chooseEncoding } from '../../../lib/assembly/encoding/choose';
import { encodingOfCodePage } from '../../../lib/assembly/encoding/code-pages';
import { NONE } from '../../../lib/assembly/encoding/none';
import { Failure, fail } from '../../../lib/assembly/host';
import { Call } from '../../../lib/assembly/input';
import { Document } from '../../../office/assembly/document';
import { writeResult } from '../../../office/assembly/result';
import { UTF_16BE, UTF_16LE, UTF_32BE, UTF_32LE } from '../../../lib/generated/encoding-ids';
import { Container } from '../cfb/container';
import { NOT_FOUND, ROOT } from '../cfb/directory';
import { readTitle } from '../summary';
import { View } from '../view';
import { Bins } from './bins';
import { Fib, Pair, Story } from './fib';
import { Fonts } from './fonts';
import { codePageOf } from './languages';
import { Pieces } from './pieces';
import { Reader } from './reader';
import { Styles } from './styles';

const WINDOWS_1252: i32 = 0;
const PARAGRAPH_ENTRY: usize = 13;
const RUN_ENTRY: usize = 1;
/** The first parts of the headers are lines above notes; then come six for each section. */
const SEPARATORS: u32 = 6;
const PER_SECTION: u32 = 6;
/** Of which the same text is looked for. */
const MAX_HEADERS: i32 = 256;
/** Of the six: headers are the first two and the fifth. */
const HEADERS: u32 = 0b010011;

class Word {
  private fib: Fib;
  /** What headers and footers were written, by their hashes: the same for all kinds of pages is one. */
  private written: u64[] = [];

  constructor(
    private file: Container,
    private stream: View,
  ) {
    this.fib = new Fib(stream);
  }

  extract(call: Call): void {
    if (!this.fib.read()) return;
    const tables = this.tables();
    if (tables == null) return;
    const pieces = this.pieces(tables);
    if (pieces == null) return;
    const document = new Document('doc', <usize>call.maxTextBytes, call.maxPages);
    if (!readTitle(this.file, document.title)) return;
    document.startPage();
    this.write(this.reader(document, pieces, tables), this.table(tables, Pair.HEADERS));
    writeResult(document, call);
  }

  /** The stream that the tables are in; null with the failure set. */
  private tables(): View | null {
    if (this.fib.isOld) return this.stream;
    const id = this.file.findStream(ROOT, this.fib.usesSecondTable ? '1Table' : '0Table');
    if (id != NOT_FOUND) return this.file.read(id);
    fail(Failure.MALFORMED);
    return null;
  }

  private pieces(tables: View): Pieces | null {
    const fib = this.fib;
    const table = fib.table(tables, Pair.PIECES);
    const pieces = new Pieces(this.stream, fib.isOld, fib.isWide, this.encoding());
    const end = fib.start(Story.COUNT);
    const isWhole = fib.isOld && table.length == 0;
    const isRead = isWhole ? pieces.whole(fib.oldText, end) : pieces.read(table);
    return isRead ? pieces : null;
  }

  /** Since Word 97 what is of bytes is windows-1252; before, the language hints at it, and the text itself. */
  private encoding(): i32 {
    const fib = this.fib;
    if (!fib.isOld || fib.isWide) return WINDOWS_1252;
    const declared = encodingOfCodePage(codePageOf(this.stream.u16(6)));
    const text = this.stream.part(<usize>fib.oldText, <usize>fib.start(Story.COUNT));
    const known = declared == WINDOWS_1252 ? NONE : declared;
    const encoding = chooseEncoding(text.at, text.length, known, NONE).encoding;
    return isUnicode(encoding) ? WINDOWS_1252 : encoding;
  }

  /** Old documents have these in another form, which is not read. */
  private table(tables: View, pair: usize): View {
    return this.fib.isOld ? new View(0, 0) : this.fib.table(tables, pair);
  }

  private reader(document: Document, pieces: Pieces, tables: View): Reader {
    return new Reader(
      document,
      pieces,
      new Bins(this.stream, this.table(tables, Pair.PARAGRAPH_BINS), PARAGRAPH_ENTRY),
      new Bins(this.stream, this.table(tables, Pair.RUN_BINS), RUN_ENTRY),
      new Styles(this.table(tables, Pair.STYLES)),
      new Fonts(this.table(tables, Pair.FONTS)),
    );
  }

  private write(reader: Reader, headers: View): void {
    this.writeHeaders(reader, headers, HEADERS);
    this.writeStory(reader, Story.HEADER_TEXT_BOXES);
    this.writeStory(reader, Story.MAIN);
    this.writeStory(reader, Story.TEXT_BOXES);
    this.writeStory(reader, Story.FOOTNOTES);
    this.writeStory(reader, Story.ENDNOTES);
    this.writeStory(reader, Story.COMMENTS);
    this.writeHeaders(reader, headers, ~HEADERS);
    if (this.fib.isOld) this.writeStory(reader, Story.HEADERS);
  }

  private writeStory(reader: Reader, story: i32): void {
    const start = this.fib.start(story);
    reader.read(start, start + this.fib.length(story));
  }

  /** Writes those of the six of every section whose bit is set. */
  private writeHeaders(reader: Reader, list: View, which: u32): void {
    const start = this.fib.start(Story.HEADERS);
    const length = this.fib.length(Story.HEADERS);
    const count = <u32>(list.length >> 2);
    for (let i = SEPARATORS; i + 1 < count; i++) {
      const from = list.u32((<usize>i) << 2);
      const to = min(list.u32((<usize>i + 1) << 2), length);
      const isWanted = ((which >>> ((i - SEPARATORS) % PER_SECTION)) & 1) != 0;
      if (isWanted && from < to && this.isNew(reader.hash(start + from, start + to)))
        reader.read(start + from, start + to);
    }
  }

  private isNew(hash: u64): bool {
    if (this.written.includes(hash)) return false;
    if (this.written.length < MAX_HEADERS) this.written.push(hash);
    return true;
  }
}

function isUnicode(encoding: i32): bool {
  return (
    encoding == UTF_16LE || encoding == UTF_16BE || encoding == UTF_32LE || encoding == UTF_32BE
  );
}

/** Writes the text of a document, or sets the failure. */
export function extractDoc(file: Container, stream: View, call: Call): void {
  new Word(file, stream).extract(call);
}
