/**
 * How well text fits a single-byte encoding in some language: the cost, in sixteenths of a nat, of its
 * letter pairs with at least one byte above ASCII. Costs of different encodings compare, because all
 * describe the same bytes.
 */
import { SINGLE_COUNT } from '../../generated/encoding-ids';
import {
  ALPHABETS,
  ALPHABET_STRIDE,
  COSTS,
  COSTS_AT,
  FOLDED,
  HYPOTHESES,
  KINDS,
  LANGUAGE_COUNT,
  LATIN,
} from '../../generated/languages';
import { lowerAscii } from '../bytes';

/** Costs of what is no letter of the language, by kind: see `kindOf` in tables/languages.mjs. */
const KIND_COSTS = memory.data<u16>([144, 144, 96, 128, 208, 320, 96]);
/** The kind of a mark that stands before a word, and what it costs behind a letter. */
const OPENING: u32 = 6;
const OPENING_AFTER_LETTER_COST: i32 = 96;
const FOREIGN_ASCII_COST: i32 = 96;
const BOUNDARY_COST: i32 = 8;
const CAPITAL_INSIDE_COST: i32 = 80;
/** A letter of another script than its neighbour. */
const SCRIPT_CHANGE_COST: i32 = 160;
/** A mark between two ASCII letters; see `joinsWords` for those that stand there. */
const MARK_INSIDE_COST: i64 = 80;
/** ASCII text in another language than its accents says little, so it may not outweigh them. */
const ASCII_COST_MAX: i64 = 40 * 16;
/** Text that is mostly ASCII letters is rarely in another script. */
const MOSTLY_ASCII_COST: i64 = 6 * 16;
/** Classes of a byte: 0 no letter, then the letters; from here on, a kind. */
const KIND_BASE: u32 = 200;
const FOREIGN_ASCII: u32 = KIND_BASE + 7;

/** Distinct byte pairs of the sample with their counts: x, y and count in one u64 each. */
let highPairs: usize = 0;
let highCount: i32 = 0;
let asciiPairs: usize = 0;
let asciiCount: i32 = 0;

const classes = memory.data(256);
const capitals = memory.data(256);
const letters = memory.data(256);
/** How often each byte above ASCII stands between two ASCII letters. */
const inside = memory.data(256 * 4);
/** Whether the language is written with ASCII letters, among others. */
let latin: bool = false;
/** What a hypothesis of another script costs from the start. */
let scriptCost: i64 = 0;

/** The cost of supposing that the sample is not in the Latin script. */
export function otherScriptCost(): i64 {
  return scriptCost;
}

// @ts-ignore: decorator
@inline
function isAsciiLetter(byte: u32): bool {
  return lowerAscii(byte) - 97 < 26;
}

/** Counts the byte pairs of a sample; `costOfBest` and the others read them. */
export function countPairs(from: usize, length: usize): void {
  const counts = heap.alloc(65536 * 4);
  memory.fill(counts, 0, 65536 * 4);
  memory.fill(inside, 0, 256 * 4);
  let before: u32 = 32;
  let ascii: usize = 0;
  let high: usize = 0;
  for (let i: usize = 0; i < length; i++) {
    const now = <u32>load<u8>(from + i);
    if (now >= 0x80) high++;
    else if (isAsciiLetter(now)) ascii++;
    const slot = counts + ((<usize>((before << 8) | now)) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
    before = now;
  }
  scriptCost = ascii > high * 4 ? MOSTLY_ASCII_COST : 0;
  countInside(from, from + length);
  highPairs = heap.alloc(65536 * 8);
  asciiPairs = heap.alloc(16384 * 8);
  highCount = 0;
  asciiCount = 0;
  for (let pair: u32 = 0; pair < 65536; pair++) {
    const count = load<u32>(counts + ((<usize>pair) << 2));
    if (count != 0) keepPair(pair, count);
  }
}

function countInside(from: usize, end: usize): void {
  for (let at = from + 1; at + 1 < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte < 0x80) continue;
    if (!isAsciiLetter(<u32>load<u8>(at - 1)) || !isAsciiLetter(<u32>load<u8>(at + 1))) continue;
    const slot = inside + ((<usize>byte) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
}

/** Marks that stand between letters: apostrophe, em dash, middle dot, soft hyphen. */
function joinsWords(point: u32): bool {
  return point == 0x2019 || point == 0x2014 || point == 0xb7 || point == 0xad;
}

/** What it costs that marks of the encoding stand between ASCII letters. */
function costOfInside(encoding: i32): i64 {
  const base = (<usize>encoding) << 7;
  let total: i64 = 0;
  for (let i: usize = 0; i < 128; i++) {
    const count = <i64>load<u32>(inside + ((i + 128) << 2));
    if (count == 0 || load<u8>(letters + 128 + i) != 0) continue;
    const point = <u32>load<u16>(changetype<usize>(FOLDED) + ((base + i) << 1));
    if (!joinsWords(point)) total += count * MARK_INSIDE_COST;
  }
  return total;
}

function keepPair(pair: u32, count: u32): void {
  const value = ((<u64>count) << 16) | pair;
  if ((pair & 0x8080) != 0) {
    store<u64>(highPairs + ((<usize>highCount) << 3), value);
    highCount++;
  } else if (isAsciiLetter(pair >> 8) || isAsciiLetter(pair & 255)) {
    store<u64>(asciiPairs + ((<usize>asciiCount) << 3), value);
    asciiCount++;
  }
}

/** The place of a letter in the alphabet, from 1 on; zero when it is not there. */
function alphabetIndex(language: i32, letter: u32): u32 {
  const row = changetype<usize>(ALPHABETS) + ((<usize>language * ALPHABET_STRIDE) << 1);
  let i: usize = 0;
  let known: u32 = load<u16>(row);
  while (known != 0 && known != letter) known = load<u16>(row + (++i << 1));
  return known == 0 ? 0 : <u32>i + 1;
}

function alphabetSize(language: i32): u32 {
  const row = changetype<usize>(ALPHABETS) + ((<usize>language * ALPHABET_STRIDE) << 1);
  let size: u32 = 0;
  while (load<u16>(row + ((<usize>size) << 1)) != 0) size++;
  return size + 1;
}

function isLatin(language: i32): bool {
  return load<u16>(changetype<usize>(LATIN) + ((<usize>language) << 1)) != 0;
}

function setAsciiClasses(language: i32): void {
  latin = isLatin(language);
  for (let byte: u32 = 0; byte < 128; byte++) {
    const letter = isAsciiLetter(byte);
    const index = letter ? alphabetIndex(language, lowerAscii(byte)) : 0;
    const control = byte < 32 && byte != 9 && byte != 10 && byte != 12 && byte != 13;
    store<u8>(
      classes + byte,
      <u8>(letter && index == 0 ? FOREIGN_ASCII : control ? KIND_BASE + 5 : index),
    );
    store<u8>(letters + byte, letter ? 1 : 0);
    store<u8>(capitals + byte, byte - 65 < 26 ? 1 : 0);
  }
}

function setHighClasses(encoding: i32, language: i32): void {
  const base = (<usize>encoding) << 7;
  for (let i: usize = 0; i < 128; i++) {
    const kind = <u32>load<u8>(changetype<usize>(KINDS) + base + i);
    const folded = <u32>load<u16>(changetype<usize>(FOLDED) + ((base + i) << 1));
    const index = kind < 3 ? alphabetIndex(language, folded) : 0;
    store<u8>(classes + 128 + i, <u8>(index != 0 ? index : KIND_BASE + kind));
    store<u8>(letters + 128 + i, kind < 2 ? 1 : 0);
    store<u8>(capitals + 128 + i, kind == 1 ? 1 : 0);
  }
}

function languageCosts(language: i32): usize {
  const at = changetype<usize>(COSTS_AT) + ((<usize>language) << 2);
  return changetype<usize>(COSTS) + (((<usize>load<u16>(at)) << 16) | load<u16>(at + 2));
}

function kindCost(kind: u32, before: u32): i32 {
  const cost = <i32>load<u16>(KIND_COSTS + (kind << 1));
  const misplaced = kind == OPENING && load<u8>(letters + before) != 0;
  return misplaced ? cost + OPENING_AFTER_LETTER_COST : cost;
}

function pairCost(costs: usize, size: u32, before: u32, now: u32): i32 {
  const from = <u32>load<u8>(classes + before);
  const to = <u32>load<u8>(classes + now);
  const row = from < KIND_BASE ? from : 0;
  let cost = 0;
  if (to == FOREIGN_ASCII) cost = FOREIGN_ASCII_COST;
  else if (to >= KIND_BASE) cost = kindCost(to - KIND_BASE, before);
  else if (row == 0 && to == 0) cost = BOUNDARY_COST;
  else cost = load<u8>(costs + row * size + to);
  return cost + costOfLetters(before, now);
}

/** Two letters of which the second is a sudden capital, or of another script. */
function costOfLetters(before: u32, now: u32): i32 {
  if (load<u8>(letters + before) == 0 || load<u8>(letters + now) == 0) return 0;
  const sudden = load<u8>(capitals + before) == 0 && load<u8>(capitals + now) != 0;
  const changes = !latin && before < 128 != now < 128;
  return (sudden ? CAPITAL_INSIDE_COST : 0) + (changes ? SCRIPT_CHANGE_COST : 0);
}

function costOfPairs(pairs: usize, count: i32, language: i32): i64 {
  const costs = languageCosts(language);
  const size = alphabetSize(language);
  let total: i64 = 0;
  for (let i = 0; i < count; i++) {
    const value = load<u64>(pairs + ((<usize>i) << 3));
    const cost = pairCost(costs, size, ((<u32>value) >> 8) & 255, (<u32>value) & 255);
    total += <i64>(value >> 16) * cost;
  }
  return total;
}

/** What the ASCII part costs in each language above the language it fits best. */
function asciiCosts(): usize {
  const costs = heap.alloc((<usize>LANGUAGE_COUNT) << 3);
  let least: i64 = i64.MAX_VALUE;
  for (let language = 0; language < LANGUAGE_COUNT; language++) {
    let cost: i64 = 0;
    if (isLatin(language)) {
      setAsciiClasses(language);
      cost = costOfPairs(asciiPairs, asciiCount, language);
      if (cost < least) least = cost;
    }
    store<i64>(costs + ((<usize>language) << 3), cost);
  }
  for (let language = 0; language < LANGUAGE_COUNT; language++) {
    const slot = costs + ((<usize>language) << 3);
    const above = max<i64>(load<i64>(slot) - least, 0);
    store<i64>(slot, min(above, ASCII_COST_MAX));
  }
  return costs;
}

/** The encoding whose cost is least, with the cost. */
export class Guess {
  encoding: i32 = 0;
  cost: i64 = i64.MAX_VALUE;

  offer(encoding: i32, cost: i64): void {
    if (cost >= this.cost) return;
    this.encoding = encoding;
    this.cost = cost;
  }
}

/** Offers every single-byte encoding, in each language it was used for, for the pairs counted before. */
export function guessSingleByte(guess: Guess): void {
  const ascii = asciiCosts();
  for (let i = 0; i + 2 < HYPOTHESES.length; i += 3) {
    const encoding = HYPOTHESES.charCodeAt(i);
    const language = HYPOTHESES.charCodeAt(i + 1);
    if (encoding >= SINGLE_COUNT || language >= LANGUAGE_COUNT) unreachable();
    setAsciiClasses(language);
    setHighClasses(encoding, language);
    const cost = costOfPairs(highPairs, highCount, language) + costOfInside(encoding);
    const prior = (<i64>HYPOTHESES.charCodeAt(i + 2)) << 4;
    const script = isLatin(language) ? load<i64>(ascii + ((<usize>language) << 3)) : scriptCost;
    guess.offer(encoding, cost + prior + script);
  }
}
