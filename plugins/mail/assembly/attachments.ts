/** Attachments: a line in the text, and their bytes as children of the mail. */
import { Range, is } from '../../html/assembly/attributes';
import { Block } from '../../lib/assembly/blocks';
import { Bytes, lowerAscii } from '../../lib/assembly/bytes';
import { childCount, keepChild } from '../../lib/assembly/children';
import { childNew } from '../../lib/assembly/host';
import { MAX_CHILDREN } from './limits';
import { Note, note } from './notes';
import { Page } from './page';
import { appendParameter } from './parameters';
import { Kind, NO_PART, Part, partAt } from './parts';
import { decodeTransfer, newWindow } from './transfer';

const MAX_MEDIA_TYPE: usize = 127;
const ODD: string = 'application/octet-stream';

const name = new Bytes(256);
const window = newWindow();

function isToken(byte: u32): bool {
  if (byte - 97 < 26 || byte - 48 < 10) return true;
  return (
    byte == 33 ||
    (byte >= 35 && byte <= 38 && byte != 37) ||
    byte == 43 ||
    byte == 45 ||
    byte == 46 ||
    byte == 94 ||
    byte == 95
  );
}

/** `type/subtype` in lower case (RFC 6838, 4.2), or what any odd one becomes. */
export function mediaTypeOf(range: Range): string {
  if (range.length == 0) return 'text/plain';
  if (range.length > MAX_MEDIA_TYPE) return ODD;
  let type = '';
  let slashes = 0;
  for (let i: usize = 0; i < range.length; i++) {
    const byte = lowerAscii(<u32>load<u8>(range.at + i));
    if (byte == 47 && i > 0 && i + 1 < range.length) slashes++;
    else if (!isToken(byte)) return ODD;
    type += String.fromCharCode(byte);
  }
  return slashes == 1 ? type : ODD;
}

function hasFileName(part: Part): bool {
  name.length = 0;
  const fields = part.fields;
  return (
    appendParameter(name, fields.disposition, 'filename') ||
    appendParameter(name, fields.contentType, 'name')
  );
}

function dispositionIs(part: Part, word: string): bool {
  const field = part.fields.disposition;
  if (!field.present) return false;
  let at = field.at;
  const end = field.at + field.length;
  while (at < end && <u32>load<u8>(at) <= 32) at++;
  return at + <usize>word.length <= end && is(at, word.length, word);
}

/** A file that an HTML page shows or uses. */
function isResource(index: i32, part: Part): bool {
  if (part.parent == NO_PART) return false;
  const parent = partAt(part.parent);
  return parent.kind == Kind.RELATED && parent.first != index;
}

/** Whether a part without parts is an attachment rather than text of the message. */
export function isAttachment(index: i32): bool {
  const part = partAt(index);
  if (!part.isText() || dispositionIs(part, 'attachment') || isResource(index, part)) return true;
  if (part.parent == NO_PART || dispositionIs(part, 'inline')) return false;
  return partAt(part.parent).kind != Kind.MESSAGE && hasFileName(part);
}

function isEncrypted(range: Range): bool {
  return (
    is(range.at, range.length, 'application/pkcs7-mime') ||
    is(range.at, range.length, 'application/x-pkcs7-mime') ||
    is(range.at, range.length, 'application/pgp-encrypted')
  );
}

/** The line `[attachment] NAME`; a part without a name is called by its media type. */
function writeLine(page: Page, part: Part, mediaType: string): void {
  if (page.isFull()) return;
  page.startLine();
  const from = page.length;
  page.ascii('[attachment] ');
  if (hasFileName(part)) page.utf8(name.at, name.length);
  else page.ascii(mediaType);
  page.block(Block.PARAGRAPH, 0, from);
  page.ascii('\n');
}

/** Writes the line of an attachment, and its decoded bytes into a child. */
export function attach(page: Page, part: Part): void {
  const mediaType = mediaTypeOf(part.mediaType);
  if (isEncrypted(part.mediaType)) note(Note.ENCRYPTED);
  writeLine(page, part, mediaType);
  const child = childCount() == MAX_CHILDREN ? -1 : childNew(mediaType);
  if (child < 0) {
    note(Note.ATTACHMENTS_OMITTED);
    return;
  }
  window.start(child);
  decodeTransfer(part.transfer, part.bodyFrom, part.bodyTo, window);
  if (window.full) note(Note.ATTACHMENTS_OMITTED);
  keepChild(child, mediaType, window.total);
}
