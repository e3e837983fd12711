/** XML as blocks: its elements are items by their depth, with their attributes and their text. */
import { Block, Blocks } from '../../lib/assembly/blocks';
import { Bytes } from '../../lib/assembly/bytes';
import { Failure } from '../../lib/assembly/host';
import { Token, Xml } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';

const NAMESPACE: string = 'xmlns';

/** Appends text, each run of white space as one blank and none at the ends. True when there was any. */
function appendWords(into: Bytes, at: usize, length: usize): bool {
  const end = at + length;
  let any: bool = false;
  let blank: bool = false;
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte <= 32) {
      blank = any;
      continue;
    }
    if (blank) into.byte(32);
    blank = false;
    any = true;
    into.byte(byte);
  }
  return any;
}

function isNamespace(at: usize, length: usize): bool {
  if (length <= <usize>NAMESPACE.length) return false;
  for (let i = 0; i < NAMESPACE.length; i++) {
    if (<i32>load<u8>(at + i) != NAMESPACE.charCodeAt(i)) return false;
  }
  const next = load<u8>(at + NAMESPACE.length);
  return next == 58 || next == 61;
}

class Outline {
  /** Where the element starts in what the blocks own, that is not added yet. */
  private start: usize = 0;
  private isOpen: bool = false;
  private hasText: bool = false;
  private level: i32 = 0;

  constructor(
    private xml: Xml,
    private blocks: Blocks,
  ) {}

  read(): void {
    const xml = this.xml;
    let token = xml.next();
    for (; token != Token.NONE && !this.blocks.omitted; token = xml.next()) {
      if (token == Token.TEXT) this.text();
      else {
        this.settle();
        if (token == Token.START) this.open();
      }
    }
    this.settle();
  }

  /** An element is added when its text is known, or something else comes. */
  private settle(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (this.level == 0) this.blocks.addOwn(Block.HEADING, 1, this.start);
    else this.blocks.addOwn(Block.ITEM, this.level, this.start);
  }

  private open(): void {
    const own = this.blocks.own;
    this.start = own.length;
    this.level = this.xml.depth - 1;
    this.isOpen = true;
    this.hasText = false;
    own.append(this.xml.nameAt, this.xml.nameLength);
    let written = 0;
    while (this.xml.nextAttribute()) {
      if (isNamespace(this.xml.valueAt, this.xml.valueLength)) continue;
      own.ascii(written++ == 0 ? ' (' : ', ');
      own.append(this.xml.valueAt, this.xml.valueLength);
    }
    if (written > 0) own.byte(41);
  }

  /** Text of the element that is open, or what stands between others. */
  private text(): void {
    const own = this.blocks.own;
    const before = own.length;
    if (this.isOpen && !this.hasText) own.ascii(': ');
    else if (this.isOpen) own.byte(32);
    if (!appendWords(own, this.xml.textAt, this.xml.textLength)) own.length = before;
    else if (this.isOpen) this.hasText = true;
    else this.blocks.addOwn(Block.PARAGRAPH, 0, before);
  }
}

/** Adds the blocks; zero, or the code of what is wrong with the text. A text that was cut ends anywhere. */
export function addXml(blocks: Blocks, at: usize, end: usize, isCut: bool): i32 {
  const xml = new Xml(at, end - at, new Words());
  xml.lenient = true;
  new Outline(xml, blocks).read();
  return xml.failed && !(isCut && xml.failure == Failure.MALFORMED) ? xml.failure : 0;
}
