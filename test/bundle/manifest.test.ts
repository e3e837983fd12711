import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../host/core/json.ts';
import type { CcosError } from '../../host/core/error.ts';
import { describeBundle } from '../../host/bundle/describe.ts';
import { parseManifest } from '../../host/bundle/manifest.ts';
import { compareVersions, satisfies } from '../../host/bundle/version.ts';
import {
  CAPABILITY,
  completeManifest,
  DRAFT,
  encoder,
  MODULE,
  packed,
  refusalOf,
  verify,
  bundle,
} from './support.ts';

const MANIFEST = completeManifest();

function parse(change: object): unknown {
  return parseManifest(encoder.encode(canonicalJson({ ...MANIFEST, ...change })));
}

function withCapabilities(...changes: readonly object[]): string {
  const capabilities = changes.map((change) => ({ ...MANIFEST.capabilities[0], ...change }));
  return refusalOf(() => parse({ capabilities }));
}

const { input, output } = CAPABILITY;

describe('parseManifest: the rules between fields', () => {
  test('files are sorted, listed once, never the envelope, and no module is unused', () => {
    const extra = { path: 'wasm/z.wasm', size: 1, sha256: '0'.repeat(64), role: 'module' };
    const files = (list: readonly object[]) => refusalOf(() => parse({ files: list }));
    expect(files([...MANIFEST.files].reverse())).toBe('bundle_manifest file_order');
    expect(files([...MANIFEST.files, MANIFEST.files.at(-1) ?? {}])).toBe(
      'bundle_manifest file_order',
    );
    expect(files([{ ...extra, path: 'bundle.dsse.json', role: 'doc' }, ...MANIFEST.files])).toBe(
      'bundle_manifest file_order',
    );
    expect(files([...MANIFEST.files, extra])).toBe('bundle_manifest module_unused');
  });

  test('every path that is named is listed with its role', () => {
    const schema = 'docs/pdf.md';
    expect(withCapabilities({ doc: 'schemas/in.json' })).toBe('bundle_manifest doc_file');
    expect(withCapabilities({ input: { ...input, schema } })).toBe('bundle_manifest schema_file');
    expect(withCapabilities({ output: { ...output, schema } })).toBe('bundle_manifest schema_file');
    expect(withCapabilities({}, { variant: 'b', module: schema })).toBe(
      'bundle_manifest module_file',
    );
    expect(refusalOf(() => parse({ recommendedPolicy: schema }))).toBe(
      'bundle_manifest policy_file',
    );
  });

  test('variants are distinct and one of them at most is the fallback', () => {
    const fallback = { input: { ...input, fallback: true } };
    expect(withCapabilities({}, {})).toBe('bundle_manifest variant_twice');
    expect(withCapabilities(fallback, { ...fallback, variant: 'b' })).toBe(
      'bundle_manifest fallback_twice',
    );
    expect(withCapabilities(fallback, { variant: 'b' })).toBe('accepted');
  });

  test('only a release loses a class of the input', () => {
    const classes: string[] = [];
    expect(withCapabilities({ output: { ...output, classes } })).toBe('bundle_manifest class_lost');
    const released = { ...output, kind: 'released', classes: ['pii.redacted'] };
    expect(withCapabilities({ output: released })).toBe('accepted');
  });

  test('hosts go with net.http, and its effects and outputs with an action', () => {
    const hosts = ['api.example.org'];
    const effects = ['quarantine.read', 'net.http'];
    const action = { kind: 'action', output: { ...output, kind: 'action' } };
    expect(withCapabilities({ hosts })).toBe('bundle_manifest hosts');
    expect(withCapabilities({ ...action, effects })).toBe('bundle_manifest hosts');
    expect(withCapabilities({ effects, hosts })).toBe('bundle_manifest effect_of_action');
    expect(withCapabilities({ kind: 'action' })).toBe('bundle_manifest output_kind');
    expect(withCapabilities({ output: action.output })).toBe('bundle_manifest output_kind');
    expect(withCapabilities({ ...action, effects, hosts })).toBe('accepted');
  });

  test('imports are sorted and distinct, and no capability is called memory', () => {
    const imports = ['ccos:host/1.q_read', 'ccos:host/1.out_write'];
    expect(withCapabilities({ imports })).toBe('bundle_manifest import_order');
    expect(withCapabilities({ imports: ['ccos:host/1.fail', 'ccos:host/1.fail'] })).toBe(
      'bundle_manifest import_order',
    );
    expect(withCapabilities({ export: 'memory' })).toBe('bundle_manifest export_name');
  });

  test('a capability asks for no more than its bundle, and a bundle for no more than the host has', () => {
    const limits = { ...CAPABILITY.limits, memoryPages: 17 };
    expect(withCapabilities({ limits })).toBe('bundle_limit capability_limits');
    expect(refusalOf(() => parse({ limits: { ...limits, memoryPages: 8193 } }))).toBe(
      'bundle_limit bundle_limits',
    );
    expect(refusalOf(() => parse({ notAfter: DRAFT.publishedAt }))).toBe(
      'bundle_manifest not_after',
    );
  });
});

describe('parseManifest: fields', () => {
  const bad: readonly (readonly [string, object])[] = [
    ['title with a right-to-left override', { title: 'a\u202eb' }],
    ['title with an escape', { title: 'a\u001b[31m' }],
    ['title with a line break', { title: 'a\nb' }],
    ['empty title', { title: '' }],
    ['unknown effect', { effects: ['net.tcp'] }],
    ['effect twice', { effects: ['quarantine.read', 'quarantine.read'] }],
    ['unknown class', { input: { ...input, classes: ['pii.other'] } }],
    ['secret class', { input: { ...input, classes: ['secret.token'] } }],
    ['magic beyond 512 bytes', { input: { ...input, magic: [{ offset: 510, hex: '000000' }] } }],
    ['odd hex', { input: { ...input, magic: [{ offset: 0, hex: '0' }] } }],
    ['empty magic', { input: { ...input, magic: [{ offset: 0, hex: '' }] } }],
    ['media type with parameters', { input: { ...input, mediaTypes: ['text/plain; a=b'] } }],
    ['label without pointer', { output: { ...output, labels: { text: [] } } }],
    ['path upwards', { module: '../pdf.wasm' }],
    ['id of one word', { id: 'extract' }],
    ['memory of nothing', { limits: { ...CAPABILITY.limits, memoryPages: 0 } }],
    ['unknown field', { log: true }],
  ];
  test.each(bad)('%s', (_, change) => {
    expect(withCapabilities(change)).toBe('bundle_manifest shape');
  });
  const times = [
    '2026-02-30T00:00:00Z',
    '2026-11-01',
    '2026-11-01T00:00:00.000Z',
    '2026-11-01T24:00:00Z',
  ];
  test.each(times)('time %s', (publishedAt) => {
    expect(refusalOf(() => parse({ publishedAt }))).toBe('bundle_manifest shape');
  });
  test('the place of an error is named without words of the bundle', () => {
    const build = { ...DRAFT.build, env: { EVIL_NAME: 'a\u0000' } };
    try {
      parse({ build });
      expect.unreachable();
    } catch (error) {
      expect((error as CcosError).detail).toEqual({ why: 'shape', field: 'build.env.*' });
    }
  });
});

test('packBundle: the same input gives the same bytes, and files outside the known folders are refused', () => {
  expect(packed()).toEqual(packed());
  expect(refusalOf(() => packed({}, { 'readme.md': 'x' }))).toBe('bundle_files folder');
  expect(refusalOf(() => packed({ capabilities: 'none' }))).toBe('bundle_manifest shape');
  expect(refusalOf(() => packed({ capabilities: [null] }))).toBe('bundle_manifest shape');
});

test('checkContents: two capabilities of one module share its exports, the smaller limit holds', () => {
  const second = { ...CAPABILITY, variant: 'b' };
  expect(verify(bundle({ capabilities: [CAPABILITY, second] })).manifest.capabilities).toHaveLength(
    2,
  );
  const small = { ...second, limits: { ...CAPABILITY.limits, memoryPages: 3 } };
  expect(refusalOf(() => packed({ capabilities: [CAPABILITY, small] }))).toBe(
    'bundle_module memory_maximum',
  );
  const absent = { ...second, export: 'other' };
  expect(refusalOf(() => packed({ capabilities: [CAPABILITY, absent] }))).toBe(
    'bundle_module export_missing',
  );
  const renamed = { ...CAPABILITY, export: 'other' };
  expect(refusalOf(() => packed({ capabilities: [renamed] }))).toBe(
    'bundle_module export_undeclared',
  );
});

test('describeBundle: says what a person decides about', () => {
  const { manifest, digest } = verify(bundle());
  const { capabilities, lines } = describeBundle(manifest, digest);
  expect(capabilities[0]?.module).toBe(
    MANIFEST.files.find(({ path }) => path === 'wasm/pdf.wasm')?.sha256,
  );
  expect(lines).toContain(`digest sha256:${digest}`);
  expect(lines).toContain('  reads the raw content it is called for (quarantine.read)');
  expect(lines).toContain('  imports ccos:host/1.out_write, ccos:host/1.q_read');
  expect(lines.join('\n')).toContain('at most 1 MiB of memory, 20000 ms');
  expect(lines.join('\n')).toContain(`wasm/pdf.wasm, ${String(MODULE.length)} bytes`);
});

test('compareVersions: semver precedence', () => {
  const order = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ];
  for (const [left, a] of order.entries()) {
    for (const [right, b] of order.entries()) {
      expect(Math.sign(compareVersions(a, b)), `${a} ${b}`).toBe(Math.sign(left - right));
    }
  }
});

test('satisfies: every comparator must hold', () => {
  expect(satisfies('1.4.0', '>=1.4 <2')).toBe(true);
  expect(satisfies('2.0.0', '>=1.4 <2')).toBe(false);
  expect(satisfies('1.3.9', '>=1.4 <2')).toBe(false);
  expect(satisfies('1.4.0-rc.1', '>=1.4')).toBe(false);
  expect(satisfies('1.4.0', '=1.4')).toBe(true);
  expect(satisfies('1.4.1', '<=1.4')).toBe(false);
  expect(satisfies('1.4.1', '>1.4')).toBe(true);
});
