/** The title that the properties of a document give it ([MS-OLEPS] 2.20, 2.21). */
import { Bytes } from '../../lib/assembly/bytes';
import { encodingOfCodePage } from '../../lib/assembly/encoding/code-pages';
import { Container } from './cfb/container';
import { NOT_FOUND, ROOT } from './cfb/directory';
import { appendEncoded, appendUnits } from './units';
import { View } from './view';

const CODE_PAGE: u32 = 1;
const TITLE: u32 = 2;
const TEXT_OF_BYTES: u32 = 30;
const TEXT: u32 = 31;
const UTF_16: u32 = 1200;
const MAX_PROPERTIES: u32 = 256;
const MAX_TITLE: usize = 2048;

/** Appends the title, where there is one. False with the failure set. */
export function readTitle(file: Container, into: Bytes): bool {
  const id = file.findStream(ROOT, '\u0005SummaryInformation');
  if (id == NOT_FOUND) return true;
  const stream = file.read(id);
  if (stream == null) return false;
  const set = stream.part(<usize>stream.u32(44), stream.length);
  const title = property(set, TITLE);
  const codePage = property(set, CODE_PAGE).u16(4);
  const type = title.u32(0);
  const length = min(<usize>title.u32(4), MAX_TITLE);
  if (type == TEXT) appendText(title.part(8, length << 1), into);
  else if (type == TEXT_OF_BYTES && codePage == UTF_16) appendText(title.part(8, length), into);
  else if (type == TEXT_OF_BYTES) appendBytes(title.part(8, length), codePage, into);
  return true;
}

/** The value of a property, from its type on; nothing where it has none. */
function property(set: View, wanted: u32): View {
  const count = min(set.u32(4), MAX_PROPERTIES);
  for (let i: u32 = 0; i < count; i++) {
    const at = 8 + ((<usize>i) << 3);
    if (set.u32(at) == wanted) return set.part(<usize>set.u32(at + 4), set.length);
  }
  return new View(set.at, 0);
}

function appendText(text: View, into: Bytes): void {
  appendUnits(into, text.at, text.length);
}

/** The zero at the end is no part of it. */
function appendBytes(text: View, codePage: u32, into: Bytes): void {
  let length: usize = 0;
  while (length < text.length && text.u8(length) != 0) length++;
  appendEncoded(into, encodingOfCodePage(<i32>codePage), text.at, length);
}
