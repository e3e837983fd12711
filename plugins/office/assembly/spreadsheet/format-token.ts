/** The tokens of a number format code (ECMA-376-1, 18.8.31). */
export namespace Kind {
  export const NOTHING: i32 = -1;
  /** The value is a code point. */
  export const LITERAL: i32 = 0;
  export const ZERO: i32 = 1;
  export const HASH: i32 = 2;
  export const QUESTION: i32 = 3;
  export const POINT: i32 = 4;
  export const COMMA: i32 = 5;
  export const PERCENT: i32 = 6;
  /** The value is 1 for `E+`, which shows the sign of positive exponents too. */
  export const EXPONENT: i32 = 7;
  export const SLASH: i32 = 8;
  export const TEXT: i32 = 9;
  export const GENERAL: i32 = 10;
  /** From here on, dates and times: the value is how many letters there are. */
  export const YEAR: i32 = 20;
  export const MONTH: i32 = 21;
  export const DAY: i32 = 22;
  export const HOUR: i32 = 23;
  export const MINUTE: i32 = 24;
  export const SECOND: i32 = 25;
  export const ELAPSED_HOURS: i32 = 26;
  export const ELAPSED_MINUTES: i32 = 27;
  export const ELAPSED_SECONDS: i32 = 28;
  /** The value is 1 for `A/P`, 2 for `AM/PM`. */
  export const HALF_DAY: i32 = 29;
  /** The value is the number of digits. */
  export const SUBSECOND: i32 = 30;
  export const BUDDHIST_YEAR: i32 = 31;
}

export namespace Condition {
  export const NONE: i32 = 0;
  export const LESS: i32 = 1;
  export const LESS_EQUAL: i32 = 2;
  export const EQUAL: i32 = 3;
  export const NOT_EQUAL: i32 = 4;
  export const GREATER_EQUAL: i32 = 5;
  export const GREATER: i32 = 6;
}

/** One of the parts between semicolons. */
export class Section {
  kinds: i32[] = [];
  values: i32[] = [];
  condition: i32 = Condition.NONE;
  bound: f64 = 0;
  isDate: bool = false;
  isElapsed: bool = false;
  hasText: bool = false;
  hasGeneral: bool = false;
  /** Index of the token, or -1. */
  exponent: i32 = -1;
  slash: i32 = -1;
  /** Digit placeholders before the point, and after it up to an exponent. */
  integers: i32 = 0;
  decimals: i32 = 0;
  thousands: bool = false;
  /** Powers of ten that the value is multiplied by: percent signs and trailing commas. */
  shift: i32 = 0;
  halfDay: bool = false;
  subseconds: i32 = 0;

  // @ts-ignore: decorator
  @inline
  push(kind: i32, value: i32): void {
    this.kinds.push(kind);
    this.values.push(value);
  }

  meets(value: f64): bool {
    const bound = this.bound;
    if (this.condition == Condition.LESS) return value < bound;
    if (this.condition == Condition.LESS_EQUAL) return value <= bound;
    if (this.condition == Condition.EQUAL) return value == bound;
    if (this.condition == Condition.NOT_EQUAL) return value != bound;
    if (this.condition == Condition.GREATER_EQUAL) return value >= bound;
    return this.condition == Condition.NONE || value > bound;
  }

  /** True when only negative values come here, so that the section itself says what the sign looks like. */
  negativesOnly(): bool {
    if (this.condition == Condition.LESS) return this.bound <= 0;
    return this.condition == Condition.LESS_EQUAL && this.bound < 0;
  }

  isEmpty(): bool {
    return this.kinds.length == 0;
  }
}

// @ts-ignore: decorator
@inline
export function isPlaceholder(kind: i32): bool {
  return kind >= Kind.ZERO && kind <= Kind.QUESTION;
}
