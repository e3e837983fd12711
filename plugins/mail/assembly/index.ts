/** `extract_text` for mail: a message (RFC 5322, MIME), an mbox or a saved web page. */
import { Blob, readBlob } from '../../lib/assembly/blob';
import { Bytes } from '../../lib/assembly/bytes';
import { hasBinaryMagic } from '../../lib/assembly/encoding/binary';
import { Failure, fail } from '../../lib/assembly/host';
import { Call, readCall } from '../../lib/assembly/input';
import { archiveRoot, isArchive } from './archive';
import { Content } from './content';
import { MAX_INPUT, MAX_MESSAGES, MAX_TEXT } from './limits';
import { skipEmptyLines } from './lines';
import { isMbox, nextMessage } from './mbox';
import { Writer, subjectOf } from './message';
import { Page } from './page';
import { NO_PART, partAt } from './parts';
import { writeReport } from './report';
import { readStructure } from './structure';

const BYTE_ORDER_MARK: u32 = 0xbfbbef;

class Mail {
  page: Page;
  content: Content;
  title: Bytes = new Bytes(1024);

  constructor(
    private from: usize,
    private end: usize,
    private maxBytes: usize,
  ) {
    const page = new Page(maxBytes);
    this.page = page;
    this.content = new Content(page, maxBytes, end - from);
  }

  /** Writes the result of a single message, or of a saved page. */
  single(mediaType: string): void {
    if (!readStructure(this.from, this.end)) {
      fail(Failure.LIMIT);
    } else if (partAt(0).fields.count == 0) {
      fail(Failure.MALFORMED);
    } else if (isArchive(mediaType) && archiveRoot() != NO_PART) {
      this.archive();
    } else {
      this.keepTitle(subjectOf(partAt(0)));
      new Writer(this.page, this.content, 1).write();
      writeReport('eml', this.page, this.title, this.maxBytes);
    }
  }

  private archive(): void {
    this.content.append(partAt(archiveRoot()));
    const title = this.content.title;
    this.keepTitle(title.length > 0 ? title : subjectOf(partAt(0)));
    writeReport('mhtml', this.page, this.title, this.maxBytes);
  }

  private keepTitle(title: Bytes): void {
    this.title.append(title.at, title.length);
  }

  /** Messages in their order, each below a line with its number. */
  mailbox(): void {
    const writer = new Writer(this.page, this.content, 2);
    let at = this.from;
    let number = 0;
    while (at < this.end && !this.page.isFull()) {
      const next = nextMessage(at, this.end);
      if (number == MAX_MESSAGES || !readStructure(at, next)) {
        fail(Failure.LIMIT);
        return;
      }
      this.page.blankLine();
      this.page.numberLine(++number);
      writer.write();
      at = next;
    }
    writeReport('mbox', this.page, this.title, this.maxBytes);
  }
}

/** Where the text starts: behind a byte order mark and empty lines. */
function textStart(blob: Blob): usize {
  const marked = blob.length >= 3 && (load<u32>(blob.at) & 0xffffff) == BYTE_ORDER_MARK;
  return skipEmptyLines(blob.at + (marked ? 3 : 0), blob.at + blob.length);
}

function read(call: Call, blob: Blob): void {
  const from = textStart(blob);
  const end = blob.at + blob.length;
  const mail = new Mail(from, end, <usize>min<i64>(call.maxTextBytes, MAX_TEXT));
  if (isMbox(from, end, call.mediaType)) mail.mailbox();
  else mail.single(call.mediaType);
}

/** Fails with 1 (malformed) for what has no header, 3 (unsupported), 4 (limit), 5 (empty), 7 (refused). */
export function extract_text(): i32 {
  const call = readCall();
  if (call == null) return 0;
  const blob = readBlob(call.handle, MAX_INPUT);
  if (blob.failed) return 0;
  if (blob.length == 0) fail(Failure.EMPTY);
  else if (hasBinaryMagic(blob.at, blob.length)) fail(Failure.UNSUPPORTED);
  else read(call, blob);
  return 0;
}
