/** Which fonts are the one named Symbol ([MS-DOC] 2.9.286): what is in it has code points of its own. */
import { View } from '../view';

const NAME: usize = 39;
const SYMBOL: string = 'Symbol';
const MAX_FONTS: u32 = 4096;

export class Fonts {
  private symbols: bool[] = [];

  constructor(table: View) {
    const count = min(table.u16(0), MAX_FONTS);
    let at: usize = 4;
    for (let i: u32 = 0; i < count && table.has(at, 1); i++) {
      const size = <usize>table.u8(at);
      this.symbols.push(isSymbol(table.part(at + 1, size)));
      at += 1 + size;
    }
  }

  isSymbol(font: u32): bool {
    return font < <u32>this.symbols.length && this.symbols[font];
  }
}

function isSymbol(font: View): bool {
  for (let i = 0; i <= SYMBOL.length; i++) {
    const unit = font.u16(NAME + ((<usize>i) << 1));
    if (unit != (i < SYMBOL.length ? <u32>SYMBOL.charCodeAt(i) : 0)) return false;
  }
  return true;
}
