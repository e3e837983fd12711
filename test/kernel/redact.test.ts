import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from '../../host/kernel/redact.ts';

const SECRET = 'canary+/ "42"&<tok>%zz';
const secret = Buffer.from(SECRET);
const clean = (text: string): string => Buffer.from(redact(Buffer.from(text), secret)).toString();

test('redact (D1.5b): every form in which a server says back what it was sent', () => {
  const basic = Buffer.from(`user:${SECRET}`).toString('base64');
  const forms = [
    SECRET,
    JSON.stringify({ authorization: `Bearer ${SECRET}` }),
    `?t=${encodeURIComponent(SECRET)}&x`,
    `?t=${encodeURIComponent(SECRET).toLowerCase()}`,
    new URLSearchParams({ t: SECRET }).toString(),
    secret.toString('hex'),
    secret.toString('hex').toUpperCase(),
    secret.toString('base64'),
    secret.toString('base64url'),
    `Basic ${basic}`,
    Buffer.from(`x${SECRET}y`).toString('base64url'),
    '<td>canary+/ &quot;42&quot;&amp;&lt;tok&gt;%zz</td>',
    [...secret].map((byte) => `%${byte.toString(16)}`).join(''),
  ];
  for (const form of forms) {
    expect(clean(`before ${form} after ${form}`)).toMatch(/^before .*after .*/s);
    expect(clean(form)).toContain('[redacted]');
  }
  expect(clean(SECRET)).toBe('[redacted]');
  expect(clean('nothing of that kind')).toBe('nothing of that kind');
});

test('redact: whatever stands around it, no form of the secret is left', () => {
  const token = 'ghp_q7Tz0Lm4XcR9aB2sK8dV';
  const bytes = Buffer.from(token);
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (before, after) => {
      const whole = Buffer.concat([before, bytes, after]);
      for (const sent of [
        whole,
        Buffer.from(whole.toString('base64')),
        Buffer.from(whole.toString('hex')),
      ]) {
        const left = Buffer.from(redact(sent, bytes));
        expect(left.includes(token)).toBe(false);
        expect(Buffer.from(left.toString('latin1'), 'base64').includes(token)).toBe(false);
        expect(left.includes(bytes.toString('hex'))).toBe(false);
      }
    }),
  );
});
