/** What a cell of an OpenDocument table shows: its paragraphs, or else its value (ODF 1.3, part 3, 9.1.4 and 19.385). */
import { Bytes } from '../../../lib/assembly/bytes';
import { Token, Xml } from '../../../lib/assembly/xml';
import { NumberFormat } from './number-format';

const MAX_BLANKS: i32 = 256;

const general = new NumberFormat('General');
const percent = new NumberFormat('0.############%');

/** Appends the text of the cell that has just started, and passes over its end. */
export function readCell(xml: Xml, out: Bytes): void {
  const start = out.length;
  writeValue(xml, out);
  const value = out.length;
  let paragraphs = false;
  const outside = xml.depth - 1;
  let token: i32;
  while ((token = xml.next()) != Token.NONE && xml.depth > outside) {
    if (token != Token.START) continue;
    if (!xml.is('p') && !xml.is('h')) {
      if (!isContainer(xml)) xml.skip();
      continue;
    }
    if (paragraphs) out.byte(32);
    paragraphs = true;
    readParagraph(xml, out);
  }
  if (!paragraphs || out.length == value) return;
  memory.copy(out.at + start, out.at + value, out.length - value);
  out.length -= value - start;
}

/** Comments, shapes and tables inside of a cell are not what it shows; lists of paragraphs are. */
function isContainer(xml: Xml): bool {
  return xml.is('list') || xml.is('list-item') || xml.is('section');
}

function readParagraph(xml: Xml, out: Bytes): void {
  const outside = xml.depth - 1;
  let token: i32;
  while ((token = xml.next()) != Token.NONE && xml.depth > outside) {
    if (token == Token.TEXT) out.append(xml.textAt, xml.textLength);
    else if (token == Token.START) readInside(xml, out);
  }
}

function readInside(xml: Xml, out: Bytes): void {
  if (xml.is('s')) {
    const count = xml.attribute('c') ? xml.valueNumber() : 1;
    for (let i = 0; i < count && i < MAX_BLANKS; i++) out.byte(32);
  } else if (xml.is('tab') || xml.is('line-break')) out.byte(32);
  else if (xml.is('annotation') || xml.is('ruby-text') || xml.is('note') || xml.is('frame'))
    xml.skip();
}

/** For a cell that has a value and no text of it. */
function writeValue(xml: Xml, out: Bytes): void {
  if (!xml.attribute('value-type')) return;
  const isPercentage = xml.valueIs('percentage');
  if (xml.valueIs('string')) copyAttribute(xml, out, 'string-value');
  else if (xml.valueIs('date')) copyAttribute(xml, out, 'date-value');
  else if (xml.valueIs('time')) writeDuration(xml, out);
  else if (xml.valueIs('boolean')) {
    if (xml.attribute('boolean-value')) out.ascii(xml.valueIs('true') ? 'TRUE' : 'FALSE');
  } else if (xml.attribute('value')) {
    const format = isPercentage ? percent : general;
    format.writeNumber(out, xml.valueAt, xml.valueLength, false);
  }
}

function copyAttribute(xml: Xml, out: Bytes, name: string): void {
  if (xml.attribute(name)) out.append(xml.valueAt, xml.valueLength);
}

/** `PT10H05M07.5S` is 10:05:07.5; any other duration stays as it is. */
function writeDuration(xml: Xml, out: Bytes): void {
  if (!xml.attribute('time-value')) return;
  const start = out.length;
  const end = xml.valueAt + xml.valueLength;
  let at = xml.valueAt;
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte - 48 < 10 || byte == 46) out.byte(byte);
    else if (byte == 72 || byte == 77) out.byte(58);
    else if (byte != 80 && byte != 84 && byte != 83) break;
  }
  if (at == end) return;
  out.length = start;
  out.append(xml.valueAt, xml.valueLength);
}
