/** What control words do (Rich Text Format Specification 1.9.1), by a hash of their names. */

export namespace Does {
  /** Puts a character: the argument. Zero is what an unknown word does: nothing. */
  export const CHARACTER: i32 = 1;
  /** The group is no text: everything in it is passed over. The first of the words for groups. */
  export const SKIP: i32 = 2;
  /** The text of the group does not count, that of some groups inside does. */
  export const DROP: i32 = 3;
  /** Text again, inside what is dropped. */
  export const SHOW: i32 = 4;
  /** The group's text goes into a flow of its own: the argument. */
  export const FLOW: i32 = 5;
  export const FONT_TABLE: i32 = 6;
  export const STYLE_SHEET: i32 = 7;
  export const TITLE: i32 = 8;
  /** The number of a list item, that a viewer computes. The last of the words for groups. */
  export const LIST_TEXT: i32 = 9;
  /** The first of the words that separate text. */
  export const PARAGRAPH: i32 = 10;
  export const LINE: i32 = 11;
  export const CELL: i32 = 12;
  export const ROW: i32 = 13;
  export const NESTED_CELL: i32 = 14;
  export const NESTED_ROW: i32 = 15;
  export const PAGE: i32 = 16;
  /** The first of the properties of paragraphs and their text. */
  export const PARAGRAPH_DEFAULTS: i32 = 17;
  export const PLAIN: i32 = 18;
  export const IN_TABLE: i32 = 19;
  export const TABLE_DEPTH: i32 = 20;
  export const HIDDEN: i32 = 21;
  /** Struck by somebody whose changes are tracked. */
  export const DELETED: i32 = 22;
  export const LIST: i32 = 23;
  export const LIST_LEVEL: i32 = 24;
  /** The first of what is about characters and styles. */
  export const FONT: i32 = 25;
  export const FONT_CHARSET: i32 = 26;
  export const FONT_CODE_PAGE: i32 = 27;
  export const CODE_PAGE: i32 = 28;
  /** A code page by name: the argument. */
  export const CHARACTER_SET: i32 = 29;
  export const UNICODE_SKIP: i32 = 30;
  export const UNICODE: i32 = 31;
  export const STYLE: i32 = 32;
  export const OUTLINE_LEVEL: i32 = 33;
  export const DEFAULT_FONT: i32 = 34;
}

/** Where text goes, in the order in which it comes out. */
export namespace FlowId {
  export const HEADERS: i32 = 0;
  export const BODY: i32 = 1;
  export const NOTES: i32 = 2;
  export const COMMENTS: i32 = 3;
  export const FOOTERS: i32 = 4;
  export const COUNT: i32 = 5;
}

const SLOTS: u32 = 512;
const hashes = memory.data(SLOTS * 4);
/** The action in the low byte, its argument above. */
const actions = memory.data(SLOTS * 4);
let ready: bool = false;

/** FNV-1a; zero is never the hash of a name. Case counts. */
export function hashOf(at: usize, length: usize): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i: usize = 0; i < length; i++) hash = (hash ^ (<u32>load<u8>(at + i))) * 0x01000193;
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

function define(names: string, action: i32, argument: i32): void {
  const list = names.split(' ');
  for (let i = 0; i < list.length; i++) {
    const hash = hashOfName(list[i]);
    const slot = slotOf(hash);
    store<u32>(hashes + slot, hash);
    store<i32>(actions + slot, action | (argument << 8));
  }
}

function defineCharacters(): void {
  define('tab', Does.CHARACTER, 9);
  define('emspace enspace qmspace', Does.CHARACTER, 32);
  define('emdash', Does.CHARACTER, 0x2014);
  define('endash', Does.CHARACTER, 0x2013);
  define('bullet', Does.CHARACTER, 0x2022);
  define('lquote', Does.CHARACTER, 0x2018);
  define('rquote', Does.CHARACTER, 0x2019);
  define('ldblquote', Does.CHARACTER, 0x201c);
  define('rdblquote', Does.CHARACTER, 0x201d);
  define('zwj', Does.CHARACTER, 0x200d);
  define('zwnj', Does.CHARACTER, 0x200c);
}

function defineDestinations(): void {
  define('colortbl filetbl pict objdata fldinst datafield xe tc tcn txe rxe', Does.SKIP, 0);
  define('ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn', Does.SKIP, 0);
  define('sp shprslt nonesttables mmathPict nonshppict private', Does.SKIP, 0);
  define('mctrlPr mrPr mfPr mradPr mdPr mnaryPr meqArrPr maccPr mbarPr mboxPr', Does.SKIP, 0);
  define('mborderBoxPr mfuncPr mgroupChrPr mlimLowPr mlimUppPr mmPr mphantPr', Does.SKIP, 0);
  define('msPrePr msSubPr msSubSupPr msSupPr moMathParaPr margPr mmathPr', Does.SKIP, 0);
  define('info upr nesttableprops', Does.DROP, 0);
  define('ud shpinst shptxt shpgrp moMath moMathPara fldrslt result', Does.SHOW, 0);
  define('header headerl headerr headerf', Does.FLOW, FlowId.HEADERS);
  define('footer footerl footerr footerf', Does.FLOW, FlowId.FOOTERS);
  define('footnote', Does.FLOW, FlowId.NOTES);
  define('annotation', Does.FLOW, FlowId.COMMENTS);
  define('fonttbl', Does.FONT_TABLE, 0);
  define('stylesheet', Does.STYLE_SHEET, 0);
  define('title', Does.TITLE, 0);
  define('listtext pntext', Does.LIST_TEXT, 0);
}

function defineBreaks(): void {
  define('par sect', Does.PARAGRAPH, 0);
  define('line softline lbr', Does.LINE, 0);
  define('cell', Does.CELL, 0);
  define('row', Does.ROW, 0);
  define('nestcell', Does.NESTED_CELL, 0);
  define('nestrow', Does.NESTED_ROW, 0);
  define('page softpage', Does.PAGE, 0);
}

function defineProperties(): void {
  define('pard', Does.PARAGRAPH_DEFAULTS, 0);
  define('plain', Does.PLAIN, 0);
  define('intbl', Does.IN_TABLE, 0);
  define('itap', Does.TABLE_DEPTH, 0);
  define('v', Does.HIDDEN, 0);
  define('deleted', Does.DELETED, 0);
  define('f', Does.FONT, 0);
  define('fcharset', Does.FONT_CHARSET, 0);
  define('cpg', Does.FONT_CODE_PAGE, 0);
  define('ansicpg', Does.CODE_PAGE, 0);
  define('ansi', Does.CHARACTER_SET, 1252);
  define('mac', Does.CHARACTER_SET, 10000);
  define('pc', Does.CHARACTER_SET, 437);
  define('pca', Does.CHARACTER_SET, 850);
  define('uc', Does.UNICODE_SKIP, 0);
  define('u', Does.UNICODE, 0);
  define('s', Does.STYLE, 0);
  define('outlinelevel', Does.OUTLINE_LEVEL, 0);
  define('ilvl', Does.LIST_LEVEL, 0);
  define('ls', Does.LIST, 0);
  define('deff', Does.DEFAULT_FONT, 0);
}

/** The action of a control word, with its argument from the ninth bit on. */
export function actionOf(at: usize, length: usize): i32 {
  if (!ready) {
    ready = true;
    defineCharacters();
    defineDestinations();
    defineBreaks();
    defineProperties();
  }
  return load<i32>(actions + slotOf(hashOf(at, length)));
}
