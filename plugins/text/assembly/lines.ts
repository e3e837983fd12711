/** The lines of a text in UTF-8, which end with LF, one by one. */

export function isBlank(byte: u32): bool {
  return byte == 32 || byte == 9;
}

/** Whether bytes start with an ASCII word. */
export function startsWith(at: usize, end: usize, word: string): bool {
  if (end - at < <usize>word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (<i32>load<u8>(at + i) != word.charCodeAt(i)) return false;
  }
  return true;
}

/** The same, whatever the case of letters; the word is in lower case. */
export function startsWithAnyCase(at: usize, end: usize, word: string): bool {
  if (end - at < <usize>word.length) return false;
  for (let i = 0; i < word.length; i++) {
    const byte = <i32>load<u8>(at + i);
    const lower = byte >= 65 && byte <= 90 ? byte | 32 : byte;
    if (lower != word.charCodeAt(i)) return false;
  }
  return true;
}

export class Lines {
  /** The line: its range without blanks around it, and how many blanks are before it. */
  from: usize = 0;
  to: usize = 0;
  indent: i32 = 0;
  /** Where it starts with those. */
  start: usize;

  constructor(
    public at: usize,
    public end: usize,
  ) {
    this.start = at;
  }

  get isEmpty(): bool {
    return this.from == this.to;
  }

  /** Goes on to the next line; false at the end. */
  next(): bool {
    if (this.at >= this.end) return false;
    this.start = this.at;
    let stop = this.at;
    while (stop < this.end && load<u8>(stop) != 10) stop++;
    let from = this.at;
    this.indent = 0;
    for (; from < stop && isBlank(<u32>load<u8>(from)); from++) {
      this.indent += load<u8>(from) == 9 ? 4 - (this.indent & 3) : 1;
    }
    let to = stop;
    while (to > from && isBlank(<u32>load<u8>(to - 1))) to--;
    this.from = from;
    this.to = to;
    this.at = stop + 1;
    return true;
  }

  /** Goes back to the start of the line. */
  back(): void {
    this.at = this.start;
  }

  startsWith(word: string): bool {
    return startsWith(this.from, this.to, word);
  }
}
