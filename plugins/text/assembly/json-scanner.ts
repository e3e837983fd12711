/** A scanner of JSON (RFC 8259) that keeps nothing: it tells where values end, and whether they are any. */

/** Arrays and objects inside of each other. */
const MAX_DEPTH: i32 = 500;

export class JsonScanner {
  /** What is here is no JSON. */
  invalid: bool = false;
  /** Nested beyond the limit. */
  tooDeep: bool = false;
  /** The text was cut: it may end anywhere. */
  private ended: bool = false;

  constructor(
    public at: usize,
    public end: usize,
    private isCut: bool,
  ) {}

  get failed(): bool {
    return this.invalid || this.tooDeep || this.ended;
  }

  /** The next byte that is no white space; zero at the end. */
  peek(): u32 {
    while (this.at < this.end) {
      const byte = <u32>load<u8>(this.at);
      if (byte != 32 && byte != 10 && byte != 9 && byte != 13) return byte;
      this.at++;
    }
    return 0;
  }

  take(byte: u32): bool {
    if (this.peek() != byte) return false;
    this.at++;
    return true;
  }

  /** The text is not what it should be, or has been cut here. */
  private fail(): void {
    if (this.isCut && this.at >= this.end) this.ended = true;
    else this.invalid = true;
  }

  expect(byte: u32): void {
    if (!this.take(byte)) this.fail();
  }

  /** Passes over a value. */
  skip(depth: i32): void {
    const byte = this.peek();
    if (byte == 123 || byte == 91) this.skipContainer(byte == 123, depth);
    else if (byte == 34) this.skipString();
    else this.skipWord();
  }

  private skipContainer(isObject: bool, depth: i32): void {
    if (depth == MAX_DEPTH) {
      this.tooDeep = true;
      return;
    }
    const close: u32 = isObject ? 125 : 93;
    this.at++;
    if (this.take(close)) return;
    do {
      if (isObject) this.skipKey();
      if (!this.failed) this.skip(depth + 1);
    } while (!this.failed && this.take(44));
    if (!this.failed) this.expect(close);
  }

  /** A key and the colon behind it. */
  skipKey(): void {
    if (this.peek() == 34) this.skipString();
    else this.fail();
    if (!this.failed) this.expect(58);
  }

  /** A string, from its first quote to behind its last. */
  skipString(): void {
    this.at++;
    while (this.at < this.end) {
      const byte = load<u8>(this.at++);
      if (byte == 34) return;
      if (byte == 92) this.at++;
    }
    this.at = this.end;
    this.fail();
  }

  /** A number, `true`, `false` or `null`. */
  private skipWord(): void {
    const from = this.at;
    while (this.at < this.end && isWordByte(<u32>load<u8>(this.at))) this.at++;
    if (!isWord(from, this.at - from)) this.fail();
  }
}

function isWordByte(byte: u32): bool {
  return (byte | 32) - 97 < 26 || byte - 48 < 10 || byte == 43 || byte == 45 || byte == 46;
}

function isWord(at: usize, length: usize): bool {
  if (length == 0) return false;
  const first = <u32>load<u8>(at);
  if (first == 45 || first - 48 < 10) return isNumber(at, length);
  return is(at, length, 'true') || is(at, length, 'false') || is(at, length, 'null');
}

/** Digits, and a point and an exponent in their places; zeroes in front are let through. */
function isNumber(from: usize, length: usize): bool {
  const end = from + length;
  let at = load<u8>(from) == 45 ? from + 1 : from;
  at = passDigits(at, end);
  if (at == 0) return false;
  if (at < end && load<u8>(at) == 46) at = passDigits(at + 1, end);
  if (at != 0 && at < end && ((<u32>load<u8>(at)) | 32) == 101) {
    at++;
    if (at < end && (load<u8>(at) == 43 || load<u8>(at) == 45)) at++;
    at = passDigits(at, end);
  }
  return at == end;
}

/** Behind the digits at `at`; zero when there are none. */
function passDigits(from: usize, end: usize): usize {
  let at = from;
  while (at < end && <u32>load<u8>(at) - 48 < 10) at++;
  return at == from ? 0 : at;
}

function is(at: usize, length: usize, word: string): bool {
  if (length != <usize>word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (<i32>load<u8>(at + i) != word.charCodeAt(i)) return false;
  }
  return true;
}
