/** Bytes that are no text, whatever their encoding. */
import { UTF_16BE, UTF_16LE, UTF_32BE, UTF_32LE } from '../../generated/encoding-ids';

const SAMPLE: usize = 64 << 10;
/** So many say nothing, however short the text. */
const FEW_CONTROLS: usize = 4;

/** Starts of common binary formats: a length, then as many bytes. A zero ends the list. */
// prettier-ignore
const MAGICS = memory.data<u8>([
  8, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, // PNG
  4, 0x50, 0x4b, 0x03, 0x04, // ZIP
  4, 0x50, 0x4b, 0x05, 0x06, // ZIP without members
  5, 0x47, 0x49, 0x46, 0x38, 0x37, // GIF87a
  5, 0x47, 0x49, 0x46, 0x38, 0x39, // GIF89a
  3, 0xff, 0xd8, 0xff, // JPEG
  3, 0x1f, 0x8b, 0x08, // gzip
  4, 0x7f, 0x45, 0x4c, 0x46, // ELF
  8, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, // OLE
  6, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, // xz
  6, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, // 7z
  6, 0x52, 0x61, 0x72, 0x21, 0x1a, 0x07, // RAR
  4, 0x28, 0xb5, 0x2f, 0xfd, // Zstandard
  4, 0x00, 0x61, 0x73, 0x6d, // WebAssembly
  5, 0x25, 0x50, 0x44, 0x46, 0x2d, // PDF
  0,
]);

function startsWith(at: usize, magic: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) {
    if (load<u8>(at + i) != load<u8>(magic + i)) return false;
  }
  return true;
}

/** Whether bytes begin as a known binary format does. */
export function hasBinaryMagic(at: usize, length: usize): bool {
  let magic = MAGICS;
  let size = <usize>load<u8>(magic);
  while (size != 0) {
    if (size <= length && startsWith(at, magic + 1, size)) return true;
    magic += size + 1;
    size = load<u8>(magic);
  }
  return false;
}

/** Controls that text in some encoding has: tab, the line ends, form feed, escape. */
function isTextControl(byte: u32): bool {
  return (byte >= 8 && byte <= 13) || byte == 0x1b || byte == 0x1a;
}

/** Whether one byte in fifty is a control that text has no use for. Not for UTF-16 and UTF-32. */
function hasManyControls(at: usize, length: usize): bool {
  const size = length < SAMPLE ? length : SAMPLE;
  let controls: usize = 0;
  for (let i: usize = 0; i < size; i++) {
    const byte = <u32>load<u8>(at + i);
    if ((byte < 32 && !isTextControl(byte)) || byte == 0x7f) controls++;
  }
  return controls > FEW_CONTROLS && controls * 50 > size;
}

/** Whether bytes in an encoding are no text after all. */
export function isBinary(encoding: i32, at: usize, length: usize): bool {
  const wide =
    encoding == UTF_16LE || encoding == UTF_16BE || encoding == UTF_32LE || encoding == UTF_32BE;
  return !wide && hasManyControls(at, length);
}
