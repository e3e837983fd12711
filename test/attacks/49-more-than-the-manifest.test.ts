import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { KERNEL_MODULE } from '../../host/core/abi.ts';
import { readKeyPair } from '../../host/crypto/ed25519.ts';
import type { KeyPair } from '../../host/crypto/ed25519.ts';
import { runBare } from '../support/bare-sandbox.ts';
import { ccos } from '../support/ccos-command.ts';
import { up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import { rowsAfter } from '../support/http-request.ts';
import {
  EXTRACTION,
  draftOf,
  extractWith,
  packAndSign,
  says,
  signAnything,
  trustPublisher,
  writeBundleFolder,
} from '../support/plugin-bundle.ts';
import type { BundledPlugin, Publisher } from '../support/plugin-bundle.ts';
import {
  assemble,
  GROW_AND_RETURN,
  HANG_IN_INITIALIZE,
  HANG_IN_START,
  importing,
  plugin,
  TABLE_GROW,
  TRAP_IN_START,
} from '../sandbox/plugins.ts';
import type { TestPlugin } from '../sandbox/plugins.ts';

/** A plugin that takes more than its manifest says, signed by a publisher who is trusted. */
const home = makeTestHome().directory;
const folder = makeTestFolder();
const OUTPUT = JSON.stringify(EXTRACTION);
let gateway: Up;
let publisher: Publisher;
let key: KeyPair;

beforeAll(async () => {
  gateway = await up(home);
  publisher = await trustPublisher(home);
  key = readKeyPair(readFileSync(publisher.keyFile, 'utf8'));
  return async () => {
    await gateway.stop();
  };
});

async function install(bundled: BundledPlugin) {
  const file = join(folder, `${bundled.name}.ccosb`);
  writeFileSync(file, signAnything(draftOf([bundled]), key));
  const before = (await rowsAfter(gateway, 0)).length;
  const { exit, stderr } = await ccos(home, 'bundle', 'install', file, '--approve');
  return { exit, stderr, rows: await rowsAfter(gateway, before) };
}

async function refused(bundled: BundledPlugin, code: string): Promise<void> {
  const { exit, stderr, rows } = await install(bundled);
  expect(exit).toBe(5);
  expect(stderr).toContain(`(${code})`);
  expect(rows.map(({ type }) => type)).toEqual(['bundle.rejected']);
  expect(rows[0]?.data['code']).toBe(code);
  expect((await extractWith(gateway, bundled.name)).status).toBe(415);
}

/** As far as it is used here: the types of Node do not have it. */
interface Engine {
  readonly instantiate: (
    bytes: Uint8Array,
    imports: Readonly<Record<string, Readonly<Record<string, () => number>>>>,
  ) => Promise<{ readonly instance: { readonly exports: { readonly run: () => number } } }>;
}

/** Takes all memory there is, and traps. */
const GROW_TO_THE_END = `(loop $again
  (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable`;

/** Everything that a plugin could want of a host, and what its type is where that is known. */
const POWERS: readonly (readonly [module: string, field: string, type: string])[] = [
  ['wasi_snapshot_preview1', 'fd_write', '(func (param i32 i32 i32 i32) (result i32))'],
  ['wasi_snapshot_preview1', 'clock_time_get', '(func (param i32 i64 i32) (result i32))'],
  ['wasi_snapshot_preview1', 'random_get', '(func (param i32 i32) (result i32))'],
  ['wasi_snapshot_preview1', 'environ_get', '(func (param i32 i32) (result i32))'],
  ['wasi_snapshot_preview1', 'path_open', '(func)'],
  ['wasi_snapshot_preview1', 'sock_send', '(func)'],
  ['wasi_unstable', 'proc_exit', '(func)'],
  ['wasi:sockets/tcp@0.2.0', 'create', '(func)'],
  ['env', 'abort', '(func)'],
  ['env', 'memory', '(memory 1 1)'],
  ['env', 'table', '(table 1 1 funcref)'],
  ['env', 'g', '(global i32)'],
  ['node:fs', 'readFileSync', '(func)'],
  ['', '', '(func)'],
  [KERNEL_MODULE, 'http_request', '(func)'],
  [KERNEL_MODULE, 'http_status_code', '(func)'],
  [KERNEL_MODULE, 'var_get', '(func)'],
  [KERNEL_MODULE, 'var_set', '(func)'],
  [KERNEL_MODULE, 'config_get', '(func)'],
  [KERNEL_MODULE, 'log_info', '(func)'],
  [KERNEL_MODULE, 'log_error', '(func)'],
  ['extism:host/user', 'anything', '(func)'],
  ['ccos:host/1', 'http_request', '(func (param i32 i32) (result i32))'],
  ['ccos:host/1', 'fs_write', '(func (param i32 i32) (result i32))'],
  ['ccos:host/1', 'no_such_function', '(func)'],
  ['ccos:host/2', 'q_read', '(func)'],
];

describe('D1.3-e: a probe finds nothing to reach', () => {
  test.each(POWERS)(
    '%s %s: declared or not, the bundle is refused',
    async (module, field, type) => {
      const probe = importing(module, field, type);
      const name = 'probe';
      const before = (await rowsAfter(gateway, 0)).length;
      const bundles = [probe, { ...probe, imports: [] }].map((one) =>
        signAnything(draftOf([{ name, plugin: one }]), key),
      );
      for (const bytes of bundles) {
        const answer = await fetch(`${gateway.url}/v1/admin/bundles`, {
          method: 'POST',
          headers: { authorization: `Bearer ${gateway.token}` },
          body: Uint8Array.from(bytes),
        });
        const { error } = (await answer.json()) as { error?: { code: string } };
        expect(error?.code).toMatch(/^bundle_(imports|module|manifest)$/);
      }
      const rows = await rowsAfter(gateway, before);
      expect(rows.map(({ type: event }) => event)).toEqual(['bundle.rejected', 'bundle.rejected']);
    },
  );

  test('and past the check of the bundle the sandbox has none of it to give', async () => {
    for (const [module, field, type] of POWERS.slice(0, 4)) {
      const { module: probe, imports } = importing(module, field, type);
      expect((await runBare(probe.bytes, imports)).outcome).toBe('refused');
    }
  });

  test('what is granted is what is left: the same engine without a table of imports gives more', async () => {
    const wat = `(module (import "wasi_snapshot_preview1" "clock_time_get"
        (func $clock (param i32 i64 i32) (result i32)))
      (memory (export "memory") 1 1)
      (func (export "run") (result i32) (call $clock (i32.const 0) (i64.const 0) (i32.const 0))))`;
    let asked = 0;
    const engine = Reflect.get(globalThis, 'WebAssembly') as Engine;
    const { instance } = await engine.instantiate(assemble(wat).bytes.slice(), {
      wasi_snapshot_preview1: { clock_time_get: () => ++asked },
    });
    instance.exports.run();
    expect(asked).toBe(1);
  });
});

const UNDECLARED = plugin({ uses: ['q_stat', 'out_write'], run: 'i32.const 0' });
const memory = (text: string): TestPlugin => plugin({ memory: text });

test.each([
  ['undeclared', { ...UNDECLARED, imports: ['ccos:host/1.out_write'] }, 'bundle_imports'],
  [
    'unused',
    { ...UNDECLARED, imports: [...UNDECLARED.imports, 'ccos:host/1.q_read'] },
    'bundle_imports',
  ],
  ['children', plugin({ uses: ['child_new'] }), 'bundle_imports'],
  ['over-maximum', memory('1 65'), 'bundle_module'],
  ['no-maximum', memory('1'), 'bundle_module'],
  ['all-memory', memory('65536 65536'), 'bundle_module'],
  [
    'no-export',
    { ...UNDECLARED, module: assemble('(module (memory (export "memory") 1 1))'), imports: [] },
    'bundle_module',
  ],
  ['large-table', TABLE_GROW, 'bundle_module'],
] as const)('attack 49: %s is refused at install', async (name, bad, code) => {
  await refused({ name, plugin: bad }, code);
});

describe('attack 49: what only shows when it runs', () => {
  const RUNNING = [
    { name: 'start-loops', plugin: HANG_IN_START, limits: { timeMs: 700 } },
    { name: 'initialize-loops', plugin: HANG_IN_INITIALIZE, limits: { timeMs: 700 } },
    { name: 'start-traps', plugin: TRAP_IN_START },
    { name: 'grows', plugin: plugin({ memory: '1 64', run: GROW_TO_THE_END }) },
    { name: 'good', plugin: says(OUTPUT) },
  ];

  beforeAll(async () => {
    const file = await packAndSign(home, writeBundleFolder(RUNNING), publisher);
    expect((await ccos(home, 'bundle', 'install', file, '--approve')).exit).toBe(0);
  });

  test.each([
    ['start-loops', 422, 'timeout'],
    ['initialize-loops', 422, 'timeout'],
    ['start-traps', 502, 'plugin_failed'],
    ['grows', 422, 'memory'],
  ])('%s is ended as %i %s; the gateway lives and a row says so', async (name, status, code) => {
    const before = (await rowsAfter(gateway, 0)).length;
    const began = performance.now();
    const answer = await extractWith(gateway, name);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(performance.now() - began).toBeLessThan(5000);
    const rows = await rowsAfter(gateway, before);
    const result = rows.find(({ type }) => type === 'capability.result');
    expect(result?.data['outcome']).toBe(code);
    expect((await extractWith(gateway, 'good')).status).toBe(200);
  });

  test('without a limit of the module, memory grows until the process has no more to give', async () => {
    const { outcome } = await runBare(GROW_AND_RETURN.module.bytes, GROW_AND_RETURN.imports);
    expect(outcome).toBe('returned');
    const limits = { timeMs: 10_000, memoryPages: 64, hostCalls: 10, outputBytes: 1024 };
    const held = await runBare(GROW_AND_RETURN.module.bytes, GROW_AND_RETURN.imports, { limits });
    expect(held.outcome).toBe('memory');
  });
});
