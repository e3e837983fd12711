import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectFailure, extract, extracted, FAIL, inputWith, LIMITS } from './pdf-guest.ts';

/** One page each, locked by `qpdf --encrypt PASSWORD owner BITS`. */
const locked = (name: string): Buffer => readFileSync(`test/plugins/locked/${name}.pdf`);
const withPassword = (password: string) => inputWith({ limits: LIMITS, password });
const TEXT = 'The figures behind the lock';

describe.each([
  ['RC4 of 40 bits', 'rc4-40', 'open sesame'],
  ['RC4 of 128 bits, a password beyond ASCII', 'rc4-128', 'schlüssel'],
  ['AES of 128 bits', 'aes-128', 'open sesame'],
  ['AES of 256 bits, a password beyond ASCII', 'aes-256', 'öffne dich'],
  ['AES of 256 bits, quotes and a backslash', 'aes-256-quoted', 'say "open" \\ now'],
])('a PDF locked with %s', (...[, name, password]) => {
  test('opens with its password, and with that of its owner', async () => {
    const ownPages = (await extracted(locked(name), withPassword(password))).pages;
    expect(ownPages.map((page) => page.text)).toEqual([TEXT]);
    const ownersPages = (await extracted(locked(name), withPassword('owner'))).pages;
    expect(ownersPages).toEqual(ownPages);
  });

  test('fails as encrypted without it, and with another', async () => {
    expectFailure(await extract(locked(name)), FAIL.encrypted);
    expectFailure(await extract(locked(name), withPassword('open simsim')), FAIL.encrypted);
    expectFailure(await extract(locked(name), withPassword(`${password}\u0001`)), FAIL.encrypted);
    expectFailure(await extract(locked(name), withPassword('x'.repeat(1024))), FAIL.encrypted);
  });
});

test('a PDF that anybody may read opens, whatever password is given', async () => {
  const pages = (await extracted(locked('owner-only'), withPassword('of another file'))).pages;
  expect(pages.map((page) => page.text)).toEqual([TEXT]);
});

test.each([
  ['no string', { limits: LIMITS, password: 7 }],
  ['empty', { limits: LIMITS, password: '' }],
  ['elsewhere', { limits: { ...LIMITS, password: 'open sesame' } }],
])('a password that is %s is none', async (_, args) => {
  expectFailure(await extract(locked('aes-128'), inputWith(args)), FAIL.encrypted);
});

test('a password that is cut off in the middle is none', async () => {
  const whole = JSON.stringify({ args: { password: 'open sesame' } });
  const cut = new TextEncoder().encode(whole.slice(0, -4));
  expectFailure(await extract(locked('aes-128'), cut), FAIL.encrypted);
});
