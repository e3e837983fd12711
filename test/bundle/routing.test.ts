import { expect, test } from 'vitest';
import { pickByMagic, pickByType, pickVariant } from '../../host/bundle/routing.ts';
import { encoder } from './support.ts';

const variant = (name: string, input: object) => ({
  name,
  input: { magic: [], mediaTypes: [], ...input },
});
const VARIANTS = [
  variant('zip', { magic: [{ offset: 0, hex: '504b0304' }], mediaTypes: ['application/zip'] }),
  variant('docx', { magic: [{ offset: 0, hex: '504b0304' }], mediaTypes: ['application/x-docx'] }),
  variant('epub', { magic: [{ offset: 30, hex: '6d696d65' }] }),
  variant('html', {
    magic: [{ offset: 0, hex: '3c68746d6c', ignoreCase: true }],
    mediaTypes: ['text/html'],
  }),
  variant('text', { mediaTypes: ['text/plain'], fallback: true }),
];

function pick(head: string, type?: string): string | undefined {
  return pickVariant(VARIANTS, encoder.encode(head), type)?.name;
}

test('pickVariant: magic wins over the declared type, the longest first, and the first of equals', () => {
  expect(pick('<HtMl>', 'text/plain')).toBe('html');
  expect(pick('PK\x03\x04')).toBe('zip');
  expect(pick(`PK\x03\x04${'\0'.repeat(26)}mime`)).toBe('zip');
});

test('pickVariant: the declared type decides among equals and where no magic matches', () => {
  expect(pick('PK\x03\x04', 'application/x-docx')).toBe('docx');
  expect(pick('PK\x03\x04', 'text/html')).toBe('zip');
  expect(pick('x', ' Text/HTML ; charset=utf-8')).toBe('html');
});

test('pickVariant: the fallback last, and undefined where there is none', () => {
  expect(pick('x')).toBe('text');
  expect(pick('')).toBe('text');
  expect(pick('x', 'application/unknown')).toBe('text');
  expect(pickVariant(VARIANTS.slice(0, 3), encoder.encode('x'), 'text/plain')).toBeUndefined();
  expect(pickVariant<(typeof VARIANTS)[number]>([], encoder.encode('x'))).toBeUndefined();
});

test('pickByMagic: as pickVariant where a magic matches, and nothing where none does', () => {
  const byMagic = (head: string, type?: string): string | undefined =>
    pickByMagic(VARIANTS, encoder.encode(head), type)?.name;
  expect(byMagic('PK\x03\x04')).toBe('zip');
  expect(byMagic('PK\x03\x04', 'application/x-docx')).toBe('docx');
  expect(byMagic('<html>', 'text/plain')).toBe('html');
  expect(byMagic('x', 'text/html')).toBeUndefined();
  expect(byMagic('')).toBeUndefined();
});

test('pickByType: the variant that names the type, and for text the fallback', () => {
  const byType = (type: string, isText: boolean): string | undefined =>
    pickByType(VARIANTS, type, isText)?.name;
  expect(byType('application/x-docx', false)).toBe('docx');
  expect(byType('Text/HTML; charset=x', true)).toBe('html');
  expect(byType('text/unknown', true)).toBe('text');
  expect(byType('application/octet-stream', false)).toBeUndefined();
});
