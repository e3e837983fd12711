import { allocate } from './memory';
import * as pdfium from './pdfium';
import { heightOnPage, moved } from './thin-columns';

// The characters of the page at hand, in PDFium's order, and where they are. PDFium has put the parts of
// a line in order, its spaces and line ends in, and right-to-left text in the order in which it is read.

/** What PDFium gives in place of a hyphen at the end of a line whose word goes on in the next. */
const HYPHEN_MARK: u32 = 2;
const HYPHEN_MARK_TOO: u32 = 0xfffe;
const QUARTER: f32 = 1.5707964;

export let count: i32 = 0;

let page: usize = 0;
let codes: usize = 0;
let capacity: i32 = 0;
let numbers: usize = 0; // two doubles, or four floats

/** Takes a text page; what is asked for afterwards is about this one. */
export function readCharacters(text: usize): void {
  if (!numbers) numbers = allocate(16);
  page = text;
  count = max<i32>(0, pdfium.FPDFText_CountChars(text));
  if (count > capacity) {
    if (codes) pdfium.free(codes);
    capacity = count;
    codes = allocate((<usize>count) << 2);
  }
  for (let i = 0; i < count; i++) {
    store<u32>(codes + ((<usize>i) << 2), pdfium.FPDFText_GetUnicode(text, i));
  }
}

// @ts-ignore: decorator
@inline
export function code(index: i32): u32 {
  return load<u32>(codes + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function isHyphenMark(c: u32): bool {
  return c == HYPHEN_MARK || c == HYPHEN_MARK_TOO;
}

// @ts-ignore: decorator
@inline
export function isBlank(c: u32): bool {
  return (c <= 0x20 && c != HYPHEN_MARK) || c == 0xa0 || c == 0x3000;
}

// @ts-ignore: decorator
@inline
export function isLineEnd(c: u32): bool {
  return c == 0x0a || c == 0x0d;
}

/** Hebrew to Arabic Extended, and the presentation forms of both. */
export function isRightToLeft(c: u32): bool {
  if (c < 0x590) return false;
  return c <= 0x8ff || (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfeff);
}

/** The origin of a character, by `locate`; in points, upwards and to the right. */
export let x: f32 = 0;
export let y: f32 = 0;

export function locate(index: i32): void {
  if (!pdfium.FPDFText_GetCharOrigin(page, index, numbers, numbers + 8)) {
    store<f64>(numbers, 0);
    store<f64>(numbers, 0, 8);
  }
  x = <f32>load<f64>(numbers);
  y = heightOnPage(<f32>load<f64>(numbers, 8));
}

/** Whether a column of vertical writing ends before the character at `index`: it stands higher up. */
export function beginsColumn(index: i32): bool {
  if (moved == 0) return false;
  locate(index - 1);
  const before = y;
  locate(index);
  return y > before;
}

/** The box of a character with its font's ascent, descent and advance, by `measure`. */
export let left: f32 = 0;
export let top: f32 = 0;
export let right: f32 = 0;
export let bottom: f32 = 0;

export function measure(index: i32): void {
  if (!pdfium.FPDFText_GetLooseCharBox(page, index, numbers)) memory.fill(numbers, 0, 16);
  left = load<f32>(numbers);
  top = heightOnPage(load<f32>(numbers, 4));
  right = load<f32>(numbers, 8);
  bottom = heightOnPage(load<f32>(numbers, 12));
}

/** How far a character is turned: quarters of a turn, clockwise. */
export function turnOf(index: i32): i32 {
  const angle = pdfium.FPDFText_GetCharAngle(page, index); // -1 for none
  return angle >= 0 && angle < 7 ? (<i32>(angle / QUARTER + 0.5)) & 3 : 0;
}
