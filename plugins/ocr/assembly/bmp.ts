import { MALFORMED } from '../../pdf/assembly/host';
import { cutBlob, data, has, little16, little32 } from './blob';
import { UNSUPPORTED } from './host';
import { BOTTOM_UP, setOrientation } from './orientation';
import { checkSize } from './size';

// Fields of BITMAPFILEHEADER and BITMAPINFOHEADER (Windows).
const PIXELS: usize = 10;
const HEADER_SIZE: usize = 14;
const WIDTH: usize = 18;
const HEIGHT: usize = 22;
const BITS: usize = 28;
const COMPRESSION: usize = 30;
const IMAGE_SIZE: usize = 34;
const RED_MASK: usize = 54;

const SMALLEST: u32 = 40; // the older header of OS/2 is refused
const NONE: u32 = 0;
const MASKS: u32 = 3;

/**
 * BMP. The decoder knows neither 32 bits a pixel nor rows from the top: the one is made 24 bits here, and
 * the other is turned over afterwards.
 */
export function readBmp(): i32 {
  if (!has(0, 54)) return MALFORMED;
  if (little32(HEADER_SIZE) < SMALLEST) return UNSUPPORTED;
  const width = <i32>little32(WIDTH);
  const height = <i32>little32(HEIGHT);
  if (width <= 0 || height == i32.MIN_VALUE) return MALFORMED;
  const failure = checkSize(<u32>width, <u32>abs<i32>(height));
  if (failure != 0) return failure;
  if (height < 0) {
    store<i32>(data + HEIGHT, -height);
    setOrientation(BOTTOM_UP);
  }
  const bits = little16(BITS);
  const packing = little32(COMPRESSION);
  if (bits == 32 && (packing == NONE || (packing == MASKS && hasUsualMasks()))) {
    return dropFourthByte(<usize>width, <usize>abs<i32>(height));
  }
  return packing == NONE && bits != 16 && bits != 32 ? 0 : UNSUPPORTED;
}

/** Blue, green and red in this order, as without masks. */
function hasUsualMasks(): bool {
  const green = little32(RED_MASK + 4);
  return little32(RED_MASK) == 0xff0000 && green == 0xff00 && little32(RED_MASK + 8) == 0xff;
}

function dropFourthByte(width: usize, height: usize): i32 {
  const pixels = <usize>little32(PIXELS);
  if (!has(pixels, width * height * 4)) return MALFORMED;
  const stride = (width * 3 + 3) & ~3;
  for (let y: usize = 0; y < height; y++) {
    const from = data + pixels + y * width * 4;
    const to = data + pixels + y * stride;
    // Forwards in place: what is written lies before what is still to be read.
    for (let x: usize = 0; x < width; x++) {
      const pixel = load<u32>(from + x * 4);
      store<u16>(to + x * 3, <u16>pixel);
      store<u8>(to + x * 3, <u8>(pixel >> 16), 2);
    }
  }
  store<u16>(data + BITS, 24);
  store<u32>(data + COMPRESSION, NONE);
  store<u32>(data + IMAGE_SIZE, <u32>(stride * height));
  cutBlob(pixels + stride * height);
  return 0;
}
