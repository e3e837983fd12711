/** The attributes of the tag that a parser is at, and the references in values and text. */
import { Bytes } from './bytes';
import { Failure, fail } from './host';
import { readXmlReference, xmlPoint } from './xml-references';
import { isWord } from './xml-words';

/** No attribute whose references must be replaced is longer. */
const LONG_VALUE: usize = 1 << 20;

// @ts-ignore: decorator
@inline
export function isXmlSpace(byte: u32): bool {
  return byte == 32 || byte == 10 || byte == 9 || byte == 13;
}

export class XmlTag {
  /** What `attribute` found; until the next call. */
  valueAt: usize = 0;
  valueLength: usize = 0;
  /** Reading has ended early. Unless this is `lenient`, the failure of the call is set. */
  failed: bool = false;
  /** The code that it failed with. */
  failure: i32 = 0;
  /** For a text that is shown as it stands as well: a fault is only told, and an unknown reference is text. */
  lenient: bool = false;
  /** Where `nextAttribute` goes on, zero at the first. */
  protected cursor: usize = 0;
  protected attributes: usize = 0;
  protected attributesEnd: usize = 0;
  private value: Bytes = new Bytes(256);

  /** At START: whether there is an attribute of this local name; its value is in `valueAt`, `valueLength`. */
  attribute(name: string): bool {
    return this.findAttribute(name, false);
  }

  /** The same for an attribute with a prefix: `r:id` beside `id`. */
  prefixed(name: string): bool {
    return this.findAttribute(name, true);
  }

  /** Whether the value found last is this ASCII word. */
  valueIs(word: string): bool {
    return isWord(this.valueAt, this.valueLength, word);
  }

  /** The value found last as a number that is not negative, or -1. */
  valueNumber(): i32 {
    if (this.valueLength == 0 || this.valueLength > 9) return -1;
    let number = 0;
    for (let i: usize = 0; i < this.valueLength; i++) {
      const digit = <i32>load<u8>(this.valueAt + i) - 48;
      if (digit < 0 || digit > 9) return -1;
      number = number * 10 + digit;
    }
    return number;
  }

  protected fault(code: i32): void {
    if (!this.failed) this.failure = code;
    if (!this.failed && !this.lenient) fail(code);
    this.failed = true;
  }

  /** Copies with references replaced. */
  protected resolve(into: Bytes, from: usize, to: usize): bool {
    into.length = 0;
    let at = from;
    while (at < to) {
      const byte = <u32>load<u8>(at);
      if (byte != 38) {
        into.byte(byte);
        at++;
        continue;
      }
      const next = readXmlReference(at, to);
      if (next != 0) into.codePoint(xmlPoint);
      else if (this.lenient) into.byte(byte);
      else {
        this.fault(Failure.MALFORMED);
        return false;
      }
      at = next != 0 ? next : at + 1;
    }
    return true;
  }

  /** At START: goes on to the next attribute, whose range from its name to its last quote is given. */
  nextAttribute(): bool {
    let at = max(this.cursor, this.attributes);
    const end = this.attributesEnd;
    while (at < end && isXmlSpace(<u32>load<u8>(at))) at++;
    this.valueAt = at;
    while (at < end && load<u8>(at) != 34 && load<u8>(at) != 39) at++;
    if (at >= end) return false;
    const quote = load<u8>(at++);
    while (at < end && load<u8>(at) != quote) at++;
    this.cursor = min(at + 1, end);
    this.valueLength = this.cursor - this.valueAt;
    return true;
  }

  private findAttribute(name: string, prefixOnly: bool): bool {
    let at = this.attributes;
    const end = this.attributesEnd;
    while (at < end) {
      while (at < end && isXmlSpace(<u32>load<u8>(at))) at++;
      const from = at;
      let local = at;
      for (; at < end && load<u8>(at) != 61 && !isXmlSpace(<u32>load<u8>(at)); at++) {
        if (load<u8>(at) == 58) local = at + 1;
      }
      const nameEnd = at;
      while (at < end && load<u8>(at) != 34 && load<u8>(at) != 39) at++;
      if (at >= end) return false;
      const quote = load<u8>(at++);
      const valueAt = at;
      while (at < end && load<u8>(at) != quote) at++;
      const wanted = isWord(local, nameEnd - local, name) && (!prefixOnly || local != from);
      if (wanted && !isWord(from, local - from, 'xmlns:')) return this.keep(valueAt, at);
      at++;
    }
    return false;
  }

  private keep(from: usize, to: usize): bool {
    let at = from;
    while (at < to && load<u8>(at) != 38) at++;
    this.valueAt = from;
    this.valueLength = to - from;
    if (at == to) return true;
    if (to - from > LONG_VALUE) this.fault(Failure.LIMIT);
    if (this.failed || !this.resolve(this.value, from, to)) return false;
    this.valueAt = this.value.at;
    this.valueLength = this.value.length;
    return true;
  }
}
