import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { encoderFor, loadGuest, type Guest } from './text-guest.ts';

let guest: Guest;
beforeAll(async () => {
  guest = await loadGuest('dist/plugins/text.wasm', 'text/plain');
});

/** Our own sentences; the encodings each language was written in. */
const SAMPLES: readonly (readonly [encodings: string, text: string])[] = [
  [
    'windows-1252 macintosh',
    "Hier soir, nous avons dîné chez ma tante avant d'aller au théâtre. La pièce était drôle, mais la fin m'a déçu.",
  ],
  [
    'windows-1252',
    'Am Samstag fährt der Zug über die Brücke erst gegen Mittag, weil die Gleise geprüft werden. Schönen Gruß!',
  ],
  [
    'windows-1252',
    'Mañana por la mañana iremos al mercado a comprar limones y jamón. ¿Quién vendrá a comer? Todavía no lo sé.',
  ],
  [
    'windows-1250 iso-8859-2',
    'Wczoraj po południu poszliśmy nad rzekę, żeby zobaczyć, czy lód już się stopił. Było jeszcze za wcześnie.',
  ],
  [
    'windows-1250 iso-8859-2',
    'Včera večer jsme šli do kina, ale film nás příliš nezaujal. Cestou zpátky začalo pršet a tramvaj měla zpoždění.',
  ],
  [
    'windows-1250 iso-8859-2',
    'Tegnap este későn értünk haza, mert a vonat két órát késett. Hétvégén hűvösebb idő lesz, és zápor is előfordulhat.',
  ],
  [
    'windows-1257 iso-8859-13',
    'Vakar vakare ilgai vaikščiojome palei upę ir kalbėjomės apie ateinančią vasarą. Sesuo nori važiuoti prie jūros.',
  ],
  [
    'windows-1254',
    'Dün akşam komşumuz bize taze incir ve üzüm getirdi. Annem hemen çay demledi, bahçede oturup uzun uzun konuştuk.',
  ],
  [
    'windows-1251 koi8-r ibm866 iso-8859-5 x-mac-cyrillic',
    'Вчера вечером мы долго гуляли по набережной и разговаривали о предстоящей поездке. Погода стояла тихая.',
  ],
  [
    'windows-1251 koi8-u',
    'Учора ввечері ми довго сиділи на подвір’ї й слухали, як співають цвіркуни. Її сестра приїде завтра вранці.'.replaceAll(
      '’',
      "'",
    ),
  ],
  [
    'windows-1251',
    'Вчера следобед се разходихме край морето и събирахме миди. Водата беше студена, затова никой не посмя да се къпе.',
  ],
  [
    'windows-1253 iso-8859-7',
    'Χθες το απόγευμα περπατήσαμε μέχρι το λιμάνι για να δούμε τα καράβια που γύριζαν από το ψάρεμα.',
  ],
  [
    'windows-1255 iso-8859-8',
    'אתמול בערב הלכנו לטייל לאורך החוף ודיברנו על החופשה הקרובה. הרוח הייתה קרירה אבל נעימה.',
  ],
  [
    'windows-1256 iso-8859-6',
    'ذهبنا أمس إلى السوق القديم لشراء بعض الخضار والفواكه الطازجة. كان الجو حارا جدا.',
  ],
  ['windows-874', 'เมื่อวานนี้พวกเราไปเดินเล่นที่ตลาดน้ำใกล้บ้าน อากาศร้อนมากแต่มีลมพัดเย็นสบาย'],
  [
    'shift_jis euc-jp',
    '昨日の夕方、駅前の小さな喫茶店で友達と会いました。雨が降っていたので、とても静かでした。',
  ],
  ['gb18030', '昨天下午我和朋友去公园散步，天气有点凉，但是阳光很好。湖边有很多老人在下棋。'],
  ['big5', '昨天下午我和朋友去公園散步，天氣有點涼，但是陽光很好。湖邊有很多老人在下棋。'],
  [
    'euc-kr',
    '어제 저녁에 친구와 함께 강가를 산책했습니다. 바람이 조금 차가웠지만 하늘이 맑았습니다.',
  ],
];

describe('guessing an encoding', () => {
  for (const [encodings, text] of SAMPLES) {
    for (const encoding of encodings.split(' ')) {
      test(`finds ${encoding} in a hundred characters: ${text.slice(0, 12)}`, async () => {
        const result = await guest.extract(encoderFor(encoding)(text));
        expect(result.pages[0]?.text).toBe(text);
      });
    }
  }

  test('takes a lone byte above ASCII for windows-1252', async () => {
    const blob = Uint8Array.from([...new TextEncoder().encode('price: '), 0xa3, 0x35]);
    const result = await guest.extract(blob);
    expect(result).toMatchObject({ encoding: 'windows-1252', pages: [{ text: 'price: £5' }] });
  });

  test('reads the sample notice', async () => {
    const blob = readFileSync('bundles/documents/samples/notice-shift-jis.txt');
    const result = await guest.extract(blob);
    expect(result.encoding).toBe('shift_jis');
    expect(result.pages[0]?.text).toBe(
      new TextDecoder('shift_jis').decode(blob).replaceAll('\r\n', '\n'),
    );
  });
});

describe('decoding tables', () => {
  const line = (unit: readonly number[]) => [...unit, 0x0a];
  const padding = [...new TextEncoder().encode('plain words '.repeat(5000))];

  test('of koi8-u have the Belarusian letter of the standard, which older versions of ICU lack', async () => {
    const blob = Uint8Array.from([...WHATWG_KOI8_U.keys()].flatMap((byte) => line([byte])));
    const whole = Uint8Array.from([...blob, ...padding]);
    const result = await guest.extract(whole, { mediaType: 'text/plain; charset=koi8-u' });
    expect(result.pages[0]?.text.split('\n').slice(0, 2)).toEqual([...WHATWG_KOI8_U.values()]);
  });

  test.each([
    ...['windows-1250', 'windows-1251', 'windows-1253', 'windows-1254', 'windows-1255'],
    ...['windows-1256', 'windows-1257', 'windows-1258', 'windows-874', 'iso-8859-2', 'iso-8859-3'],
    ...['iso-8859-4', 'iso-8859-5', 'iso-8859-6', 'iso-8859-7', 'iso-8859-8', 'iso-8859-10'],
    ...['iso-8859-13', 'iso-8859-14', 'iso-8859-15', 'koi8-r', 'koi8-u', 'macintosh'],
    ...['x-mac-cyrillic', 'ibm866'],
  ])('of %s agree with the standard', async (label) => {
    const decoder = new TextDecoder(label);
    const upper = Array.from({ length: 128 }, (_, i) => 0x80 + i);
    const known = upper.filter(
      (byte) =>
        !(label === 'koi8-u' && WHATWG_KOI8_U.has(byte)) &&
        /[^\p{C}\ufffd\u00aa]/u.test(decoder.decode(Uint8Array.of(byte))),
    );
    const blob = Uint8Array.from([...known.flatMap((byte) => line([byte])), ...padding]);
    const result = await guest.extract(blob, { mediaType: `text/plain; charset=${label}` });
    expect(result.encoding).toBe(label);
    expect(result.pages[0]?.text.split('\n').slice(0, known.length)).toEqual(
      known.map((byte) => decoder.decode(Uint8Array.of(byte))),
    );
  });

  test.each(['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr'])(
    'of %s agree with the standard',
    async (label) => {
      const decoder = new TextDecoder(label, { fatal: true });
      const pairs: number[][] = [];
      const wanted: string[] = [];
      for (let lead = 0xa1; lead < 0xfe; lead++) {
        for (let trail = 0xa1; trail < 0xff; trail++) {
          const text = decoded(decoder, [lead, trail]);
          if (text === undefined || !/^[^\p{Co}]$/u.test(text)) continue;
          pairs.push([lead, trail]);
          wanted.push(text);
        }
      }
      const blob = Uint8Array.from([...pairs.flatMap(line), ...padding]);
      const result = await guest.extract(blob, { mediaType: `text/plain; charset=${label}` });
      expect(result.encoding).toBe(label);
      expect(result.pages[0]?.text.split('\n').slice(0, pairs.length)).toEqual(wanted);
    },
  );

  test('of GB18030 reach beyond the pairs', async () => {
    const blob = Uint8Array.of(0x94, 0x39, 0xda, 0x33, 0x81, 0x30, 0x86, 0x30);
    const result = await guest.extract(blob, { mediaType: 'text/plain; charset=gb18030' });
    expect(result.pages[0]?.text).toBe(new TextDecoder('gb18030').decode(blob));
  });
});

/** The Encoding Standard: where its koi8-u is not RFC 2319. */
const WHATWG_KOI8_U = new Map([
  [0xae, 'ў'],
  [0xbe, 'Ў'],
]);

function decoded(
  decoder: InstanceType<typeof TextDecoder>,
  pair: readonly number[],
): string | undefined {
  try {
    return decoder.decode(Uint8Array.from(pair));
  } catch {
    return undefined; // these bytes are no character
  }
}
