import { MALFORMED } from '../../pdf/assembly/host';
import { big32, has } from './blob';
import { checkSize } from './size';

const IHDR: u32 = 0x49484452;

/** PNG (ISO 15948): the header is the first chunk. */
export function readPng(): i32 {
  if (!has(0, 33) || big32(8) != 13 || big32(12) != IHDR) return MALFORMED;
  return checkSize(big32(16), big32(20));
}
