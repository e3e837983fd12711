/** Transfer encodings (RFC 2045, 6): quoted-printable and base64, damaged ones too. */
import { Range, is } from '../../html/assembly/attributes';
import { Bytes } from '../../lib/assembly/bytes';
import { childWrite } from '../../lib/assembly/host';
import { isBlank } from './lines';

const WINDOW: usize = 64 << 10;

export namespace Transfer {
  export const IDENTITY: i32 = 0;
  export const QUOTED_PRINTABLE: i32 = 1;
  export const BASE64: i32 = 2;
}

/** The encoding that a field names; one that we do not know is taken for none. */
export function transferOf(field: Range): i32 {
  if (!field.present) return Transfer.IDENTITY;
  let at = field.at;
  const end = field.at + field.length;
  while (at < end && (isBlank(<u32>load<u8>(at)) || load<u8>(at) == 10 || load<u8>(at) == 34)) at++;
  let stop = at;
  while (stop < end && isTokenByte(<u32>load<u8>(stop))) stop++;
  if (is(at, stop - at, 'base64')) return Transfer.BASE64;
  if (is(at, stop - at, 'quoted-printable')) return Transfer.QUOTED_PRINTABLE;
  return Transfer.IDENTITY;
}

function isTokenByte(byte: u32): bool {
  return byte > 32 && byte != 34 && byte != 40 && byte != 59;
}

/** Where decoded bytes go: into a buffer up to a limit, or through it into a child blob. */
export class Sink {
  child: i32 = -1;
  total: i64 = 0;
  /** Bytes were dropped: the buffer is full, or the host took no more. */
  full: bool = false;

  constructor(
    public bytes: Bytes,
    private limit: usize,
  ) {}

  /** Starts anew: into a child, or into the buffer alone (-1). */
  start(child: i32): void {
    this.child = child;
    this.total = 0;
    this.full = false;
    this.bytes.length = 0;
  }

  // @ts-ignore: decorator
  @inline
  put(byte: u32): void {
    if (this.bytes.length == this.limit) this.flush();
    if (this.full) return;
    this.bytes.byte(byte);
    this.total++;
  }

  /** Hands the buffer over to the child. */
  flush(): void {
    if (this.child < 0) {
      this.full = true;
    } else if (this.bytes.length > 0) {
      if (childWrite(this.child, this.bytes.at, <i32>this.bytes.length) < 0) this.full = true;
      this.bytes.length = 0;
    }
  }
}

/** A sink for child blobs, with a window of 64 KiB. */
export function newWindow(): Sink {
  return new Sink(new Bytes(WINDOW), WINDOW);
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(byte: u32): i32 {
  if (byte - 48 < 10) return <i32>byte - 48;
  const lower = byte | 32;
  return lower - 97 < 6 ? <i32>lower - 87 : -1;
}

/** The value of a digit of base64, or of its URL-safe alphabet, or -1. */
function base64Value(byte: u32): i32 {
  if (byte - 65 < 26) return <i32>byte - 65;
  if (byte - 97 < 26) return <i32>byte - 71;
  if (byte - 48 < 10) return <i32>byte + 4;
  if (byte == 43 || byte == 45) return 62;
  return byte == 47 || byte == 95 ? 63 : -1;
}

/** What is no digit is passed over; padding ends a group, and another text may follow it. */
export function decodeBase64(at: usize, end: usize, sink: Sink): void {
  let bits: u32 = 0;
  let count = 0;
  for (; at < end && !sink.full; at++) {
    const byte = <u32>load<u8>(at);
    const value = base64Value(byte);
    if (byte == 61) count = 0;
    if (value < 0) continue;
    bits = (bits << 6) | (<u32>value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      sink.put((bits >> count) & 255);
    }
  }
}

/** Behind a soft line break whose "=" was before `at`, or zero when there is none. */
function softBreak(at: usize, end: usize): usize {
  while (at < end && isBlank(<u32>load<u8>(at))) at++;
  if (at == end) return end;
  return load<u8>(at) == 10 ? at + 1 : 0;
}

/** Behind blanks at the end of a line, or `at` when something else follows them. */
function blankEnd(at: usize, end: usize): usize {
  let stop = at;
  while (stop < end && (load<u8>(stop) == 32 || load<u8>(stop) == 9)) stop++;
  const ends =
    stop == end ||
    load<u8>(stop) == 10 ||
    (load<u8>(stop) == 13 && stop + 1 < end && load<u8>(stop + 1) == 10);
  return ends ? stop : at;
}

/** An "=" that starts nothing stands for itself. */
export function decodeQuotedPrintable(at: usize, end: usize, sink: Sink): void {
  while (at < end && !sink.full) {
    const byte = <u32>load<u8>(at);
    if (byte == 61) {
      at = decodeEscape(at, end, sink);
    } else if (byte == 32 || byte == 9) {
      const stop = blankEnd(at, end);
      if (stop == at) {
        do sink.put(<u32>load<u8>(at++));
        while (at < end && (load<u8>(at) == 32 || load<u8>(at) == 9));
      } else at = stop;
    } else {
      sink.put(byte);
      at++;
    }
  }
}

function decodeEscape(at: usize, end: usize, sink: Sink): usize {
  const high = at + 2 < end ? hexValue(<u32>load<u8>(at + 1)) : -1;
  const low = high >= 0 ? hexValue(<u32>load<u8>(at + 2)) : -1;
  if (low >= 0) {
    sink.put(<u32>((high << 4) | low));
    return at + 3;
  }
  const next = softBreak(at + 1, end);
  if (next != 0) return next;
  sink.put(61);
  return at + 1;
}

function copyBytes(at: usize, end: usize, sink: Sink): void {
  for (; at < end && !sink.full; at++) sink.put(<u32>load<u8>(at));
}

/** Decodes a body into a sink; what a child has not taken yet is flushed. */
export function decodeTransfer(transfer: i32, at: usize, end: usize, sink: Sink): void {
  if (transfer == Transfer.BASE64) decodeBase64(at, end, sink);
  else if (transfer == Transfer.QUOTED_PRINTABLE) decodeQuotedPrintable(at, end, sink);
  else copyBytes(at, end, sink);
  if (sink.child >= 0) sink.flush();
}
