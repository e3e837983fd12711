/** `extract_text` for MSG ([MS-OXMSG]): the lines of its header, its text, and what is attached. */
import { declaredInside } from '../../../html/assembly/prescan';
import { Block } from '../../../lib/assembly/blocks';
import { Bytes } from '../../../lib/assembly/bytes';
import { NONE } from '../../../lib/assembly/encoding/none';
import { Failure, fail } from '../../../lib/assembly/host';
import { UTF_8 } from '../../../lib/generated/encoding-ids';
import { Call } from '../../../lib/assembly/input';
import { Content } from '../../../mail/assembly/content';
import { MAX_TEXT } from '../../../mail/assembly/limits';
import { Note, note } from '../../../mail/assembly/notes';
import { Page } from '../../../mail/assembly/page';
import { writeReport } from '../../../mail/assembly/report';
import { Container } from '../cfb/container';
import { NOT_FOUND, ROOT } from '../cfb/directory';
import { attachAll } from './attachments';
import { decompress } from './lzfu';
import { Properties, Type } from './properties';
import { Recipients, appendPerson } from './recipients';
import { appendRichText } from './rich-text';
import { isTime, writeTime } from './time';

/** Properties of a message ([MS-OXPROPS]). */
namespace Id {
  export const CLASS: u32 = 0x001a;
  export const SUBJECT: u32 = 0x0037;
  export const SENT: u32 = 0x0039;
  export const AUTHOR_NAME: u32 = 0x0042;
  export const AUTHOR_ADDRESS: u32 = 0x0065;
  export const SENDER_NAME: u32 = 0x0c1a;
  export const SENDER_ADDRESS: u32 = 0x0c1f;
  export const SHOWN_COPY: u32 = 0x0e03;
  export const SHOWN_TO: u32 = 0x0e04;
  export const RECEIVED: u32 = 0x0e06;
  export const BODY: u32 = 0x1000;
  export const RICH_BODY: u32 = 0x1009;
  export const HTML_BODY: u32 = 0x1013;
  export const SENDER_SMTP: u32 = 0x5d01;
  export const AUTHOR_SMTP: u32 = 0x5d02;
}
const ENCRYPTED_CLASS: string = 'IPM.Note.SMIME';

class Writer {
  private page: Page;
  private properties: Properties;
  private subject: Bytes = new Bytes(256);
  private line: Bytes = new Bytes(256);
  private recipients: Recipients = new Recipients();

  constructor(
    private file: Container,
    private maxBytes: usize,
  ) {
    this.page = new Page(maxBytes);
    this.properties = new Properties(file, ROOT);
  }

  /** Writes the result, or sets the failure. */
  write(): void {
    const page = this.page;
    if (!this.properties.read()) return;
    this.properties.readEncoding();
    if (!this.recipients.read(this.file, this.properties)) return;
    if (!this.writeHeader() || !this.writeBody() || !this.noteEncryption()) return;
    if (!attachAll(this.file, this.properties, page)) return;
    if (page.length == 0) fail(Failure.EMPTY);
    else writeReport('msg', page, this.subject, this.maxBytes);
  }

  private noteEncryption(): bool {
    this.line.length = 0;
    if (!this.properties.text(Id.CLASS, this.line)) return false;
    const name = String.UTF8.decodeUnsafe(this.line.at, min(this.line.length, 64));
    if (name == ENCRYPTED_CLASS) note(Note.ENCRYPTED);
    return true;
  }

  private writeHeader(): bool {
    const properties = this.properties;
    if (!properties.text(Id.SUBJECT, this.subject)) return false;
    this.writeLine('Subject', this.subject, 1);
    if (!this.readSender()) return false;
    this.writeLine('From', this.line, 0);
    if (!this.readShown(this.recipients.to, Id.SHOWN_TO)) return false;
    this.writeLine('To', this.line, 0);
    if (!this.readShown(this.recipients.copy, Id.SHOWN_COPY)) return false;
    this.writeLine('Cc', this.line, 0);
    this.writeDate();
    return true;
  }

  /** At a level, the value is a heading. */
  private writeLine(name: string, value: Bytes, level: i32): void {
    const page = this.page;
    if (value.length == 0 || page.isFull()) return;
    page.startLine();
    const line = page.length;
    page.ascii(name);
    page.ascii(': ');
    const from = page.length;
    page.utf8(value.at, value.length);
    if (level > 0) page.block(Block.HEADING, level, from);
    else page.block(Block.PARAGRAPH, 0, line);
    page.ascii('\n');
  }

  /** Whom the message is from, else who has sent it. */
  private readSender(): bool {
    this.line.length = 0;
    return (
      this.readPerson(Id.AUTHOR_NAME, Id.AUTHOR_SMTP, Id.AUTHOR_ADDRESS) &&
      (this.line.length > 0 || this.readPerson(Id.SENDER_NAME, Id.SENDER_SMTP, Id.SENDER_ADDRESS))
    );
  }

  private readPerson(nameId: u32, smtp: u32, other: u32): bool {
    const name = new Bytes(64);
    const address = new Bytes(64);
    const properties = this.properties;
    if (!properties.text(nameId, name) || !properties.text(smtp, address)) return false;
    if (address.length == 0 && !properties.text(other, address)) return false;
    appendPerson(this.line, name, address);
    return true;
  }

  /** The recipients, or where there are none the names that the message shows. */
  private readShown(recipients: Bytes, id: u32): bool {
    this.line.length = 0;
    this.line.append(recipients.at, recipients.length);
    return this.line.length > 0 || this.properties.text(id, this.line);
  }

  private writeDate(): void {
    const sent = this.properties.long(Id.SENT);
    const time = isTime(sent) ? sent : this.properties.long(Id.RECEIVED);
    const page = this.page;
    if (!isTime(time) || page.isFull()) return;
    page.startLine();
    const from = page.length;
    page.ascii('Date: ');
    writeTime(page, time);
    page.block(Block.PARAGRAPH, 0, from);
    page.ascii('\n');
  }

  /** Plain text is preferred, then HTML, then RTF. False with the failure set. */
  private writeBody(): bool {
    const properties = this.properties;
    const body = new Bytes(256);
    if (!properties.text(Id.BODY, body)) return false;
    if (hasText(body)) {
      this.content(body.length).appendBytes(body.at, body.length, false, UTF_8);
      return true;
    }
    const html = properties.binary(Id.HTML_BODY, Type.BINARY);
    if (html == null) return false;
    body.length = 0;
    if (html.length == 0 && !properties.text(Id.HTML_BODY, body)) return false;
    if (html.length > 0) this.writeHtml(html.at, html.length);
    else if (body.length > 0)
      this.content(body.length).appendBytes(body.at, body.length, true, UTF_8);
    else return this.writeRichText();
    return true;
  }

  private writeHtml(at: usize, length: usize): void {
    const inside = declaredInside(at, length);
    const encoding = inside == NONE ? this.properties.htmlEncoding : inside;
    this.content(length).appendBytes(at, length, true, encoding);
  }

  private writeRichText(): bool {
    const stream = this.properties.binary(Id.RICH_BODY, Type.BINARY);
    if (stream == null) return false;
    if (stream.length == 0 || this.page.isFull()) return true;
    const source = decompress(stream);
    this.page.startLine();
    if (source.length > 0) appendRichText(this.page, source, this.page.room(this.maxBytes));
    return true;
  }

  private content(length: usize): Content {
    return new Content(this.page, this.maxBytes, length);
  }
}

function hasText(body: Bytes): bool {
  for (let i: usize = 0; i < body.length; i++) if (load<u8>(body.at + i) > 32) return true;
  return false;
}

/** Whether the file is a message. */
export function isMessage(file: Container): bool {
  return file.findStream(ROOT, '__properties_version1.0') != NOT_FOUND;
}

/** Writes the text of a message, or sets the failure. */
export function extractMsg(file: Container, call: Call): void {
  new Writer(file, <usize>min<i64>(call.maxTextBytes, MAX_TEXT)).write();
}
