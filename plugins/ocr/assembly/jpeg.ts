import { MALFORMED } from '../../pdf/assembly/host';
import { big16, big32, byteAt, has, little16, little32, size } from './blob';
import { UNSUPPORTED } from './host';
import { setOrientation } from './orientation';
import { checkSize } from './size';

const START_OF_SCAN: u32 = 0xda;
const END_OF_IMAGE: u32 = 0xd9;
const APP1: u32 = 0xe1;
const EXIF: u32 = 0x45786966;
const ORIENTATION: u32 = 0x0112;

let little: bool = false;

/** JPEG (ITU-T T.81, annex B): segments up to the frame header, found as libjpeg finds them. */
export function readJpeg(): i32 {
  let at: usize = 2;
  while (at < size) {
    while (at < size && byteAt(at) != 0xff) at++;
    while (at < size && byteAt(at) == 0xff) at++;
    const marker = byteAt(at++);
    if (standsAlone(marker)) continue;
    if (marker == START_OF_SCAN || marker == END_OF_IMAGE) return MALFORMED;
    const length = <usize>big16(at);
    if (length < 2 || !has(at, length)) return MALFORMED;
    if (isFrame(marker)) return readFrame(marker, at);
    if (marker == APP1 && big32(at + 2) == EXIF) readOrientation(at + 8, at + length);
    at += length;
  }
  return MALFORMED;
}

/** Markers without a segment, and the zero that makes a byte of data of 0xFF. */
function standsAlone(marker: u32): bool {
  return marker <= 1 || (marker >= 0xd0 && marker <= 0xd7);
}

function isFrame(marker: u32): bool {
  const tables = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;
  return marker >= 0xc0 && marker <= 0xcf && !tables;
}

/** Baseline, extended and progressive, by Huffman or arithmetic coding; 8 bits a sample. */
function readFrame(marker: u32, at: usize): i32 {
  const known = marker <= 0xc2 || marker == 0xc9 || marker == 0xca;
  if (!known || byteAt(at + 2) != 8) return UNSUPPORTED;
  return checkSize(big16(at + 5), big16(at + 3));
}

/**
 * EXIF is a TIFF file of its own: the tag is in its first directory, and nothing else is read. What is
 * wrong with it is ignored.
 */
function readOrientation(start: usize, end: usize): void {
  little = big16(start) == 0x4949;
  if (!little && big16(start) != 0x4d4d) return;
  const offset = <usize>value32(start + 4);
  if (offset > end - start) return;
  const directory = start + offset;
  const count = <usize>value16(directory);
  for (let i: usize = 0; i < count; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > end) return;
    if (value16(entry) != ORIENTATION) continue;
    const value = value16(entry + 8);
    if (value >= 1 && value <= 8) setOrientation(value);
    return;
  }
}

function value16(at: usize): u32 {
  return little ? little16(at) : big16(at);
}

function value32(at: usize): u32 {
  return little ? little32(at) : big32(at);
}
