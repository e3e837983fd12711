/**
 * An archive as a document: the names of its members, a line each, then a page for each member that is text.
 * Members that are documents of another kind become children.
 */
import { Block } from '../../lib/assembly/blocks';
import { Bytes } from '../../lib/assembly/bytes';
import { childCount, keepChild } from '../../lib/assembly/children';
import { hasBinaryMagic, isBinary } from '../../lib/assembly/encoding/binary';
import { chooseEncoding } from '../../lib/assembly/encoding/choose';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { NONE } from '../../lib/assembly/encoding/none';
import { childNew, childWrite } from '../../lib/assembly/host';
import { Document } from './document';
import { childType, isTextName } from './member-names';

const REPLACEMENT: u32 = 0xfffd;
const MAX_CHILDREN: i32 = 1000;
const WINDOW: usize = 1 << 20;

/** Bytes of any encoding as UTF-8 that is at most `limit` long. */
function decoded(at: usize, length: usize, limit: usize): Bytes {
  const choice = chooseEncoding(at, length, NONE, NONE);
  const text = new Text(min(length, limit) + 64, limit, REPLACEMENT);
  decodeInto(text, choice.encoding, at + choice.skip, length - choice.skip);
  return text.bytes;
}

function isText(at: usize, length: usize): bool {
  if (length == 0 || hasBinaryMagic(at, length)) return false;
  return !isBinary(chooseEncoding(at, length, NONE, NONE).encoding, at, length);
}

export class Listing {
  /** The names, a line each, and where the line of the next member starts. */
  private names: Bytes = new Bytes(16);
  private line: usize = 0;

  constructor(private document: Document) {}

  /** All names in one text: so there is enough of it to tell its encoding by. */
  writeNames(names: Bytes, isUnicode: bool): void {
    this.names = isUnicode ? names : decoded(names.at, names.length, 4 * names.length + 64);
    if (this.document.startPage()) this.document.putItems(this.names.at, this.names.length);
  }

  /** Whether the content of a member is wanted, by its name. */
  wants(nameAt: usize, nameLength: usize): bool {
    return isTextName(nameAt, nameLength) || childType(nameAt, nameLength).length > 0;
  }

  /** The next member of the names, which is not wanted, or is not there. */
  pass(): void {
    const end = this.names.at + this.names.length;
    let at = this.names.at + this.line;
    while (at < end && load<u8>(at) != 10) at++;
    this.line = at + 1 - this.names.at;
  }

  /** The next member, with its content. */
  add(nameAt: usize, nameLength: usize, at: usize, length: usize): void {
    const line = this.line;
    this.pass();
    if (length == 0) return;
    const type = childType(nameAt, nameLength);
    if (type.length > 0) this.addChild(type, at, length);
    else if (isText(at, length) && this.document.startPage()) {
      this.addHeading(line, this.line - 1);
      const text = decoded(at, length, this.document.room + 4);
      this.document.putPlain(text.at, text.length);
    }
  }

  private addHeading(from: usize, to: usize): void {
    if (from >= to || to > this.names.length) return;
    const blocks = this.document.blocks;
    const start = blocks.own.length;
    blocks.own.append(this.names.at + from, to - from);
    blocks.addOwn(Block.HEADING, 1, start);
  }

  private addChild(type: string, at: usize, length: usize): void {
    const child = childCount() == MAX_CHILDREN ? -1 : childNew(type);
    let done: usize = 0;
    while (child >= 0 && done < length) {
      const size = min(length - done, WINDOW);
      if (childWrite(child, at + done, <i32>size) < 0) break;
      done += size;
    }
    if (child < 0 || done < length) this.document.warn('attachments_omitted');
    if (child >= 0) keepChild(child, type, done);
  }
}
