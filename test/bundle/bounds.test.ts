import { expect, test } from 'vitest';
import { canonicalJson } from '../../host/core/json.ts';
import { BUNDLE_TYPE, writeEnvelope } from '../../host/bundle/envelope.ts';
import { checkModule, readModule } from '../../host/bundle/module-check.ts';
import { parseManifest } from '../../host/bundle/manifest.ts';
import { checkSchema } from '../../host/bundle/schema-check.ts';
import { assemble, completeManifest, encoder, leb, rawModule, refusalOf, wat } from './support.ts';

test('writeEnvelope: never writes what parseEnvelope would refuse as too large', () => {
  const signature = { keyid: `ed25519:${'A'.repeat(43)}`, bytes: new Uint8Array(64) };
  const write = (payload: Uint8Array, count: number) =>
    refusalOf(() =>
      writeEnvelope({
        payloadType: BUNDLE_TYPE,
        payload,
        signatures: Array.from({ length: count }, () => signature),
      }),
    );
  expect(write(new Uint8Array(), 8)).toBe('accepted');
  expect(write(new Uint8Array(), 9)).toBe('bundle_limit signatures');
  expect(write(new Uint8Array(200_000), 0)).toBe('bundle_limit envelope_bytes');
});

test('checkModule: an import outside the ABI is refused even where it is declared', () => {
  const bytes = assemble(wat('(import "wasi_snapshot_preview1" "random_get" (func))'));
  const { imports } = readModule(bytes);
  const attempt = () => checkModule(bytes, { imports, exports: ['extract_text'], memoryPages: 4 });
  expect(refusalOf(attempt)).toBe('bundle_imports not_allowed');
});

test('readModule: size, types, bodies and names are bounded', () => {
  const raw = (...sections: readonly (readonly number[])[]) =>
    refusalOf(() => readModule(rawModule(...sections)));
  expect(refusalOf(() => readModule(new Uint8Array(32 * 1024 * 1024 + 1)))).toBe(
    'bundle_limit module_bytes',
  );
  const types = Array.from({ length: 100_001 }, () => [0x60, 0, 0]).flat();
  expect(raw([1, ...leb(100_001), ...types])).toBe('bundle_limit module_types');
  const name = new Array<number>(129).fill(0x61);
  expect(raw([7, 1, ...leb(129), ...name, 2, 0])).toBe('bundle_module name');
  expect(raw([7, 1, 5, 0x61])).toBe('bundle_module truncated');
  const body = new Array<number>(7_654_322).fill(0x0b);
  body[0] = 0;
  const code = [10, 1, ...leb(body.length)].concat(body);
  expect(raw([1, 1, 0x60, 0, 0], [3, 1, 0], code)).toBe('bundle_limit function_body');
});

test('checkSchema: bytes, written-out size and nested definitions are bounded', () => {
  const check = (schema: unknown) =>
    refusalOf(() => checkSchema(encoder.encode(JSON.stringify(schema))));
  expect(check({ examples: ['x'.repeat(65_536)] })).toBe('bundle_schema bytes');
  const ref = (level: number) => ({ $ref: `#/$defs/a${String(level)}` });
  const levels = Array.from({ length: 13 }, (_, level) => [
    `a${String(level)}`,
    { properties: { x: ref(level + 1), y: ref(level + 1) } },
  ]);
  const $defs = Object.fromEntries([...levels, ['a13', true]]) as object;
  expect(check({ $defs })).toBe('bundle_schema nodes');
  expect(check({ items: { $defs: {} } })).toBe('bundle_schema defs');
});

test('parseManifest: invalid UTF-8, __proto__ and lone surrogates are seen for what they are', () => {
  const text = canonicalJson(completeManifest());
  const why = (bytes: Uint8Array) => refusalOf(() => parseManifest(bytes));
  const invalid = encoder.encode(text.replace('Text of', 'Text\u0001of'));
  invalid[invalid.indexOf(1)] = 0xff;
  expect(why(invalid)).toBe('bundle_manifest utf8');
  const proto = text.replace('{"SOURCE_DATE_EPOCH', '{"__proto__":"x","SOURCE_DATE_EPOCH');
  expect(why(encoder.encode(proto))).toBe('bundle_manifest proto');
  const surrogate = text.replace('Text of', 'Text\\ud800of');
  expect(why(encoder.encode(surrogate))).toBe('bundle_manifest surrogate');
});
