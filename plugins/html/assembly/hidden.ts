/** Whether the attributes of an element hide it from a reader. */
import { Bytes } from '../../lib/assembly/bytes';
import { Attributes, is, isSpace, valueOf } from './attributes';

const MAX_STYLE: usize = 16 << 10;

/** Takes the white space out of a style, in place. */
function condense(style: Bytes): void {
  let to: usize = 0;
  for (let i: usize = 0; i < style.length; i++) {
    const byte = <u32>load<u8>(style.at + i);
    if (!isSpace(byte)) store<u8>(style.at + to++, <u8>byte);
  }
  style.length = to;
}

/** Whether a declaration starts here, and no further digit changes its value. */
function startsWith(at: usize, end: usize, declaration: string): bool {
  const length = <usize>declaration.length;
  if (at + length > end || !is(at, length, declaration)) return false;
  const next: u32 = at + length < end ? load<u8>(at + length) : 59;
  return next != 46 && next - 48 > 9;
}

function hides(at: usize, end: usize): bool {
  return (
    startsWith(at, end, 'display:none') ||
    startsWith(at, end, 'visibility:hidden') ||
    startsWith(at, end, 'font-size:0') ||
    startsWith(at, end, 'opacity:0')
  );
}

/** The `hidden` attribute, or an inline style that shows nothing. */
export function isHidden(attributes: Attributes): bool {
  if (attributes.hidden.present) return true;
  if (!attributes.style.present || attributes.style.length > MAX_STYLE) return false;
  const style = valueOf(attributes.style);
  condense(style);
  const end = style.at + style.length;
  for (let at = style.at; at < end; at++) {
    const starts = at == style.at || load<u8>(at - 1) == 59;
    if (starts && hides(at, end)) return true;
  }
  return false;
}
