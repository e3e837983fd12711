/** A message as text: its fields, the text that a reader would be shown, and lines for what is attached. */
import { Range } from '../../html/assembly/attributes';
import { Block } from '../../lib/assembly/blocks';
import { Bytes } from '../../lib/assembly/bytes';
import { attach, isAttachment } from './attachments';
import { Content } from './content';
import { Fields } from './fields';
import { isBlank } from './lines';
import { Page } from './page';
import { Kind, NO_PART, Part, partAt, partCount } from './parts';
import { appendWords } from './words';

const value = new Bytes(1024);

/** A value without the blanks around it. */
function appendValue(into: Bytes, range: Range): void {
  let at = range.at;
  let length = range.length;
  while (length > 0 && <u32>load<u8>(at) <= 32) {
    at++;
    length--;
  }
  while (length > 0 && <u32>load<u8>(at + length - 1) <= 32) length--;
  appendWords(into, at, length);
}

/** The subject of a message, until the next call. */
export function subjectOf(part: Part): Bytes {
  value.length = 0;
  if (part.fields.subject.present) appendValue(value, part.fields.subject);
  return value;
}

/** A line of the header. At a level, its value is a heading. */
function writeField(page: Page, name: string, range: Range, level: i32): void {
  if (!range.present || page.isFull()) return;
  value.length = 0;
  appendValue(value, range);
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

function writeFields(page: Page, fields: Fields, level: i32): void {
  writeField(page, 'Subject', fields.subject, level);
  writeField(page, 'From', fields.from, 0);
  writeField(page, 'To', fields.to, 0);
  writeField(page, 'Cc', fields.cc, 0);
  writeField(page, 'Date', fields.date, 0);
}

function isMessageRoot(part: Part): bool {
  return part.parent == NO_PART || partAt(part.parent).kind == Kind.MESSAGE;
}

/** In how many messages a part is. */
function messagesAbove(part: Part): i32 {
  let messages = 0;
  for (let i = part.parent; i != NO_PART; i = partAt(i).parent) {
    if (partAt(i).kind == Kind.MESSAGE) messages++;
  }
  return messages;
}

function hasText(part: Part): bool {
  let at = part.bodyFrom;
  while (at < part.bodyTo && (isBlank(<u32>load<u8>(at)) || load<u8>(at) == 10)) at++;
  return at < part.bodyTo;
}

/** The child of `above` that `index` is or lies in, not behind a message; NO_PART when there is none. */
function childAbove(index: i32, above: i32): i32 {
  let i = index;
  while (i != NO_PART) {
    const parent = partAt(i).parent;
    if (parent == above) return i;
    if (parent != NO_PART && partAt(parent).kind == Kind.MESSAGE) return NO_PART;
    i = parent;
  }
  return NO_PART;
}

/** The child of an alternative with text of a kind that is not empty. */
function childWith(alternative: i32, kind: i32): i32 {
  for (let i = alternative + 1; i < partCount(); i++) {
    if (partAt(i).kind != kind || !hasText(partAt(i))) continue;
    const child = childAbove(i, alternative);
    if (child != NO_PART && !isAttachment(i)) return child;
  }
  return NO_PART;
}

/** Plain text is preferred, then HTML, then other text. */
function choose(index: i32): i32 {
  let chosen = childWith(index, Kind.PLAIN);
  if (chosen == NO_PART) chosen = childWith(index, Kind.HTML);
  if (chosen == NO_PART) chosen = childWith(index, Kind.TEXT);
  return chosen == NO_PART ? partAt(index).first : chosen;
}

function isSilent(index: i32, part: Part): bool {
  if (part.parent == NO_PART) return false;
  const parent = partAt(part.parent);
  return parent.silent || (parent.kind == Kind.ALTERNATIVE && parent.chosen != index);
}

/** The part after this one in the order of the document, below `root`. */
function following(index: i32, root: i32): i32 {
  let part = partAt(index);
  if (part.first != NO_PART) return part.first;
  let i = index;
  while (i != root && part.next == NO_PART) {
    i = part.parent;
    part = partAt(i);
  }
  return i == root ? NO_PART : part.next;
}

export class Writer {
  /** Whether a part of this message has been written: the next is set off by an empty line. */
  private hasBody: bool = false;

  constructor(
    private page: Page,
    private content: Content,
    /** Of the heading of a message that is in no other. */
    private level: i32,
  ) {}

  /** Writes the message that the parts were filled with. */
  write(): void {
    this.hasBody = false;
    for (let i = 0; i != NO_PART; i = following(i, 0)) this.visit(i);
  }

  private visit(index: i32): void {
    const part = partAt(index);
    part.silent = isSilent(index, part);
    if (isMessageRoot(part) && !part.silent) this.startMessage(part);
    if (part.kind == Kind.ALTERNATIVE) part.chosen = choose(index);
    else if (!part.isMultipart() && part.kind != Kind.MESSAGE) this.leaf(index, part);
  }

  private startMessage(part: Part): void {
    if (part.parent != NO_PART) this.page.blankLine();
    writeFields(this.page, part.fields, this.level + messagesAbove(part));
    this.hasBody = false;
  }

  private leaf(index: i32, part: Part): void {
    if (isAttachment(index)) {
      if (this.hasBody && !this.page.isFull()) this.page.startLine();
      attach(this.page, part);
      this.hasBody = true;
    } else if (!part.silent && hasText(part)) {
      if (this.hasBody && !this.page.isFull()) this.page.blankLine();
      this.content.append(part);
      this.hasBody = true;
    }
  }
}
