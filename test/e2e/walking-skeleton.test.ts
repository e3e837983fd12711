import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ccos, ccosJson } from '../support/ccos-command.ts';
import { ccosProcess, ccosProcessJson, up } from '../support/ccos-process.ts';
import { makeTestFolder } from '../support/home.ts';

const SAMPLES = ['minutes.pdf', 'newsletter.html', 'notice-shift-jis.txt'];
const FILES = SAMPLES.map((name) => resolve('bundles/documents/samples', name));
const BUNDLE = resolve('dist/bundles/documents.ccosb');

interface Extracted {
  readonly file: string;
  readonly text: string;
  readonly format: string;
  readonly encoding?: string;
  readonly call_id: string;
  readonly times_ms: unknown;
  readonly labels: readonly string[];
  readonly plugin: { readonly id: string; readonly version: string; readonly code_sha256: string };
}

interface HostCall {
  readonly plugin: string;
  readonly version: string;
  readonly code_sha256: string;
  readonly function: string;
  readonly ref?: string;
  readonly offset?: number;
  readonly length?: number;
  readonly bytes: number;
  readonly decision?: string;
  readonly rule?: string;
  readonly micros: number;
}

interface Calls {
  readonly calls: readonly {
    readonly call_id: string;
    readonly outcome: string;
    readonly host_calls: readonly HostCall[];
  }[];
}

interface Waiting {
  readonly approvals: readonly { readonly id: string; readonly kind: string }[];
}

const folder = makeTestFolder();
const home = join(folder, 'home');
let alone: readonly Extracted[] = [];
let calls: Calls['calls'] = [];

/** What waits for the operator: exit 4, with the approvals. */
async function waiting(...args: readonly string[]): Promise<Waiting['approvals']> {
  const { exit, stdout } = await ccosProcess(home, ...args, '--json');
  expect(exit).toBe(4);
  return (JSON.parse(stdout) as Waiting).approvals;
}

async function approveAll(approvals: Waiting['approvals']): Promise<void> {
  for (const { id } of approvals) await ccosJson(home, 'approvals', 'approve', id, '--yes');
}

/** As an operator does it who has nothing but `ccos` and an unsigned bundle. */
beforeAll(async () => {
  await ccosProcessJson(home, 'init');
  const key = await ccosProcessJson<{ private_key: string; public_key: string }>(
    home,
    ...['bundle', 'keygen', '--publisher', 'ccos', '--out', folder],
  );
  const signed = join(folder, 'signed.ccosb');
  await ccosProcessJson(home, 'bundle', 'sign', BUNDLE, '--key', key.private_key, '--out', signed);
  const trust = await waiting('bundle', 'trust', 'add', key.public_key);
  expect(trust.map(({ kind }) => kind)).toEqual(['publisher.trust']);
  await approveAll(trust);
  const install = await waiting('bundle', 'install', signed);
  const kinds = ['bundle.install', 'capability.enable', 'capability.enable'];
  expect(install.map(({ kind }) => kind)).toEqual(kinds);
  expect((await ccos(home, 'extract', ...FILES)).exit).toBe(4);
  await approveAll(install);
  alone = await ccosProcessJson(home, 'extract', ...FILES);
  ({ calls } = await ccosProcessJson<Calls>(home, 'audit', 'calls'));
});

/** What does not change from call to call. */
function lasting({ call_id: _, times_ms: __, ...rest }: Extracted): unknown {
  return rest;
}

describe('from a file to a row of the chain, by commands alone', () => {
  test('ccos extract gives the text of a PDF, a web page and a text in Shift JIS', () => {
    expect(alone.map(({ format, encoding }) => [format, encoding])).toEqual([
      ['pdf', undefined],
      ['html', 'utf-8'],
      ['text', 'shift_jis'],
    ]);
    const [pdf = '', html = '', text = ''] = alone.map((one) => one.text);
    expect(pdf).toContain('Renée Åsgard, Tomas Brückner, Søren Lindqvist');
    expect(pdf).toContain('our friend 山田花子 of the kite museum');
    expect(pdf).toContain('Insurance 118 188');
    expect(html).toContain('Questions? Write to the committee at plots@example.org.');
    expect(html).not.toMatch(/<[a-z]/);
    expect(text).toContain('平素より図書室をご利用いただき、まことにありがとうございます。');
    expect(text).toContain('山本');
  });

  test('every result says what it is labelled and which code made it', () => {
    for (const { labels, plugin } of alone) {
      expect(labels).toEqual(['pii.attachment']);
      const name = plugin.id.replace('ccos/documents:', '');
      const module = readFileSync(resolve('dist/plugins', `${name}.wasm`));
      expect(plugin.code_sha256).toBe(createHash('sha256').update(module).digest('hex'));
      expect(plugin.version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  test('ccos audit calls shows what each plugin touched, by what right and for how long', () => {
    for (const [at, { call_id: id, plugin }] of alone.entries()) {
      const found = calls.find(({ call_id: call }) => call === id);
      expect(found?.outcome).toBe('ok');
      const hostCalls = found?.host_calls ?? [];
      for (const one of hostCalls) {
        expect(one).toMatchObject({
          plugin: plugin.id,
          version: plugin.version,
          code_sha256: plugin.code_sha256,
        });
        expect(one.bytes).toBeGreaterThanOrEqual(0);
        expect(one.micros).toBeGreaterThanOrEqual(0);
      }
      const reads = hostCalls.filter((one) => one.function === 'q_read');
      const size = readFileSync(FILES[at] ?? '').length;
      expect(reads.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThanOrEqual(size);
      for (const { ref, offset, length, decision, rule } of reads) {
        expect(ref).toMatch(/^q_[0-9a-f]{32}$/);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(length).toBeGreaterThan(0);
        expect(decision).toMatch(/^d_[0-9a-f]{32}$/);
        expect(rule).toBe('base.blob.read');
      }
    }
  });

  test('the decision of a host call is on the chain before the call, and so is its ref', async () => {
    const { rows } = await ccosJson<{ rows: readonly Row[] }>(
      ...([home, 'audit', 'log', '--limit', '1000'] as const),
    );
    const seqOf = (wanted: (row: Row) => boolean): number => rows.find(wanted)?.seq ?? Infinity;
    for (const { ref, decision } of calls[0]?.host_calls ?? []) {
      if (ref === undefined) continue;
      const called = seqOf(
        ({ data }) => data['function'] !== undefined && data['decision'] === decision,
      );
      const decided = seqOf(({ data }) => data['decision_id'] === decision);
      const stored = seqOf(({ type, data }) => type === 'quarantine.put' && data['ref'] === ref);
      expect(decided).toBeLessThan(called);
      expect(stored).toBeLessThan(called);
    }
    const text = JSON.stringify(rows);
    for (const name of ['minutes', 'newsletter', 'Renée', '山本', folder])
      expect(text).not.toContain(name);
  });

  test('ccos audit verify finds the chain intact', async () => {
    expect(await ccosJson(home, 'audit', 'verify')).toMatchObject({ ok: true });
  });
});

interface Row {
  readonly seq: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

test('the same commands give the same results with and without a running gateway', async () => {
  expect(await ccosJson(home, 'status')).toMatchObject({ mode: 'in_process' });
  const gateway = await up(home);
  const status = await ccosProcessJson<{ mode: string; pid: number }>(home, 'status');
  expect(status).toMatchObject({ mode: 'gateway', pid: gateway.pid });
  const served = await ccosProcessJson<readonly Extracted[]>(home, 'extract', ...FILES);
  expect(served.map(lasting)).toEqual(alone.map(lasting));
  const limit = String(calls.length);
  const again = await ccosProcessJson<Calls>(home, 'audit', 'calls', '--limit', limit);
  const shape = (one: Calls['calls'][number]): unknown =>
    one.host_calls.map(({ plugin, function: name, offset, length, bytes, rule }) => ({
      ...{ plugin, name, offset, length, bytes, rule },
    }));
  expect(again.calls.map(shape)).toEqual(calls.map(shape));
  expect(await ccosJson(home, 'audit', 'verify')).toMatchObject({ ok: true });
  expect(await gateway.stop()).toBe(0);
  expect(await ccosJson(home, 'audit', 'verify')).toMatchObject({ ok: true });
});
