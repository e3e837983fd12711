/** Reads the tokens of a document: groups, control words, text. Groups are on a stack, never on ours. */
import { Action } from './actions';
import { Mode } from './groups';
import { hexValue } from './hex';

const OPEN: u32 = 123;
const CLOSE: u32 = 125;
const BACKSLASH: u32 = 92;
const MAX_NUMBER: i32 = 100_000_000;

function isLetter(byte: u32): bool {
  return (byte | 32) - 97 < 26;
}

export class Reader {
  /** More groups inside each other than we take. */
  tooDeep: bool = false;
  private wordAt: usize = 0;
  private wordLength: usize = 0;
  private number: i32 = 0;
  private hasNumber: bool = false;

  constructor(
    private action: Action,
    private at: usize,
    private end: usize,
    /** A whole document is one group; without its first words, every group up to the end counts. */
    private whole: bool,
  ) {}

  run(): void {
    const action = this.action;
    while (this.at < this.end && !this.tooDeep && !action.isFull()) {
      const byte = <u32>load<u8>(this.at++);
      if (byte == OPEN) this.tooDeep = !action.open();
      else if (byte == CLOSE) {
        action.close();
        if (this.whole && action.depth() == 0) break;
      } else if (byte == BACKSLASH) this.control();
      else if (byte != 13 && byte != 10 && byte != 0) action.byte(byte);
    }
    action.finish();
  }

  private control(): void {
    if (this.at == this.end) return;
    const byte = <u32>load<u8>(this.at);
    if (isLetter(byte)) {
      this.word();
    } else {
      this.at++;
      if (byte == 39) this.hex();
      else if (byte == 13 || byte == 10) this.action.paragraph();
      else this.action.symbol(byte);
    }
  }

  /** Two digits of a byte. Anything else is nothing, and what follows is read as usual. */
  private hex(): void {
    if (this.at + 2 > this.end) return;
    const high = hexValue(<u32>load<u8>(this.at));
    const low = hexValue(<u32>load<u8>(this.at + 1));
    if (high < 0 || low < 0) return;
    this.at += 2;
    this.action.hexByte(<u32>((high << 4) | low));
  }

  private word(): void {
    this.wordAt = this.at;
    while (this.at < this.end && isLetter(<u32>load<u8>(this.at))) this.at++;
    this.wordLength = this.at - this.wordAt;
    this.readNumber();
    if (this.at < this.end && load<u8>(this.at) == 32) this.at++;
    if (this.isBinary()) this.skipBinary();
    else if (this.action.mode() != Mode.SKIP) {
      this.action.word(this.wordAt, this.wordLength, this.hasNumber ? this.number : i32.MIN_VALUE);
    }
  }

  private readNumber(): void {
    const negative = this.at + 1 < this.end && load<u8>(this.at) == 45;
    let at = negative ? this.at + 1 : this.at;
    const digits = at;
    let value = 0;
    while (at < this.end && <u32>load<u8>(at) - 48 < 10) {
      if (value < MAX_NUMBER) value = value * 10 + <i32>load<u8>(at) - 48;
      at++;
    }
    this.hasNumber = at > digits;
    this.number = negative ? -value : value;
    if (this.hasNumber) this.at = at;
  }

  private isBinary(): bool {
    return (
      this.wordLength == 3 &&
      this.hasNumber &&
      load<u8>(this.wordAt) == 98 &&
      load<u8>(this.wordAt + 1) == 105 &&
      load<u8>(this.wordAt + 2) == 110
    );
  }

  /** Passes over as many bytes as there are, whatever they look like. */
  private skipBinary(): void {
    const length: usize = this.number > 0 ? <usize>this.number : 0;
    this.at = length < this.end - this.at ? this.at + length : this.end;
    this.action.binary();
  }
}
