/**
 * A number in the digits it is stored with. Number formats round in decimal, as spreadsheets do: 1.005 shown
 * with two decimals is 1.01, which binary arithmetic would miss.
 */

/** More than a double has; what follows cannot be seen. They also fit into a u64. */
const MAX_DIGITS: i32 = 19;
const MAX_EXPONENT: i32 = 400;

/** The value is 0.d1d2d3… × 10^point. There is no leading and no trailing zero; zero has no digits. */
export class Decimal {
  negative: bool = false;
  point: i32 = 0;
  count: i32 = 0;
  /** One digit (0–9) a byte. */
  private at: usize = heap.alloc(32);

  // @ts-ignore: decorator
  @inline
  digit(index: i32): u32 {
    return index >= 0 && index < this.count ? <u32>load<u8>(this.at + index) : 0;
  }

  set(other: Decimal): void {
    this.negative = other.negative;
    this.point = other.point;
    this.count = other.count;
    memory.copy(this.at, other.at, <usize>other.count);
  }

  /** Reads `[-+]digits[.digits][E[-+]digits]`; false when the bytes are anything else. */
  parse(at: usize, length: usize): bool {
    const end = at + length;
    this.count = this.point = 0;
    this.negative = at < end && load<u8>(at) == 45;
    if (at < end && (load<u8>(at) == 45 || load<u8>(at) == 43)) at++;
    let digits = 0;
    let pointSeen = false;
    for (; at < end; at++) {
      const byte = <u32>load<u8>(at);
      if (byte - 48 < 10) {
        this.append(byte - 48, pointSeen);
        digits++;
      } else if (byte == 46 && !pointSeen) pointSeen = true;
      else break;
    }
    if (digits == 0 || (at < end && !this.parseExponent(at, end))) return false;
    this.trim();
    if (this.count == 0) this.negative = false;
    return true;
  }

  /** Keeps `places` digits after the point, rounding half away from zero. */
  round(places: i32): void {
    this.roundDigits(this.point + places);
  }

  /** Keeps `keep` significant digits, rounding half away from zero. */
  roundDigits(keep: i32): void {
    if (keep >= this.count) return;
    const up = keep >= 0 && this.digit(keep) >= 5;
    this.count = keep > 0 ? keep : 0;
    if (up) this.increment();
    this.trim();
  }

  isZero(): bool {
    return this.count == 0;
  }

  /** The nearest double, or one beside it. */
  toF64(): f64 {
    let mantissa: u64 = 0;
    for (let i = 0; i < this.count; i++) mantissa = mantissa * 10 + this.digit(i);
    const value = scale(<f64>mantissa, this.point - this.count);
    return this.negative ? -value : value;
  }

  private append(digit: u32, afterPoint: bool): void {
    if (this.count == 0 && digit == 0) {
      if (afterPoint) this.point--;
      return;
    }
    if (!afterPoint) this.point++;
    if (this.count < MAX_DIGITS) store<u8>(this.at + this.count++, <u8>digit);
  }

  private parseExponent(at: usize, end: usize): bool {
    if ((load<u8>(at) | 32) != 101) return false;
    at++;
    const down = at < end && load<u8>(at) == 45;
    if (at < end && (load<u8>(at) == 45 || load<u8>(at) == 43)) at++;
    if (at == end) return false;
    let exponent = 0;
    for (; at < end; at++) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9 || exponent > MAX_EXPONENT) return false;
      exponent = exponent * 10 + digit;
    }
    this.point += down ? -exponent : exponent;
    return true;
  }

  /** Adds one to the last digit that is kept; with none kept, the value becomes one of the next place. */
  private increment(): void {
    while (this.count > 0 && this.digit(this.count - 1) == 9) this.count--;
    if (this.count > 0) {
      const last = this.at + this.count - 1;
      store<u8>(last, load<u8>(last) + 1);
      return;
    }
    store<u8>(this.at, 1);
    this.count = 1;
    this.point++;
  }

  private trim(): void {
    while (this.count > 0 && this.digit(this.count - 1) == 0) this.count--;
    if (this.count == 0) this.point = 0;
  }
}

function scale(value: f64, exponent: i32): f64 {
  for (; exponent > 22; exponent -= 22) value *= 1e22;
  for (; exponent < -22; exponent += 22) value /= 1e22;
  let power: f64 = 1;
  const steps = abs(exponent);
  for (let i = 0; i < steps; i++) power *= 10;
  return exponent < 0 ? value / power : value * power;
}
