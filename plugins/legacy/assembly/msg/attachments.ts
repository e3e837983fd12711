/** What is attached to a message ([MS-OXCMSG] 2.2.2): a line in the text, and the bytes as a child. */
import { Range } from '../../../html/assembly/attributes';
import { Block } from '../../../lib/assembly/blocks';
import { Bytes } from '../../../lib/assembly/bytes';
import { childCount, keepChild } from '../../../lib/assembly/children';
import { childNew, childWrite } from '../../../lib/assembly/host';
import { mediaTypeOf } from '../../../mail/assembly/attachments';
import { MAX_CHILDREN } from '../../../mail/assembly/limits';
import { Note, note } from '../../../mail/assembly/notes';
import { Page } from '../../../mail/assembly/page';
import { Container } from '../cfb/container';
import { NOT_FOUND } from '../cfb/directory';
import { writeStorage } from '../cfb/writer';
import { View } from '../view';
import { Properties, Type } from './properties';

const DATA: u32 = 0x3701;
const METHOD: u32 = 0x3705;
const LONG_NAME: u32 = 0x3707;
const SHORT_NAME: u32 = 0x3704;
const SHOWN_NAME: u32 = 0x3001;
const MEDIA_TYPE: u32 = 0x370e;
/** The attachment is a message. */
const MESSAGE: i32 = 5;
const MESSAGE_TYPE: string = 'application/vnd.ms-outlook';
const STORAGE_TYPE: string = 'application/x-ole-storage';
const ODD: string = 'application/octet-stream';
const WINDOW: usize = 64 << 10;

const name = new Bytes(256);
const type = new Bytes(64);
const range = new Range();

/** Appends all attachments of a message; false with the failure set. */
export function attachAll(file: Container, message: Properties, page: Page): bool {
  const directory = file.directory;
  let id = directory.firstOf(message.storage);
  for (; id != NOT_FOUND; id = directory.after(id)) {
    if (!directory.startsWith(id, '__attach_version1.0_')) continue;
    const attachment = new Properties(file, id);
    attachment.encoding = message.encoding;
    if (!attachment.read() || !attach(file, attachment, page)) return false;
  }
  return true;
}

function attach(file: Container, attachment: Properties, page: Page): bool {
  const storage = attachment.entry(DATA, Type.OBJECT);
  const mediaType = typeOf(attachment, storage);
  if (mediaType.length == 0 || !writeLine(attachment, mediaType, page)) return false;
  const child = childCount() == MAX_CHILDREN ? -1 : childNew(mediaType);
  if (child < 0) {
    note(Note.ATTACHMENTS_OMITTED);
    return true;
  }
  let bytes: i64 = 0;
  if (storage != NOT_FOUND) {
    bytes = writeStorage(file, storage, child);
    if (bytes < 0) return false;
  } else {
    const data = attachment.binary(DATA, Type.BINARY);
    if (data == null) return false;
    bytes = writeData(data, child);
  }
  keepChild(child, mediaType, bytes);
  return true;
}

/** Empty with the failure set. */
function typeOf(attachment: Properties, storage: i32): string {
  if (storage != NOT_FOUND)
    return attachment.number(METHOD) == MESSAGE ? MESSAGE_TYPE : STORAGE_TYPE;
  type.length = 0;
  if (!attachment.text(MEDIA_TYPE, type)) return '';
  range.at = type.at;
  range.length = type.length;
  return type.length == 0 ? ODD : mediaTypeOf(range);
}

/** The line `[attachment] NAME`. False with the failure set. */
function writeLine(attachment: Properties, mediaType: string, page: Page): bool {
  name.length = 0;
  if (!attachment.text(LONG_NAME, name)) return false;
  if (name.length == 0 && !attachment.text(SHORT_NAME, name)) return false;
  if (name.length == 0 && !attachment.text(SHOWN_NAME, name)) return false;
  if (page.isFull()) return true;
  page.startLine();
  const from = page.length;
  page.ascii('[attachment] ');
  if (name.length > 0) page.utf8(name.at, name.length);
  else page.ascii(mediaType);
  page.block(Block.PARAGRAPH, 0, from);
  page.ascii('\n');
  return true;
}

/** Returns how many bytes the host took. */
function writeData(data: View, child: i32): i64 {
  for (let at: usize = 0; at < data.length; at += WINDOW) {
    const part = data.part(at, WINDOW);
    if (childWrite(child, part.at, <i32>part.length) < 0) {
      note(Note.ATTACHMENTS_OMITTED);
      return <i64>at;
    }
  }
  return <i64>data.length;
}
