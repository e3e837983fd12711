/** Compressed RTF ([MS-OXRTFCP]): literals, and references into the last 4096 bytes. */
import { Bytes } from '../../../lib/assembly/bytes';
import { View } from '../view';

const HEAD: usize = 16;
const COMPRESSED: u32 = 0x75465a4c;
const PLAIN: u32 = 0x414c454d;
const WINDOW: usize = 4096;
const MASK: usize = WINDOW - 1;
const MAX_BYTES: usize = 16 << 20;
/** What references find before there is anything. */
const START: string =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript ' +
  '\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par ' +
  '\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx';

const window = memory.data(4096);

/** The RTF; less of it where it is damaged or too long, and nothing where it is none. */
export function decompress(stream: View): Bytes {
  const kind = stream.u32(8);
  const data = stream.part(HEAD, stream.length);
  const size = min(<usize>stream.u32(4), MAX_BYTES);
  const out = new Bytes(kind == COMPRESSED ? size + 64 : 16);
  if (kind == PLAIN) out.append(data.at, min(data.length, size));
  else if (kind == COMPRESSED) inflate(data, out, size);
  return out;
}

function inflate(data: View, out: Bytes, size: usize): void {
  memory.fill(window, 0, WINDOW);
  for (let i = 0; i < START.length; i++) store<u8>(window + i, <u8>START.charCodeAt(i));
  let write = <usize>START.length;
  let at: usize = 0;
  while (at < data.length && out.length < size) {
    const flags = data.u8(at++);
    for (let bit: u32 = 0; bit < 8 && at < data.length && out.length < size; bit++) {
      if (((flags >>> bit) & 1) == 0) {
        write = put(out, write, data.u8(at++));
        continue;
      }
      const reference = (data.u8(at) << 8) | data.u8(at + 1);
      let from = <usize>(reference >>> 4);
      at += 2;
      if (from == write) return;
      for (let left = (reference & 15) + 2; left > 0 && out.length < size; left--) {
        write = put(out, write, load<u8>(window + from));
        from = (from + 1) & MASK;
      }
    }
  }
}

/** Appends a byte; returns where the next goes in the window. */
function put(out: Bytes, write: usize, byte: u32): usize {
  out.byte(byte);
  store<u8>(window + write, <u8>byte);
  return (write + 1) & MASK;
}
