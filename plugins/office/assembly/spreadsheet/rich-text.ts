/** String items: plain or in runs, without their phonetic reading (ECMA-376-1, 18.4 and 22.9.2.19). */
import { Bytes } from '../../../lib/assembly/bytes';
import { Token, Xml } from '../../../lib/assembly/xml';

/** Appends the text of the item that has just started, and passes over its end. */
export function readStringItem(xml: Xml, out: Bytes): void {
  const outside = xml.depth - 1;
  let token: i32;
  while ((token = xml.next()) != Token.NONE && xml.depth > outside) {
    if (token != Token.START) continue;
    if (xml.is('rPh')) xml.skip();
    else if (xml.is('t')) readText(xml, out);
  }
}

/** Appends the text of the element that has just started, and passes over its end. */
export function readText(xml: Xml, out: Bytes): void {
  const outside = xml.depth - 1;
  let token: i32;
  while ((token = xml.next()) != Token.NONE && xml.depth > outside) {
    if (token == Token.TEXT) appendUnescaped(out, xml.textAt, xml.textAt + xml.textLength);
  }
}

/** `_x000D_` stands for a character that XML cannot have, `_x005F_` for the underscore of one that is meant. */
function appendUnescaped(out: Bytes, at: usize, end: usize): void {
  let from = at;
  for (; at + 7 <= end; at++) {
    if (load<u8>(at) != 95) continue;
    const point = escaped(at);
    if (point < 0) continue;
    out.append(from, at - from);
    out.codePoint(<u32>point);
    at += 6;
    from = at + 1;
  }
  out.append(from, end - from);
}

function escaped(at: usize): i32 {
  if (load<u8>(at + 1) != 120 || load<u8>(at + 6) != 95) return -1;
  let point = 0;
  for (let i: usize = 2; i < 6; i++) {
    const byte = <u32>load<u8>(at + i);
    const letter = (byte | 32) - 97;
    if (byte - 48 < 10) point = (point << 4) | (byte - 48);
    else if (letter < 6) point = (point << 4) | (letter + 10);
    else return -1;
  }
  return point;
}
