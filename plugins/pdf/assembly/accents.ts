// Accents that stand beside their letters, as old TeX fonts have them: put together, so that a word is the
// word that is seen. Pairs of a letter and the letter with the accent (Unicode 15, canonical composition).

const GRAVE = 'AÀEÈIÌOÒUÙaàeèiìoòuù';
const ACUTE = 'AÁCĆEÉIÍLĹNŃOÓRŔSŚUÚYÝZŹaácćeéiílĺnńoórŕsśuúyýzź';
const CIRCUMFLEX = 'AÂCĈEÊGĜHĤIÎJĴOÔSŜUÛWŴYŶaâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷ';
const DIAERESIS = 'AÄEËIÏOÖUÜYŸaäeëiïoöuüyÿ';
const TILDE = 'AÃIĨNÑOÕUŨaãiĩnñoõuũ';
const MACRON = 'AĀEĒIĪOŌUŪaāeēiīoōuū';
const CARON = 'AǍCČDĎEĚIǏNŇOǑRŘSŠTŤUǓZŽaǎcčdďeěiǐnňoǒrřsštťuǔzž';
const BREVE = 'AĂEĔGĞIĬOŎUŬaăeĕgğiĭoŏuŭ';
const DOT = 'CĊEĖGĠIİZŻcċeėgġzż';
const RING = 'AÅUŮaåuů';
const DOUBLE_ACUTE = 'OŐUŰoőuű';
const CEDILLA = 'CÇSŞTŢcçsştţ';
const OGONEK = 'AĄEĘIĮUŲaąeęiįuų';

const DOTLESS_I: u32 = 0x131;
const DOTLESS_J: u32 = 0x237;

// @ts-ignore: decorator
@inline
export function mayBeAccent(c: u32): bool {
  return (
    c == 0x5e || c == 0x60 || c == 0x7e || (c >= 0xa8 && c <= 0xb8) || (c >= 0x2c6 && c <= 0x2dd)
  );
}

/** The letter with the accent; 0 when there is none. */
export function compose(accent: u32, letter: u32): u32 {
  const pairs = pairsOf(accent);
  const plain = letter == DOTLESS_I ? 0x69 : letter == DOTLESS_J ? 0x6a : letter;
  for (let i = 0; i < pairs.length; i += 2) {
    if (<u32>pairs.charCodeAt(i) == plain) return pairs.charCodeAt(i + 1);
  }
  return 0;
}

function pairsOf(accent: u32): string {
  switch (accent) {
    case 0x60:
      return GRAVE;
    case 0xb4:
      return ACUTE;
    case 0x5e:
    case 0x2c6:
      return CIRCUMFLEX;
    case 0xa8:
      return DIAERESIS;
    case 0x7e:
    case 0x2dc:
      return TILDE;
    case 0xaf:
      return MACRON;
    case 0x2c7:
      return CARON;
    case 0x2d8:
      return BREVE;
    case 0x2d9:
      return DOT;
    case 0x2da:
      return RING;
    case 0x2dd:
      return DOUBLE_ACUTE;
    case 0xb8:
      return CEDILLA;
    case 0x2db:
      return OGONEK;
    default:
      return '';
  }
}
