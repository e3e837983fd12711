import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../host/core/json.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { readContainer, writeContainer } from '../../host/bundle/container.ts';
import { packBundle, signContainer } from '../../host/bundle/pack.ts';
import {
  assemble,
  bundle,
  CAPABILITY,
  codeOf,
  completeManifest,
  DRAFT,
  encoder,
  envelopeOf,
  files,
  IMPORTS,
  KEY,
  leb,
  MODULE,
  NOW,
  packed,
  publisher,
  rawModule,
  refusalOf,
  SCHEMA,
  signedPayload,
  trust,
  verify,
  wat,
  withEnvelope,
} from './support.ts';

const DAY = 24 * 3_600_000;
const GOOD = bundle();
const ENVELOPE_BLOCKS =
  512 + Math.ceil((readContainer(GOOD).get('bundle.dsse.json')?.length ?? 0) / 512) * 512;

/** A bundle whose file was swapped after it was signed. */
function swapped(path: string, content: Uint8Array): Uint8Array {
  return writeContainer(new Map([...readContainer(GOOD), [path, content]]));
}

/** A copy with the bytes at `at` replaced, and the header checksum at `header` mended. */
function patched(at: number, bytes: Uint8Array | string, header: number): Uint8Array {
  const copy = Uint8Array.from(GOOD);
  copy.set(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, at);
  copy.set(encoder.encode(' '.repeat(8)), header + 148);
  const sum = copy.subarray(header, header + 512).reduce((total, byte) => total + byte, 0);
  copy.set(encoder.encode(`${sum.toString(8).padStart(6, '0')}\0 `), header + 148);
  return copy;
}

/** The refusal of a container in which the second entry has this name. */
function named(name: string): string {
  return codeOf(() =>
    readContainer(patched(ENVELOPE_BLOCKS, name.padEnd(100, '\0'), ENVELOPE_BLOCKS)),
  );
}

/** Packs a manifest with one changed capability. */
function withCapability(change: object): () => unknown {
  return () => packed({ capabilities: [{ ...CAPABILITY, ...change }] });
}

/** Verifies a bundle with this module in place of the good one. */
function withModule(module: Uint8Array): () => unknown {
  return () => packed({}, { 'wasm/pdf.wasm': module });
}

function withSchema(schema: string): () => unknown {
  return () => packed({}, { 'schemas/in.json': schema });
}

test('N1 verifyBundle: one flipped bit of a module is bundle_files', () => {
  for (const at of [0, 9, MODULE.length - 1]) {
    const module = Uint8Array.from(MODULE, (byte, index) => (index === at ? byte ^ 1 : byte));
    expect(codeOf(() => verify(swapped('wasm/pdf.wasm', module)))).toBe('bundle_files');
  }
});

test('N2 verifyBundle: the payload of another valid bundle is bundle_signature', () => {
  const other = envelopeOf(bundle({ sequence: 6 }));
  const { signatures } = envelopeOf(GOOD);
  const mixed = withEnvelope(GOOD, canonicalJson({ ...other, signatures }));
  expect(codeOf(() => verify(mixed))).toBe('bundle_signature');
});

test('N3 verifyBundle: another payload type, and an approval dressed as a bundle', () => {
  const payloadType = 'application/vnd.ccos.approval.v1+json';
  const renamed = withEnvelope(GOOD, canonicalJson({ ...envelopeOf(GOOD), payloadType }));
  expect(codeOf(() => verify(renamed))).toBe('bundle_signature');
  const approval = canonicalJson({ approvedBy: 'operator', bundle: 'a'.repeat(64), grants: [] });
  expect(codeOf(() => verify(signedPayload(approval, { payloadType })))).toBe('bundle_signature');
  const dressed = { ...envelopeOf(signedPayload(approval, { payloadType })) };
  dressed.payloadType = envelopeOf(GOOD).payloadType;
  expect(codeOf(() => verify(withEnvelope(GOOD, canonicalJson(dressed))))).toBe('bundle_signature');
  expect(codeOf(() => verify(signedPayload(approval)))).toBe('bundle_manifest');
});

test('N4 verifyBundle: a downgrade and an equivocation are bundle_rollback', () => {
  const { digest } = verify(GOOD);
  const at = (sequence: number, other: object = {}) =>
    codeOf(() => verify(GOOD, { floor: { sequence, ...other } }));
  expect(at(6)).toBe('bundle_rollback');
  expect(at(5, { digest: '0'.repeat(64) })).toBe('bundle_rollback');
  expect(at(4, { version: '1.3.0' })).toBe('bundle_rollback');
  expect(at(5, { digest })).toBe('accepted');
  expect(at(4, { digest: '0'.repeat(64), version: '1.2.0-rc.1' })).toBe('accepted');
});

describe('N6 readContainer: a name that is not the same file everywhere is bundle_container', () => {
  const names = [
    '../x',
    '/x',
    'a//b',
    './a',
    'a/./b',
    'a/../b',
    'a\\b',
    'c:x',
    'a\0b',
    'a.',
    'a./b',
  ];
  const devices = ['con', 'nul', 'aux.txt', 'a/com1', 'lpt9.md', 'prn'];
  test.each([...names, ...devices, '', ' a', '.a', 'a/', 'a'.repeat(65), 'a/b/c/d/e/f'])(
    '%j',
    (name) => {
      expect(named(name)).toBe('bundle_container');
      expect(
        codeOf(() =>
          writeContainer(
            new Map([
              ['bundle.dsse.json', MODULE],
              [name, MODULE],
            ]),
          ),
        ),
      ).toBe('bundle_container');
    },
  );
  test('101 bytes', () => {
    const name = `${'a'.repeat(60)}/${'b'.repeat(40)}`;
    expect(
      codeOf(() =>
        writeContainer(
          new Map([
            ['bundle.dsse.json', MODULE],
            [name, MODULE],
          ]),
        ),
      ),
    ).toBe('bundle_container');
  });
});

test('N7 readContainer: compressed files, huge sizes and GNU or sparse headers are refused', () => {
  const magics = [
    [0x1f, 0x8b, 8],
    [0x50, 0x4b, 3, 4],
    [0x42, 0x5a, 0x68],
  ];
  for (const magic of magics) {
    const bytes = new Uint8Array(4096).fill(7);
    bytes.set(magic);
    expect(codeOf(() => readContainer(bytes))).toBe('bundle_container');
  }
  const at = ENVELOPE_BLOCKS;
  const code = (field: number, text: string) =>
    codeOf(() => readContainer(patched(at + field, text, at)));
  expect(code(124, '77777777777\0')).toBe('bundle_limit');
  expect(code(124, '120000000000')).toBe('bundle_container');
  expect(code(124, '\x80\0\0\0\0\0\0\x02\x80\0\0\0')).toBe('bundle_container');
  for (const type of 'LKSgxV') expect(code(156, type)).toBe('bundle_container');
  expect(code(257, 'ustar  \0')).toBe('bundle_container');
});

test('N8 readContainer: the same name twice, in either order, is bundle_container', () => {
  const entry = (name: string, content: string): Uint8Array => {
    const whole = writeContainer(
      new Map([
        ['bundle.dsse.json', new Uint8Array()],
        [name, encoder.encode(content)],
      ]),
    );
    return whole.subarray(512, -1024);
  };
  const envelope = writeContainer(new Map([['bundle.dsse.json', new Uint8Array()]])).subarray(
    0,
    512,
  );
  for (const pair of [
    ['good', 'evil'],
    ['evil', 'good'],
  ]) {
    const bytes = Buffer.concat([
      envelope,
      ...pair.map((text) => entry('a', text)),
      new Uint8Array(1024),
    ]);
    expect(refusalOf(() => readContainer(bytes))).toBe('bundle_container duplicate');
  }
});

test('N9 verifyBundle: an extra file, a missing one and an emptied one are bundle_files', () => {
  const without = new Map(readContainer(GOOD));
  without.delete('docs/pdf.md');
  const empty = new Uint8Array();
  expect(codeOf(() => verify(swapped('docs/extra.md', empty)))).toBe('bundle_files');
  expect(codeOf(() => verify(writeContainer(without)))).toBe('bundle_files');
  expect(codeOf(() => verify(swapped('docs/pdf.md', empty)))).toBe('bundle_files');
});

test('N10 verifyBundle: a key and a bundle past notAfter are bundle_expired', () => {
  const keys = [{ ...KEY, notAfter: NOW - 1 }];
  const old = trust({ publishers: [publisher({ keys })] });
  expect(codeOf(() => verify(GOOD, { trust: old }))).toBe('bundle_expired');
  expect(codeOf(() => verify(GOOD, { trust: old, mode: 'load' }))).toBe('bundle_expired');
  expect(codeOf(() => verify(GOOD, { trust: old, now: NOW - DAY }))).toBe('accepted');
  const late = { now: Date.parse(DRAFT.notAfter) + 1 };
  expect(codeOf(() => verify(GOOD, late))).toBe('bundle_expired');
  expect(codeOf(() => verify(GOOD, { ...late, mode: 'load' }))).toBe('accepted');
});

test('N11 verifyBundle: an unknown key, and a known key id over the signature of another key', () => {
  const stranger = generateKeyPair();
  const foreign = signContainer(packed().container, stranger);
  expect(codeOf(() => verify(foreign))).toBe('bundle_untrusted_key');
  const envelope = envelopeOf(foreign);
  const claimed = envelope.signatures.map(({ sig }) => ({ keyid: KEY.id, sig }));
  const bytes = withEnvelope(foreign, canonicalJson({ ...envelope, signatures: claimed }));
  for (const mode of ['install', 'load'] as const) {
    expect(codeOf(() => verify(bytes, { mode }))).toBe('bundle_signature');
  }
});

test('N12 verifyBundle: a malleated, cut, long or loosely encoded signature is bundle_signature', () => {
  const envelope = envelopeOf(GOOD);
  const sig = envelope.signatures[0]?.sig ?? '';
  const raw = Buffer.from(sig, 'base64');
  const group = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = BigInt(`0x${Buffer.from(raw.subarray(32)).reverse().toString('hex')}`) + group;
  const malleated = Buffer.concat([
    raw.subarray(0, 32),
    Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse(),
  ]);
  const tail = sig.replace(
    /(.)==$/,
    (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}==`,
  );
  const bad = [
    malleated.toString('base64'),
    raw.subarray(0, 63).toString('base64'),
    Buffer.concat([raw, Buffer.alloc(1)]).toString('base64'),
    '',
    `${sig.slice(0, 8)} ${sig.slice(8)}`,
    `${sig}\n`,
    `-_${sig.slice(2)}`,
    sig.replaceAll('=', ''),
    tail,
  ];
  for (const text of bad) {
    const signatures = [{ keyid: KEY.id, sig: text }];
    const bytes = withEnvelope(GOOD, canonicalJson({ ...envelope, signatures }));
    for (const mode of ['install', 'load'] as const) {
      expect(
        codeOf(() => verify(bytes, { mode })),
        text,
      ).toBe('bundle_signature');
    }
  }
  const unsigned = withEnvelope(GOOD, canonicalJson({ ...envelope, signatures: [] }));
  expect(codeOf(() => verify(unsigned))).toBe('bundle_signature');
});

test('N14 readContainer: names that meet after case folding or normalisation are bundle_container', () => {
  for (const name of ['README.MD', 'caf\u00e9.md', 'cafe\u0301.md', '\uff41.md']) {
    const bytes = encoder.encode(name);
    const field = new Uint8Array(100);
    field.set(bytes);
    const container = patched(ENVELOPE_BLOCKS, field, ENVELOPE_BLOCKS);
    expect(codeOf(() => readContainer(container))).toBe('bundle_container');
  }
  const nested = new Map([
    ['bundle.dsse.json', MODULE],
    ['a', MODULE],
    ['a/b', MODULE],
  ]);
  expect(refusalOf(() => writeContainer(nested))).toBe('bundle_container parent');
});

test('N15 readContainer: links, devices, pipes and directories are bundle_container', () => {
  const at = ENVELOPE_BLOCKS;
  for (const type of ['1', '2', '3', '4', '5', '6', '7', '\0']) {
    expect(codeOf(() => readContainer(patched(at + 156, type, at)))).toBe('bundle_container');
  }
  expect(codeOf(() => readContainer(patched(at + 157, 'etc/passwd', at)))).toBe('bundle_container');
  expect(codeOf(() => readContainer(patched(at + 100, '0000755\0', at)))).toBe('bundle_container');
  expect(codeOf(() => readContainer(patched(at + 345, 'dir', at)))).toBe('bundle_container');
});

test('N16 readContainer, parseEnvelope: what is over a bound is bundle_limit', () => {
  const empty = new Uint8Array();
  const envelope = ['bundle.dsse.json', empty] as const;
  const large = new Map([envelope, ['a', new Uint8Array(32 * 1024 * 1024 + 1)]]);
  expect(codeOf(() => writeContainer(large))).toBe('bundle_limit');
  const many = Array.from({ length: 256 }, (_, index) => [`f${String(index)}`, empty] as const);
  expect(codeOf(() => writeContainer(new Map([envelope, ...many])))).toBe('bundle_limit');
  expect(codeOf(() => writeContainer(new Map([envelope, ...many.slice(1)])))).toBe('accepted');
  expect(codeOf(() => readContainer(new Uint8Array(64 * 1024 * 1024 + 1)))).toBe('bundle_limit');
  const long = withEnvelope(GOOD, new Uint8Array(256 * 1024 + 1));
  expect(codeOf(() => verify(long))).toBe('bundle_limit');
  const signature = envelopeOf(GOOD).signatures[0];
  const signatures = Array.from({ length: 9 }, () => signature);
  const nine = withEnvelope(GOOD, canonicalJson({ ...envelopeOf(GOOD), signatures }));
  expect(codeOf(() => verify(nine))).toBe('bundle_limit');
  const limits = { ...CAPABILITY.limits, timeMs: 60_001 };
  expect(codeOf(() => packed({ limits }))).toBe('bundle_limit');
  expect(codeOf(withCapability({ limits }))).toBe('bundle_limit');
});

describe('N17 checkModule: WASI and Emscripten imports are bundle_imports', () => {
  test.each([
    ['wasi_snapshot_preview1', 'fd_write'],
    ['wasi_snapshot_preview1', 'random_get'],
    ['wasi:random/random', 'get-random-bytes'],
    ['env', 'emscripten_resize_heap'],
    ['env', 'abort'],
  ])('%s %s', (module, field) => {
    const bytes = assemble(wat(`(import "${module}" "${field}" (func (result i32)))`));
    expect(codeOf(withModule(bytes))).toBe('bundle_imports');
    const manifest = completeManifest();
    const capabilities = [{ ...CAPABILITY, imports: [`${module}.${field}`] }];
    const signed = signedPayload(canonicalJson({ ...manifest, capabilities }));
    expect(codeOf(() => verify(signed))).toBe('bundle_imports');
  });
});

test('N18 checkModule: http, variables, configuration and log of Extism are bundle_imports', () => {
  for (const name of ['http_request', 'http_status_code', 'var_get', 'config_get', 'log_info']) {
    const bytes = assemble(
      wat(`(import "extism:host/env" "${name}" (func (param i64) (result i64)))`),
    );
    expect(codeOf(withModule(bytes))).toBe('bundle_imports');
  }
});

test('N19 checkModule: imports that are not exactly the declared ones are bundle_imports', () => {
  const manifest = completeManifest();
  const declare = (imports: readonly string[], effects = CAPABILITY.effects) => {
    const capabilities = [{ ...CAPABILITY, effects, imports }];
    return refusalOf(() => verify(signedPayload(canonicalJson({ ...manifest, capabilities }))));
  };
  const real = ['ccos:host/1.out_write', 'ccos:host/1.q_read'];
  expect(declare(real)).toBe('accepted');
  expect(declare([...real, 'ccos:host/1.q_stat'])).toBe('bundle_imports not_as_declared');
  expect(declare(real.slice(1))).toBe('bundle_imports not_as_declared');
  expect(declare(['ccos:host/2.out_write', 'ccos:host/1.q_read'])).toBe(
    'bundle_imports not_allowed',
  );
  expect(declare(real, [])).toBe('bundle_imports effect_not_declared');
  const renamed = IMPORTS.replaceAll('ccos:host/1', 'ccos:host/2');
  const other = assemble(wat().replace(IMPORTS, renamed));
  expect(codeOf(withModule(other))).toBe('bundle_imports');
  const twice = assemble(
    wat('(import "ccos:host/1" "out_write" (func (param i32 i32) (result i32)))'),
  );
  expect(refusalOf(withModule(twice))).toBe('bundle_imports twice');
  const typed = assemble(wat('(import "ccos:host/1" "fail" (func (param i64)))'));
  expect(refusalOf(withModule(typed))).toBe('bundle_imports type');
});

test('N20 checkModule: a memory that is not one bounded 32-bit memory of its own is bundle_module', () => {
  const memory = (text: string, features = {}) =>
    refusalOf(withModule(assemble(wat('', text), features)));
  expect(memory('(memory (export "memory") 1)')).toBe('bundle_module memory_without_maximum');
  expect(memory('(memory (export "memory") 1 17)')).toBe('bundle_module memory_maximum');
  const imported = wat('(import "env" "memory" (memory 1 4))', '(export "memory" (memory 0))');
  expect(refusalOf(withModule(assemble(imported)))).toBe('bundle_module imported_memory');
  const threads = { threads: true };
  expect(memory('(memory (export "memory") 1 4 shared)', threads)).toBe(
    'bundle_module memory_flags',
  );
  const raw = (...section: readonly number[]) => refusalOf(withModule(rawModule([5, ...section])));
  expect(raw(1, 5, 1, 4)).toBe('bundle_module memory_flags');
  expect(raw(2, 1, 1, 4, 1, 1, 4)).toBe('bundle_module memory_count');
  expect(raw(0)).toBe('bundle_module memory_count');
  expect(raw(1, 1, 4, 1)).toBe('bundle_module memory_limits');
  const table = (limits: string) =>
    refusalOf(
      withModule(assemble(wat('', `(table ${limits} funcref) (memory (export "memory") 1 4)`))),
    );
  expect(table('1')).toBe('bundle_module table_without_maximum');
  expect(table('1 100001')).toBe('bundle_module table_maximum');
  const global = wat('(import "env" "g" (global i32))');
  expect(refusalOf(withModule(assemble(global)))).toBe('bundle_module imported_global');
});

test('N21 checkModule: broken order, doubled sections, trailing bytes, components, bad LEB128', () => {
  const memory = [5, 1, 1, 1, 4];
  const types = [1, 0];
  const raw = (...sections: readonly (readonly number[])[]) =>
    refusalOf(withModule(rawModule(...sections)));
  expect(raw(memory, types)).toBe('bundle_module section_order');
  expect(raw(types, types)).toBe('bundle_module section_order');
  expect(raw([6, 0], [13, 0])).toBe('bundle_module section_order');
  expect(raw([10, 0], [12, 0])).toBe('bundle_module section_order');
  expect(raw(types, memory, [13, 0], [6, 0], [9, 0], [12, 0], [10, 0], [11, 0])).toBe(
    'bundle_module export_missing',
  );
  expect(raw([14, 0])).toBe('bundle_module section_unknown');
  expect(raw([1, 0, 0])).toBe('bundle_module trailing');
  expect(raw([0, 1, 0x78])).toBe('bundle_module custom_section');
  expect(raw([3, 1, 0])).toBe('bundle_module code_count');
  expect(raw([10, 1, 2, 0, 0x0b])).toBe('bundle_module code_count');
  expect(raw([1, 0x80])).toBe('bundle_module truncated');
  expect(raw([3, 1, 0x80, 0x80, 0x80, 0x80, 0x10])).toBe('bundle_module leb128');
  expect(raw([3, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0])).toBe('bundle_module leb128');
  const component = Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);
  expect(refusalOf(withModule(component))).toBe('bundle_module preamble');
  expect(refusalOf(withModule(MODULE.subarray(0, -1)))).toBe('bundle_module truncated');
  expect(refusalOf(withModule(Buffer.concat([MODULE, Buffer.from([0])])))).toBe(
    'bundle_module truncated',
  );
  expect(refusalOf(withModule(new Uint8Array()))).toBe('bundle_module truncated');
});

test('N22 checkModule: modules that are built to be slow to compile are bundle_limit, at once', () => {
  const type = [1, 1, 0x60, 0, 0];
  const functions = (count: number, body: readonly number[]) =>
    rawModule(
      type,
      [3, ...leb(count), ...new Array<number>(count).fill(0)],
      [
        10,
        ...leb(count),
        ...Array.from({ length: count }, () => [...leb(body.length), ...body]).flat(),
      ],
    );
  const started = performance.now();
  expect(refusalOf(withModule(functions(100_001, [0, 0x0b])))).toBe('bundle_limit functions');
  expect(refusalOf(withModule(functions(1, [1, ...leb(50_001), 0x7f, 0x0b])))).toBe(
    'bundle_limit locals',
  );
  const many = [2, ...leb(25_000), 0x7f, ...leb(25_000), 0x7e, 0x0b];
  expect(refusalOf(withModule(functions(10_000, many)))).toBe('bundle_limit compile_cost');
  const deep = [1, ...leb(50_000), 0x7f, ...new Array<number>(50_000).fill(0x0b)];
  expect(refusalOf(withModule(functions(1, deep)))).toBe('bundle_limit compile_cost');
  const manyParams = [1, 1, 0x60, ...leb(1000), ...new Array<number>(1000).fill(0x7f), 0];
  const long = [0, ...new Array<number>(300_000).fill(0x0b)];
  const wide = rawModule(manyParams, [3, 1, 0], [10, 1, ...leb(long.length), ...long]);
  expect(refusalOf(withModule(wide))).toBe('bundle_limit compile_cost');
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('N23 verifyBundle: a threshold of two counts raw keys, and only good signatures', () => {
  const second = generateKeyPair();
  const both = signContainer(GOOD, second);
  const two = (keys: readonly object[]) => ({
    trust: trust({ publishers: [publisher({ keys: keys as never, threshold: 2 })] }),
  });
  expect(codeOf(() => verify(both, two([KEY, second])))).toBe('accepted');
  expect(verify(both, two([KEY, second])).signers).toEqual([KEY.id, second.id]);
  const envelope = envelopeOf(both);
  const [one, other] = envelope.signatures;
  const resigned = (signatures: readonly unknown[]) =>
    withEnvelope(both, canonicalJson({ ...envelope, signatures }));
  expect(codeOf(() => verify(resigned([one, one]), two([KEY, second])))).toBe('bundle_threshold');
  const alias = { ...KEY, id: second.id };
  const aliased = resigned([one, { ...one, keyid: alias.id }]);
  expect(codeOf(() => verify(aliased, two([KEY, alias])))).toBe('bundle_threshold');
  const bad = resigned([one, { ...other, sig: one?.sig }]);
  expect(codeOf(() => verify(bad, two([KEY, second])))).toBe('bundle_threshold');
  expect(
    codeOf(() =>
      verify(bad, { trust: trust({ publishers: [publisher({ keys: [KEY, second] })] }) }),
    ),
  ).toBe('bundle_signature');
  const none = trust({ publishers: [publisher({ keys: [], threshold: 0 })] });
  expect(codeOf(() => verify(GOOD, { trust: none }))).toBe('bundle_untrusted_key');
});

test('N24 verifyBundle: a name outside the namespace, a foreign publisher, an effect too many', () => {
  expect(codeOf(() => verify(bundle({ name: 'other/x' })))).toBe('bundle_untrusted_key');
  expect(codeOf(() => verify(bundle({ publisher: { id: 'other' } })))).toBe('bundle_untrusted_key');
  const other = publisher({ id: 'other', keys: [generateKeyPair()], namespaces: ['other/*'] });
  const both = { trust: trust({ publishers: [publisher(), other] }) };
  const posing = bundle({ name: 'other/x', publisher: { id: 'other' } });
  expect(codeOf(() => verify(posing, both))).toBe('bundle_untrusted_key');
  const exact = { trust: trust({ publishers: [publisher({ namespaces: ['acme/doc'] })] }) };
  expect(codeOf(() => verify(GOOD, exact))).toBe('bundle_untrusted_key');
  const effects = ['quarantine.read', 'net.http'];
  const output = { ...CAPABILITY.output, kind: 'action' };
  const net = { ...CAPABILITY, kind: 'action', output, effects, hosts: ['api.example.org'] };
  expect(codeOf(() => verify(bundle({ capabilities: [net] })))).toBe('bundle_permission');
});

test('N25 verifyBundle: a revoked digest and a revoked key are bundle_revoked in both modes', () => {
  const { digest } = verify(GOOD);
  for (const mode of ['install', 'load'] as const) {
    const revoked = { mode, trust: trust({ revokedBundles: new Set([digest]) }) };
    expect(codeOf(() => verify(GOOD, revoked))).toBe('bundle_revoked');
    const keys = [{ ...KEY, revokedSince: NOW - DAY }];
    const publishers = [publisher({ keys })];
    expect(codeOf(() => verify(GOOD, { mode, trust: trust({ publishers }) }))).toBe(
      'bundle_revoked',
    );
    const installedBefore = (known: string, since: number) =>
      known === digest && since === NOW - DAY;
    expect(
      codeOf(() => verify(GOOD, { mode, trust: trust({ publishers, installedBefore }) })),
    ).toBe('accepted');
  }
});

describe('N26 parseManifest: signed or not, a loose manifest is bundle_manifest', () => {
  const manifest = completeManifest();
  const text = canonicalJson(manifest);
  const cases: Record<string, string | Uint8Array> = {
    'duplicate keys': text.replace('"sequence":5', '"sequence":5,"sequence":6'),
    __proto__: text.replace(
      '{"SOURCE_DATE_EPOCH":"0"}',
      '{"SOURCE_DATE_EPOCH":"0","__proto__":"x"}',
    ),
    'lone surrogate': text.replace('Text of a PDF', '\\ud800'),
    '1.0': text.replace('"sequence":5', '"sequence":5.0'),
    '1e2': text.replace('"sequence":5', '"sequence":1e2'),
    fraction: text.replace('"sequence":5', '"sequence":5.5'),
    negative: text.replace('"sequence":5', '"sequence":-5'),
    '2^53+1': text.replace('"sequence":5', '"sequence":9007199254740993'),
    '2^53': text.replace('"sequence":5', '"sequence":9007199254740992'),
    BOM: `\ufeff${text}`,
    spaces: text.replace('"sequence":5', '"sequence": 5'),
    escapes: text.replace('Text', '\\u0054ext'),
    'other order': JSON.stringify(Object.fromEntries(Object.entries(manifest).reverse())),
    'unknown field': canonicalJson({ ...manifest, extra: 1 }),
    'unknown feature': canonicalJson({
      ...manifest,
      requires: { ...DRAFT.requires, features: ['gpu'] },
    }),
    'unknown format': canonicalJson({ ...manifest, format: 'ccos-bundle/2' }),
    '10 000 deep': '['.repeat(10_000) + ']'.repeat(10_000),
    'invalid UTF-8': Uint8Array.from([0x22, 0xff, 0x22]),
    'no JSON': '{',
    empty: '',
  };
  test.each(Object.entries(cases))('%s', (_, payload) => {
    expect(codeOf(() => verify(signedPayload(payload)))).toBe('bundle_manifest');
  });
  test('a manifest for a newer host', () => {
    const newer = bundle({ requires: { ...DRAFT.requires, host: '>=1.5' } });
    expect(codeOf(() => verify(newer))).toBe('bundle_manifest');
  });
});

describe('N27 checkSchema: what could run away or reach out is bundle_schema', () => {
  const cases = {
    'http $ref': '{"$ref":"https://example.org/s.json"}',
    'file $ref': '{"$ref":"file:///etc/passwd"}',
    '$ref to another file': '{"$ref":"out.json#/$defs/a"}',
    '$ref out of the bundle': '{"$ref":"../../x.json"}',
    '$ref to nothing': '{"$ref":"#/$defs/a"}',
    '$ref to itself': '{"$defs":{"a":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}',
    recursion: '{"$defs":{"a":{"items":{"$ref":"#/$defs/a"}}},"$ref":"#/$defs/a"}',
    'unused recursion': '{"$defs":{"a":{"not":{"$ref":"#/$defs/a"}}}}',
    'exponential $ref': `{"$defs":{${Array.from({ length: 24 }, (_, n) => `"a${String(n)}":{"allOf":[{"$ref":"#/$defs/a${String(n + 1)}"},{"$ref":"#/$defs/a${String(n + 1)}"}]}`).join()},"a24":true}}`,
    'wide allOf': `{"allOf":[${new Array<string>(64).fill('{"type":"object"}').join()}]}`,
    '^(a+)+$': '{"pattern":"^(a+)+$"}',
    'a*b': '{"pattern":"a*b"}',
    '^a*a*b': '{"pattern":"^a*a*b"}',
    '10 000 deep': `${'{"not":'.repeat(10_000)}{}${'}'.repeat(10_000)}`,
    '33 deep': `${'{"not":'.repeat(32)}{}${'}'.repeat(32)}`,
    $data: '{"maxLength":{"$data":"1/x"}}',
    $dynamicRef: '{"$dynamicRef":"#a"}',
    $id: '{"$id":"https://example.org/"}',
    'an absolute name of the interpreter': '{"__absolute_ref__":"#"}',
    uniqueItems: '{"uniqueItems":true}',
    format: '{"format":"email"}',
    'a bound that is no number': '{"maxLength":"9"}',
    'another draft': '{"$schema":"http://json-schema.org/draft-04/schema#"}',
    __proto__: '{"properties":{"__proto__":{}}}',
    'duplicate keys': '{"maxLength":1,"maxLength":9}',
    'over 64 KiB': `{"$comment":"${' '.repeat(65_536)}"}`,
    'no JSON': '{',
  };
  test.each(Object.entries(cases))('%s', (_, schema) => {
    expect(codeOf(withSchema(schema))).toBe('bundle_schema');
  });
  test('the plain schema is accepted', () => {
    expect(codeOf(withSchema(SCHEMA))).toBe('accepted');
    expect(codeOf(() => packBundle({ manifest: DRAFT, files: files() }))).toBe('accepted');
  });
});
