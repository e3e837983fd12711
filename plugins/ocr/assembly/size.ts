import { MALFORMED, OVER_LIMIT } from '../../pdf/assembly/host';

// The size that a header claims, held against what we decode.

const MAX_SIDE: u32 = 16384;
const MAX_PIXELS: u64 = 50_000_000;

/** Zero when a picture of this many pixels may be decoded, or the code to fail with. */
export function checkSize(width: u32, height: u32): i32 {
  if (width == 0 || height == 0) return MALFORMED;
  if (width > MAX_SIDE || height > MAX_SIDE) return OVER_LIMIT;
  return <u64>width * <u64>height > MAX_PIXELS ? OVER_LIMIT : 0;
}
