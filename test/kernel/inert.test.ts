import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PUBLIC, labelOf } from '../../host/core/label.ts';
import { inert } from '../../host/kernel/inert.ts';

const TAINTED = { label: labelOf(['pii.redacted']), hosts: ['good.example'] };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const after = (body: string, leaving = TAINTED): string => text(inert(Buffer.from(body), leaving));

/** What a chat, a browser or a mail program would follow in each, once it has read it. */
const FOLLOWED = /https:\/\/evil|evil\.example|@everyone|<@1>|\]\(/;

/** The ways in which the same text is written for a program that decodes it. */
const BODIES: Readonly<Record<string, readonly [body: string, read: (body: string) => string]>> = {
  plain: ['see https://evil.example/?q=1 @everyone <@1> [x](y)', (body) => body],
  JSON: [
    JSON.stringify({ content: 'https://evil.example/?q=1', n: [1.5, '@everyone'] }),
    (body) => JSON.stringify(JSON.parse(body)),
  ],
  'JSON with escapes': [
    '{"content":"\\u0068ttps:\\/\\/evil\\u002eexample \\u0040everyone"}',
    (body) => JSON.stringify(JSON.parse(body)),
  ],
  'a name in JSON': ['{"https://evil.example/":1}', (body) => body],
  'a form': [
    new URLSearchParams({ text: 'https://evil.example/ @everyone <@1>' }).toString(),
    (body) => [...new URLSearchParams(body)].flat().join(' '),
  ],
  'JSON in a form in JSON': [
    JSON.stringify({
      form: new URLSearchParams({ payload: '{"t":"\\u0068ttps://evil\\u002eexample"}' }).toString(),
    }),
    (body) => {
      const { form } = JSON.parse(body) as { form: string };
      return JSON.stringify(JSON.parse(new URLSearchParams(form).get('payload') ?? ''));
    },
  ],
};

describe('inert (attack 54, INV-EGRESS-3): nothing is followed in', () => {
  test.each(Object.entries(BODIES))('%s', (_, [body, read]) => {
    expect(read(body)).toMatch(FOLLOWED);
    expect(read(after(body))).not.toMatch(FOLLOWED);
  });
});

test('inert: what is public leaves as it is (what the rule is for), and so do bytes that are no text', () => {
  for (const [body] of Object.values(BODIES))
    expect(after(body, { ...TAINTED, label: PUBLIC })).toBe(body);
  const bytes = Buffer.from([0xff, 0xfe, 0x68, 0x74, 0x74, 0x70]);
  expect(inert(bytes, TAINTED)).toBe(bytes);
});

test('inert: what has nothing to follow is the same to the byte, numbers too', () => {
  for (const body of ['{"n": 12345678901234567890, "t": "plain"}', 'a=1&b=2+3', 'plain words'])
    expect(after(body)).toBe(body);
  expect(after('see https://good.example/a')).toBe('see https://good.example/a');
});

test('inert: twice is once', () => {
  const words = fc.constantFrom('https://', 'evil.example', '@all', '"', '{', '&', '=', '%40', ' ');
  fc.assert(
    fc.property(fc.array(words), (parts) => {
      const once = after(parts.join(''));
      expect(after(once)).toBe(once);
    }),
  );
});
