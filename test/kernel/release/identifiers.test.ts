import { describe, expect, test } from 'vitest';
import { ReleaseGuards } from '../../../host/kernel/release/guards.ts';
import type { GivenNames } from '../../../host/kernel/release/identifiers/words.ts';
import type { Json } from '../../../host/core/json.ts';

function judge(value: Json, names: Partial<GivenNames> = {}): string | null {
  const given = { people: [], files: [], ...names };
  const guards = new ReleaseGuards({ sources: [], names: given, maxWords: 4, seed: 7 });
  const found = guards.judge(value, false);
  return found === null ? null : found.guard === 'identifier' ? found.kind : found.guard;
}

describe('ReleaseGuards: the identifier guard (INV-GUARD-2, D1.3-a)', () => {
  const refused: readonly (readonly [kind: string, text: string])[] = [
    ['email', 'write to alice.j+x@example.co.uk today'],
    ['email', 'write to alice@пример.рф'],
    ['email', 'ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｏｒｇ'],
    ['email', 'al\u200bice@exam\u200bple.org'],
    ['email', 'alice (at) example (dot) org'],
    ['email', 'alice at example dot org'],
    ['email', 'a l i c e @ e x a m p l e . o r g'],
    [
      'email',
      Buffer.from('reach me: alice@example.org').toString('base64').replace(/.{8}/g, '$& '),
    ],
    ['email', 'alice%40example.museum'],
    ['handle', 'ask @alice_42 about it'],
    ['url', 'see https://example.org/x?y=1'],
    ['url', 'see hxxps://example.org/x'],
    ['url', 'see www.example.museum now'],
    ['url', 'it is on discord.gg/abcdef'],
    ['url', 'mailto:someone'],
    ['url', 'go to example.com'],
    ['phone', 'call +31 6 1234 5678'],
    ['phone', 'call (030) 901820-55'],
    ['phone', 'call 555-0134'],
    ['phone', 'call ٠٦١٢٣٤٥٦٧٨'],
    ['phone', 'call zero six one two three four five six seven eight'],
    ['phone', 'ruf null sechs eins zwei drei vier fünf sechs'],
    ['card', 'paid with 4111 1111 1111 1111'],
    ['iban', 'to NL91 ABNA 0417 1643 00 please'],
    ['iban', 'IBAN:DE89370400440532013000'],
    ['iban', 'gb82-west-1234-5698-7654-32'],
    ['ip', 'from 192.168.17.4 yesterday'],
    ['ip', 'from 2001:db8::8a2e:370:7334 yesterday'],
    ['ip', 'card 00:1b:44:11:3a:b7 of it'],
    ['number', 'order 12345678901234567890'],
    ['key', 'token ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
    ['key', 'id 123e4567-e89b-12d3-a456-426614174000'],
    ['key', 'secret wJalrXUtnFEMI7K7MDENGbPxRfi'],
  ];
  test.each(refused)('%s: %s', (kind, text) => {
    expect(judge({ summary: text })).toBe(kind);
  });

  const passed: readonly string[] = [
    'They meet on 2024-03-05 at 10:30 and again on 5.3.2025, 14.30-15.45.',
    'Between 2019-2024 it grew by 12.5 % to 1,234,567 units, about 1 200 000 of them new.',
    'Version 1.2 of the plan has 14 pages (12-14 are new), e.g. the budget; see node.js.',
    'A cost of 3.14159265 or so. The ratio is 16:9, at 3:45 pm.',
    'Someone will ask whether std::vector is better. Either/or, and/or both.',
    'It is done. In the end nobody objected. We agreed at noon.',
    'one or two of them, three at most',
  ];
  test.each(passed)('says nothing of: %s', (text) => {
    expect(judge({ summary: text })).toBeNull();
  });

  test('numbers that are JSON numbers', () => {
    expect(judge({ count: 12345678, share: 0.123456789 })).toBeNull();
    expect(judge({ count: 31612345678 })).toBe('phone');
  });
});

describe('ReleaseGuards: names of the conversation (INV-GUARD-2)', () => {
  const people = ['Alice Johnson', 'xX_dragon_Xx', 'rose', '佐藤', 'Ng'];
  test.each([
    'Alice agreed',
    'it was alice johnson who agreed',
    'as AliceJohnson said',
    'as alice-JOHNSON said',
    'as А1іcе said', // look-alikes and digits
    'a l i c e and the others',
    'xx dragon xx agreed',
    'then Rose agreed',
    '佐藤 agreed',
    'then Ng agreed',
    'nosnhoj ecila',
  ])('refuses: %s', (text) => {
    expect(judge({ text }, { people })).toBe('name');
  });

  test.each([
    'prices rose again',
    'Rose again, the prices did', // a sentence begins there
    'malice is no name, nor is dragonfly',
    'nothing with ng in it',
  ])('lets pass: %s', (text) => {
    expect(judge({ text }, { people })).toBeNull();
  });

  test('nobody silences a channel by calling himself "the"', () => {
    expect(judge({ text: 'The team met. Then the team left.' }, { people: ['the'] })).toBeNull();
  });

  test('file names, with and without what stands after the dot', () => {
    const files = ['Invoice March 2024.pdf'];
    expect(judge({ text: 'about invoice march 2024' }, { files })).toBe('name');
    expect(judge({ text: 'about invoice_march_2024.PDF' }, { files })).toBe('name');
    expect(judge({ text: 'about an invoice of March' }, { files })).toBeNull();
  });
});

test('ReleaseGuards: time grows with the output, whatever stands in it (attacks 59, 62)', () => {
  const hostile = [
    'a '.repeat(50_000),
    'aaaaaaaaaaaa'.repeat(8000),
    '@'.repeat(100_000),
    'a@'.repeat(50_000),
    '1 '.repeat(50_000),
    '1.'.repeat(50_000),
    'NL91'.repeat(25_000),
    ':a'.repeat(50_000),
    ' dot '.repeat(20_000),
    `[${' '.repeat(100_000)}`,
    '&'.repeat(100_000),
    '%61'.repeat(33_000),
    '\\u0061'.repeat(16_000),
    'V'.repeat(100_000),
    '\u{1f600}'.repeat(50_000),
    '\ufdfa'.repeat(50_000),
    Array.from({ length: 300 }, () => 'a b').join('\u0000'),
  ];
  const guards = new ReleaseGuards({
    sources: hostile,
    names: { people: Array.from({ length: 200 }, (_, i) => `a ${String(i)} a a`), files: [] },
    maxWords: 25,
    seed: 11,
  });
  for (const text of hostile) guards.judge([text], true);
  expect(
    guards.judge(
      Array.from({ length: 5000 }, () => 'a b'),
      false,
    ),
  ).not.toBeNull();
}, 60_000);
