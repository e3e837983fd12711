/** Text of rows and fields (RFC 4180 and what is sent under its name): the dialect, and the fields one by one. */

const LINE_FEED: u32 = 10;
const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;

export class Dialect {
  constructor(
    public delimiter: u32,
    public quote: u32,
    /** A quote in a quoted field stands behind a backslash, and not twice. */
    public backslash: bool,
  ) {}
}

/** Reads fields in their order. */
export class Fields {
  /** The field: its range, without the quotes around it. */
  from: usize = 0;
  to: usize = 0;
  /** There are quotes in it to be resolved. */
  escaped: bool = false;
  /** It is the last of its row. */
  endsRow: bool = false;
  /** No quote closes behind here: one that opens is a character like others. */
  private unclosed: bool = false;

  constructor(
    public dialect: Dialect,
    public at: usize,
    private end: usize,
  ) {}

  /** The next field, or false at the end. A text ends its last row with or without a line end. */
  next(): bool {
    if (this.at >= this.end) return false;
    this.escaped = false;
    const quoted = load<u8>(this.at) == this.dialect.quote && !this.unclosed;
    if (!quoted || !this.quotedField()) this.plainField();
    return true;
  }

  private plainField(): void {
    this.from = this.at;
    this.take(this.stopAt(this.at));
  }

  /** Where a delimiter or a line end is, or the end. */
  private stopAt(from: usize): usize {
    let at = from;
    while (at < this.end && load<u8>(at) != LINE_FEED && load<u8>(at) != this.dialect.delimiter) {
      at++;
    }
    return at;
  }

  private take(stop: usize): void {
    this.to = stop;
    this.pass(stop);
  }

  private pass(stop: usize): void {
    this.endsRow = stop >= this.end || load<u8>(stop) == LINE_FEED;
    this.at = stop + 1;
  }

  /** False when no quote closes the field: the rest of the text has none that does. */
  private quotedField(): bool {
    const quote = this.dialect.quote;
    let at = this.at + 1;
    while (at < this.end) {
      const byte = <u32>load<u8>(at);
      const behind: u32 = at + 1 < this.end ? load<u8>(at + 1) : LINE_FEED;
      const isEscape = byte == (this.dialect.backslash ? BACKSLASH : quote) && behind == quote;
      if (isEscape) {
        this.escaped = true;
        at += 2;
      } else if (byte == quote && this.isEnd(behind)) {
        this.from = this.at + 1;
        this.to = at;
        this.pass(this.stopAt(at + 1));
        return true;
      } else at++;
    }
    this.unclosed = true;
    this.escaped = false;
    return false;
  }

  /** Whether a quote before this character closes its field. */
  private isEnd(byte: u32): bool {
    return byte == this.dialect.delimiter || byte == LINE_FEED || byte == 32;
  }
}

/** Rows that are looked at, and fields of one that are told apart. */
const SAMPLE_ROWS: i32 = 100;
const MAX_FIELDS: i32 = 256;

const counts = new StaticArray<i32>(MAX_FIELDS + 1);

/** How well a dialect fits: of 1000 rows so many have the same number of fields, which is two or more; and how many. */
function fit(dialect: Dialect, from: usize, end: usize): i32 {
  for (let i = 0; i <= MAX_FIELDS; i++) counts[i] = 0;
  const fields = new Fields(dialect, from, end);
  let rows = 0;
  let width = 0;
  while (rows < SAMPLE_ROWS && fields.next()) {
    width++;
    if (!fields.endsRow) continue;
    const isEmpty = width == 1 && fields.from == fields.to;
    if (!isEmpty) {
      rows++;
      counts[min(width, MAX_FIELDS)]++;
    }
    width = 0;
  }
  let usual = 2;
  for (let i = 2; i <= MAX_FIELDS; i++) if (counts[i] > counts[usual]) usual = i;
  return rows == 0 ? 0 : ((counts[usual] * 1000) / rows) * 1000 + (counts[usual] > 0 ? usual : 0);
}

function hasEscapes(from: usize, end: usize, quote: u32): bool {
  let backslashes = 0;
  let doubled = 0;
  for (let at = from; at + 1 < end; at++) {
    if (load<u8>(at + 1) != quote) continue;
    if (load<u8>(at) == BACKSLASH) backslashes++;
    else if (load<u8>(at) == quote) doubled++;
  }
  return backslashes > doubled;
}

const SAMPLE: usize = 64 << 10;

/** A sample of whole lines, where that can be. */
function sampleEnd(from: usize, end: usize): usize {
  if (end - from <= SAMPLE) return end;
  let at = from + SAMPLE;
  while (at > from && load<u8>(at - 1) != LINE_FEED) at--;
  return at > from ? at : from + SAMPLE;
}

/** How well the dialect fits that was chosen last, of 1000. */
export let dialectFit: i32 = 0;

/** The dialect of a text: a comma where none makes columns. `delimiter`: what is known, or zero. */
export function dialectOf(from: usize, end: usize, delimiter: u32): Dialect {
  const stop = sampleEnd(from, end);
  const delimiters = memory.data<u8>([44, 59, 9, 124]);
  const backslash = hasEscapes(from, stop, QUOTE);
  let best = new Dialect(delimiter == 0 ? 44 : delimiter, QUOTE, backslash);
  let bestFit = 0;
  for (let i = 0; i < 4; i++) {
    const candidate = <u32>load<u8>(delimiters + i);
    if (delimiter != 0 && candidate != delimiter) continue;
    for (let quote: u32 = QUOTE; quote >= 34; quote = quote == QUOTE ? 39 : 0) {
      const dialect = new Dialect(candidate, quote, quote == QUOTE && backslash);
      const found = fit(dialect, from, stop);
      if (found <= bestFit) continue;
      best = dialect;
      bestFit = found;
    }
  }
  dialectFit = bestFit / 1000;
  return best;
}
