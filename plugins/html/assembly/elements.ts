/** What an element does to text, by its name. */
import { lowerAscii } from '../../lib/assembly/bytes';

export namespace Kind {
  export const NONE: u32 = 0;
  /** Has no content and no end tag. */
  export const VOID: u32 = 1;
  /** Starts and ends a line. */
  export const LINE: u32 = 2;
  /** Stands between blank lines. */
  export const BLOCK: u32 = 4;
  /** Its content is no text for a reader. */
  export const DROPPED: u32 = 8;
  /** Its content is text without tags up to its end tag. */
  export const RAW: u32 = 16;
  /** The same, with character references. */
  export const RCDATA: u32 = 32;
  /** White space counts. */
  export const PRE: u32 = 64;
  export const LIST: u32 = 128;
  export const ORDERED: u32 = 256;
  export const ITEM: u32 = 512;
  export const TABLE: u32 = 1024;
  export const ROW: u32 = 2048;
  export const CELL: u32 = 4096;
  export const PARAGRAPH: u32 = 8192;
  export const BREAK: u32 = 16384;
  /** SVG or MathML: CDATA sections are text, and a title is not the document's. */
  export const FOREIGN: u32 = 32768;
  export const TITLE: u32 = 1 << 16;
  export const SCRIPT: u32 = 1 << 17;
  export const PLAINTEXT: u32 = 1 << 18;
  /** Content is parsed and not printed. */
  export const TEMPLATE: u32 = 1 << 19;
  export const IMAGE: u32 = 1 << 20;
  export const INPUT: u32 = 1 << 21;
  export const OPTION: u32 = 1 << 22;
  export const QUOTE: u32 = 1 << 23;
  /** Set on an open element that its attributes hide. */
  export const HIDDEN: u32 = 1 << 24;
  export const SECTION: u32 = 1 << 25;
  export const TERM: u32 = 1 << 26;
  /** An element of MathML, whose `codeOf` is one of `Formula`. */
  export const MATH: u32 = 1 << 27;
}

const CODE_SHIFT: u32 = 28;

/** What an element is to a formula, in the top four bits of its kind. */
export namespace Formula {
  /** Only holds others together. */
  export const GROUP: u32 = 0;
  export const FRACTION: u32 = 1;
  export const SUPERSCRIPT: u32 = 2;
  export const SUBSCRIPT: u32 = 3;
  export const SCRIPTS: u32 = 4;
  export const SQUARE_ROOT: u32 = 5;
  export const ROOT: u32 = 6;
  export const TABLE: u32 = 7;
  export const ROW: u32 = 8;
  export const CELL: u32 = 9;
  export const TEXT: u32 = 10;
  export const OPERATOR: u32 = 11;
  export const NAME: u32 = 12;
  export const FENCED: u32 = 13;
  export const SPACE: u32 = 14;
  export const NUMBER: u32 = 15;
}

/** The same bits of an element that is not of MathML. */
export namespace Switch {
  export const OUTSIDE: u32 = 1;
  export const CASE: u32 = 2;
  export const DEFAULT: u32 = 3;
}

export const HEADER_CELL: u32 = 4;
/** A table that says that it only lays out a page. */
export const LAYOUT_TABLE: u32 = 5;
/** Plus the level. */
const HEADINGS: u32 = 8;

/** The level of a heading, zero for what is none. */
export function headingLevel(kind: u32): i32 {
  if ((kind & Kind.MATH) != 0 || codeOf(kind) <= HEADINGS) return 0;
  return <i32>(codeOf(kind) - HEADINGS);
}

/** A table as one for layout. */
export function asLayout(kind: u32): u32 {
  return kind | (LAYOUT_TABLE << CODE_SHIFT);
}

/** What the top bits of a kind say: of `Formula` with `Kind.MATH`, or of one of the above. */
export function codeOf(kind: u32): u32 {
  return kind >> CODE_SHIFT;
}

const SLOTS: u32 = 512;
const hashes = memory.data(SLOTS * 4);
const kinds = memory.data(SLOTS * 4);
let ready: bool = false;

/** FNV-1a of a name in lower case. Zero is never the hash of one. */
export function hashOf(at: usize, length: usize): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i: usize = 0; i < length; i++) {
    hash = (hash ^ lowerAscii(<u32>load<u8>(at + i))) * 0x01000193;
  }
  return hash | 1;
}

function hashOfName(name: string): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = (hash ^ name.charCodeAt(i)) * 0x01000193;
  return hash | 1;
}

function slotOf(hash: u32): usize {
  let slot = (hash >> 3) & (SLOTS - 1);
  while (load<u32>(hashes + (slot << 2)) != 0 && load<u32>(hashes + (slot << 2)) != hash) {
    slot = (slot + 1) & (SLOTS - 1);
  }
  return slot << 2;
}

function define(names: string, kind: u32): void {
  const list = names.split(' ');
  for (let i = 0; i < list.length; i++) {
    const hash = hashOfName(list[i]);
    const slot = slotOf(hash);
    store<u32>(hashes + slot, hash);
    store<u32>(kinds + slot, kind);
  }
}

function defineAll(): void {
  define(
    'area base basefont bgsound col embed frame keygen link meta param source track wbr',
    Kind.VOID,
  );
  define('br', Kind.VOID | Kind.BREAK);
  define('hr', Kind.VOID | Kind.BLOCK);
  define('img image', Kind.VOID | Kind.IMAGE);
  define('input', Kind.VOID | Kind.INPUT);
  define('p', Kind.BLOCK | Kind.PARAGRAPH);
  for (let level: u32 = 1; level <= 6; level++) {
    define('h' + level.toString(), Kind.BLOCK | ((HEADINGS + level) << CODE_SHIFT));
  }
  define('blockquote figure', Kind.BLOCK);
  define(
    'address article aside body center details dialog div fieldset figcaption footer form',
    Kind.LINE,
  );
  define('frameset header hgroup html legend main nav noframes search section summary', Kind.LINE);
  define('optgroup', Kind.LINE);
  define('option', Kind.LINE | Kind.OPTION);
  define('ul menu dir', Kind.BLOCK | Kind.LIST);
  define('ol', Kind.BLOCK | Kind.LIST | Kind.ORDERED);
  define('dl', Kind.BLOCK | Kind.LIST);
  define('dt dd', Kind.LINE | Kind.TERM);
  define('li', Kind.LINE | Kind.ITEM);
  define('table', Kind.BLOCK | Kind.TABLE);
  define('caption', Kind.LINE);
  define('thead tbody tfoot', Kind.LINE | Kind.SECTION);
  define('tr', Kind.LINE | Kind.ROW);
  define('td', Kind.CELL);
  define('th', Kind.CELL | (HEADER_CELL << CODE_SHIFT));
  define('pre listing', Kind.BLOCK | Kind.PRE);
  define('xmp', Kind.BLOCK | Kind.PRE | Kind.RAW);
  define('plaintext', Kind.BLOCK | Kind.PRE | Kind.PLAINTEXT);
  define('textarea', Kind.LINE | Kind.PRE | Kind.RCDATA);
  define('title', Kind.RCDATA | Kind.TITLE);
  define('script', Kind.RAW | Kind.DROPPED | Kind.SCRIPT);
  define('style', Kind.RAW | Kind.DROPPED);
  define('template', Kind.TEMPLATE);
  define('svg', Kind.FOREIGN);
  define('annotation annotation-xml', Kind.TEMPLATE | Kind.MATH);
  define('math', Kind.FOREIGN | Kind.MATH);
  defineFormulas();
  define('epub:switch', Switch.OUTSIDE << CODE_SHIFT);
  define('epub:case', Switch.CASE << CODE_SHIFT);
  define('epub:default', Switch.DEFAULT << CODE_SHIFT);
  define('q', Kind.QUOTE);
}

function defineFormula(names: string, code: u32): void {
  define(names, Kind.MATH | (code << CODE_SHIFT));
}

function defineFormulas(): void {
  defineFormula('mrow mstyle mpadded merror maction semantics', Formula.GROUP);
  defineFormula('mfrac', Formula.FRACTION);
  defineFormula('msup mover', Formula.SUPERSCRIPT);
  defineFormula('msub munder', Formula.SUBSCRIPT);
  defineFormula('msubsup munderover', Formula.SCRIPTS);
  defineFormula('msqrt', Formula.SQUARE_ROOT);
  defineFormula('mroot', Formula.ROOT);
  defineFormula('mtable', Formula.TABLE);
  defineFormula('mtr mlabeledtr', Formula.ROW);
  defineFormula('mtd', Formula.CELL);
  defineFormula('mtext ms', Formula.TEXT);
  defineFormula('mo', Formula.OPERATOR);
  defineFormula('mi', Formula.NAME);
  defineFormula('mn', Formula.NUMBER);
  defineFormula('mfenced', Formula.FENCED);
  defineFormula('mspace', Formula.SPACE);
}

/**
 * The hash that an element is known by. A prefix counts, but for that of MathML, which may have any in
 * XHTML.
 */
export function hashOfElement(at: usize, length: usize): u32 {
  const whole = hashOf(at, length);
  if (kindOf(whole) != Kind.NONE) return whole;
  let local: usize = 0;
  for (let i: usize = 0; i < length; i++) if (load<u8>(at + i) == 58) local = i + 1;
  if (local == 0) return whole;
  const hash = hashOf(at + local, length - local);
  return (kindOf(hash) & Kind.MATH) != 0 ? hash : whole;
}

/** The kind of the element with this hash. */
export function kindOf(hash: u32): u32 {
  if (!ready) {
    ready = true;
    defineAll();
  }
  return load<u32>(kinds + slotOf(hash));
}
