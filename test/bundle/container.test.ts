import { expect, test } from 'vitest';
import { canonicalJson } from '../../host/core/json.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { decodeBase64, encodeBase64 } from '../../host/crypto/base64.ts';
import { readContainer, writeContainer } from '../../host/bundle/container.ts';
import { parseEnvelope } from '../../host/bundle/envelope.ts';
import { readUnsigned, signContainer } from '../../host/bundle/pack.ts';
import {
  assemble,
  bundle,
  encoder,
  envelopeOf,
  KEY,
  packed,
  rawModule,
  refusalOf,
  wat,
} from './support.ts';

const ONE = Uint8Array.of(1);
const entry = (name: string, content = ONE): Uint8Array => {
  const whole = writeContainer(
    new Map([
      ['bundle.dsse.json', ONE],
      [name, content],
    ]),
  );
  return whole.subarray(1024, -1024);
};
const ENVELOPE = writeContainer(new Map([['bundle.dsse.json', ONE]])).subarray(0, 1024);
const END = new Uint8Array(1024);

function read(...parts: readonly Uint8Array[]): string {
  return refusalOf(() => readContainer(Buffer.concat(parts)));
}

test('readContainer: order, the first entry, padding and the end are as the writer writes them', () => {
  expect(read(ENVELOPE, entry('a'), entry('b'), END)).toBe('accepted');
  expect(read(ENVELOPE, entry('b'), entry('a'), END)).toBe('bundle_container order');
  expect(read(entry('a'), ENVELOPE, END)).toBe('bundle_container first');
  expect(read(ENVELOPE, END, ONE)).toBe('bundle_container end');
  expect(read(ENVELOPE, END, new Uint8Array(512))).toBe('bundle_container end');
  expect(read(ENVELOPE, END.subarray(512))).toBe('bundle_container truncated');
  expect(read(ENVELOPE, END.subarray(512), entry('a'))).toBe('bundle_container end');
  expect(read(END)).toBe('bundle_container empty');
  const padding = Uint8Array.from(ENVELOPE);
  padding[1023] = 1;
  expect(read(padding, END)).toBe('bundle_container padding');
});

test('parseEnvelope: canonical JSON of three fields and nothing else', () => {
  const envelope = envelopeOf(bundle());
  const parse = (value: unknown) =>
    refusalOf(() =>
      parseEnvelope(encoder.encode(typeof value === 'string' ? value : canonicalJson(value))),
    );
  expect(parse(envelope)).toBe('accepted');
  expect(parse(JSON.stringify(envelope, null, 1))).toBe('bundle_signature canonical');
  expect(parse({ ...envelope, extra: 1 })).toBe('bundle_signature shape');
  expect(parse({ ...envelope, payload: `${envelope.payload} ` })).toBe('bundle_signature base64');
  const [signature] = envelope.signatures;
  expect(parse({ ...envelope, signatures: [{ ...signature, cert: '' }] })).toBe(
    'bundle_signature shape',
  );
  expect(parse({ ...envelope, signatures: [{ ...signature, keyid: 'x' }] })).toBe(
    'bundle_signature shape',
  );
  expect(parse('')).toBe('bundle_signature syntax');
  expect(parse('['.repeat(100_000))).toBe('bundle_signature depth');
  expect(parse('{"a":1,"a":2}')).toBe('bundle_signature duplicate_key');
});

test('signContainer: adds a signature, keeps the others, and signing twice changes nothing', () => {
  const second = generateKeyPair();
  const signed = signContainer(signContainer(packed().container, KEY), second);
  expect(envelopeOf(signed).signatures.map(({ keyid }) => keyid)).toEqual([KEY.id, second.id]);
  expect(signContainer(signed, second)).toEqual(signed);
  expect(readUnsigned(signed).digest).toBe(packed().digest);
});

test('decodeBase64: exactly what encodeBase64 gives', () => {
  for (const length of [0, 1, 2, 3, 64]) {
    const bytes = new Uint8Array(length).fill(0xfb);
    expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
  }
  for (const text of ['+_==', 'AA', 'AB==', 'AAA', 'A A=', 'AA==\n', '=', '\u00e9===']) {
    expect(decodeBase64(text), text).toBeUndefined();
  }
});

test('checkModule: exports are functions of the ABI, once, and memory is the memory', () => {
  const exports = (extra: string) =>
    refusalOf(() =>
      packed({}, { 'wasm/pdf.wasm': assemble(wat('', `(memory (export "memory") 1 4) ${extra}`)) }),
    );
  expect(exports('(func (export "_initialize"))')).toBe('accepted');
  expect(exports('(func (export "__wasm_call_ctors"))')).toBe('accepted');
  expect(exports('(func (export "_initialize") (param i32))')).toBe('bundle_module export_type');
  expect(exports('(func (export "_start"))')).toBe('bundle_module export_undeclared');
  expect(exports('(global (export "_initialize") i32 (i32.const 0))')).toBe(
    'bundle_module export_kind',
  );
  const typed = assemble(
    wat()
      .replace('(result i32) (call', '(result i64) (i64.extend_i32_u (call')
      .replace('11))))', '11)))))'),
  );
  expect(refusalOf(() => packed({}, { 'wasm/pdf.wasm': typed }))).toBe('bundle_module export_type');
  const raw = (...section: readonly (readonly number[])[]) =>
    refusalOf(() => packed({}, { 'wasm/pdf.wasm': rawModule(...section) }));
  const memory = [5, 1, 1, 1, 4];
  const name = [6, ...encoder.encode('memory')];
  expect(raw(memory, [7, 2, ...name, 2, 0, ...name, 2, 0])).toBe('bundle_module export_twice');
  expect(raw(memory, [7, 1, ...name, 0, 0])).toBe('bundle_module export_memory');
  expect(raw(memory, [7, 1, ...name, 2, 1])).toBe('bundle_module export_memory');
  expect(raw([1, 1, 0x5f, 0])).toBe('bundle_module type');
  expect(raw([1, 1, 0x60, 1, 0x40, 0])).toBe('bundle_module type');
  expect(raw([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 2, 0, 0])).toBe('bundle_module body');
  expect(raw([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 4, 1, 1, 0x40, 0x0b])).toBe(
    'bundle_module local_type',
  );
  expect(raw([7, 1, 1, 0xff, 0, 0])).toBe('bundle_module name');
  expect(raw([7, ...[0xff, 0xff, 0xff, 0xff, 0x0f]])).toBe('bundle_module truncated');
});
