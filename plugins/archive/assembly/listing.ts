/** The names of members, a line each, then a page for each that is text. */
import { Bytes } from '../../lib/assembly/bytes';
import { hasBinaryMagic, isBinary } from '../../lib/assembly/encoding/binary';
import { chooseEncoding } from '../../lib/assembly/encoding/choose';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { NONE } from '../../lib/assembly/encoding/names';
import { Block } from '../../office/assembly/blocks';
import { Document } from '../../office/assembly/document';
import { Member } from './tar';

const REPLACEMENT: u32 = 0xfffd;

/** Adds text in any encoding, at most `limit` bytes of it as UTF-8. */
function addText(document: Document, at: usize, length: usize, limit: usize): void {
  const choice = chooseEncoding(at, length, NONE, NONE);
  const text = new Text(min(length, limit) + 64, limit, REPLACEMENT);
  decodeInto(text, choice.encoding, at + choice.skip, length - choice.skip);
  document.startParagraph(Block.PARAGRAPH, 0);
  document.putLines(text.bytes.at, text.bytes.length);
  document.endParagraph();
}

function isText(at: usize, length: usize): bool {
  if (length == 0 || hasBinaryMagic(at, length)) return false;
  return !isBinary(chooseEncoding(at, length, NONE, NONE).encoding, at, length);
}

export function addMembers(document: Document, members: Member[]): void {
  const names = new Bytes(4096);
  for (let i = 0; i < members.length; i++) {
    if (i > 0) names.byte(10);
    names.append(members[i].nameAt, members[i].nameLength);
  }
  if (document.startPage()) addText(document, names.at, names.length, document.room + 4);
  for (let i = 0; i < members.length && !document.truncated; i++) {
    const member = members[i];
    if (!member.isFile || !isText(member.at, member.length) || !document.startPage()) continue;
    addText(document, member.at, member.length, document.room + 4);
  }
}
