import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CcosError } from '../../host/core/error.ts';
import { refusedInput } from '../../host/kernel/call-rows.ts';
import type { DocumentCall, HostCallRecord } from '../../host/kernel/call-types.ts';
import type { OpenCall } from '../../host/kernel/calls.ts';
import { listOpenCalls } from '../../host/store/tables/calls.ts';
import { CAPABILITY, PLUGIN } from '../policy/questions.ts';
import { failureOf } from '../store/support.ts';
import { openKernel, rowsOf } from './support.ts';
import type { Kernel } from './support.ts';

const TEXT = Buffer.from('Dear Sir, my password is hunter2. Yours, Ann');
const HOST_CALL: HostCallRecord = {
  function: 'q_read',
  handle: 0,
  bytes: 12,
  outcome: 'ok',
  micros: 3,
};

function document(changes: Partial<DocumentCall> = {}): DocumentCall {
  return {
    caller: { kind: 'operator', id: 'operator' },
    session: 'local',
    run: 'run_1',
    target: {
      capability: { ...CAPABILITY, tenant: 'local' },
      plugin: PLUGIN,
      name: 'ccos.attachment.extract_text',
      version: '1.0.0',
      bundle: 'ccos/documents',
      variant: 'text',
      codeSha256: 'a'.repeat(64),
      declaredClass: 'pii.attachment',
    },
    justification: 'extract.text',
    document: { bytes: TEXT, class: 'pii.attachment', limit: 1000 },
    args: {},
    retentionMillis: 1000,
    ...changes,
  };
}

const typesOf = async ({ store }: Kernel): Promise<readonly string[]> =>
  (await rowsOf(store)).map(({ type }) => type);
const succeed = ({ calls }: Kernel, call: OpenCall): Promise<void> =>
  calls.succeed(call, {
    output: Buffer.from('{"text":"x"}'),
    hostCalls: [HOST_CALL, HOST_CALL],
    release: calls.judgeRelease(call),
  });
const blobsOf = async ({ store }: Kernel): Promise<number> =>
  (await store.ask('blobStats', null)).blobs;

test('Calls.begin (INV-CALL-1, D0.4-c): one durable decision for the handle, with justification and rule', async () => {
  const kernel = await openKernel();
  const call = await kernel.calls.begin(document());
  await call.told;
  const rows = await rowsOf(kernel.store);
  expect(rows.map(({ type, data }) => data['gate'] ?? type)).toEqual([
    'ingest',
    'execute',
    'accessBlob',
    'deriveBlob',
    'capability.call',
    'quarantine.access',
    'quarantine.put',
  ]);
  const [handle] = call.handles;
  const decided = rows.filter(({ data }) => data['gate'] === 'accessBlob');
  expect(decided).toHaveLength(1);
  expect(decided[0]?.data).toMatchObject({
    decision_id: handle?.decision,
    rule: handle?.rule,
    ref: handle?.ref,
    handle: 0,
    justification: 'extract.text',
    decision: 'allow',
    call: call.id,
  });
  expect(rows.at(-2)?.data).toMatchObject({
    ref: handle?.ref,
    justification: 'extract.text',
    decision: 'allow',
  });
  expect(rows.every(({ data }) => data['call'] === call.id)).toBe(true);
  expect(await kernel.store.ask('blobRead', handle?.ref ?? failed())).toEqual(
    Uint8Array.from(TEXT),
  );
});

test('Calls.begin (INV-GATE-1, D0.4-c): the decisions are durable before a byte is put away', async () => {
  const kernel = await openKernel();
  const { store } = kernel;
  const cut = await openKernel(undefined, {
    ...store,
    async commit({ blob, ...rest }) {
      const committed = await store.commit(rest);
      if (blob?.when === 'after') throw new CcosError('not_ready', { part: 'state' }); // no disk for it
      return committed;
    },
  });
  expect(await failureOf(cut.calls.begin(document()))).toMatchObject({ code: 'not_ready' });
  await store.close();
  const after = await openKernel(kernel.home);
  const rows = await rowsOf(after.store);
  expect(rows.map(({ type, data }) => [data['gate'] ?? type, data['decision']])).toEqual([
    ['ingest', 'allow'],
    ['execute', 'allow'],
    ['accessBlob', 'allow'],
    ['deriveBlob', 'allow'],
    ['capability.call', undefined],
    ['quarantine.access', 'allow'],
    ['capability.result', undefined],
  ]);
  expect(rows.at(-1)?.data).toMatchObject({ outcome: 'not_ready' });
  expect(await blobsOf(after)).toBe(0);
  expect(await listOpenCalls(after.store)).toEqual([]);
});

test('Calls.begin (D0.3-b, D0.4-c, INV-GATE-2): without a justification there is a denial, no call, and no blob', async () => {
  const kernel = await openKernel();
  for (const justification of ['', 'because', 'extract.text ']) {
    const asked = document({ justification: justification as 'summarize' });
    expect(await failureOf(kernel.calls.begin(asked))).toMatchObject({ code: 'policy_denied' });
  }
  const denied = await rowsOf(kernel.store);
  expect(denied.filter(({ data }) => data['decision'] === 'deny')).toHaveLength(3);
  expect(denied.every(({ type }) => type === 'policy.decision')).toBe(true);
  expect(denied.find(({ data }) => data['gate'] === 'accessBlob')?.data).toMatchObject({
    decision: 'deny',
    rule: 'const.blob.justification',
    justification: '',
  });
  expect(await blobsOf(kernel)).toBe(0);
  expect(await listOpenCalls(kernel.store)).toEqual([]);
});

test('Calls.begin: a capability that is not enabled needs its approval, and leaves no blob', async () => {
  const kernel = await openKernel();
  const { target } = document();
  const disabled = {
    ...target,
    capability: { ...target.capability, enabled: false },
    plugin: { ...PLUGIN, enabled: false },
  };
  const failure = await failureOf(kernel.calls.begin(document({ target: disabled })));
  expect(failure).toMatchObject({ code: 'approval_required' });
  expect(await blobsOf(kernel)).toBe(0);
  expect(await typesOf(kernel)).not.toContain('capability.call');
});

test('Calls.begin: over the limit nothing is put away', async () => {
  const kernel = await openKernel();
  const big = { ...document().document, limit: TEXT.length - 1 };
  expect(await failureOf(kernel.calls.begin(document({ document: big })))).toMatchObject({
    code: 'policy_denied',
  });
  expect(await blobsOf(kernel)).toBe(0);
});

test('Calls.succeed (INV-CALL-2): host calls, output and release are one commit, the result last', async () => {
  const kernel = await openKernel();
  const call = await kernel.calls.begin(document());
  await succeed(kernel, call);
  const rows = (await rowsOf(kernel.store)).slice(7);
  expect(rows.map(({ type, data }) => data['gate'] ?? type)).toEqual([
    'release',
    'plugin.host_call',
    'plugin.host_call',
    'quarantine.put',
    'capability.result',
  ]);
  const [handle] = call.handles;
  expect(rows[3]?.data).toMatchObject({ derived_from: handle?.ref, call: call.id });
  expect(rows[4]?.data).toMatchObject({
    call: call.id,
    outcome: 'ok',
    host_calls: 2,
    output_ref: rows[3]?.data['ref'],
    output_commit: rows[3]?.data['commit'],
    label: ['pii.attachment'],
  });
  expect(await listOpenCalls(kernel.store)).toEqual([]);
  expect(await blobsOf(kernel)).toBe(2);
});

test('Calls.succeed (INV-GATE-2): what an agent may not have is not released, and its blob is destroyed', async () => {
  const kernel = await openKernel();
  const call = await kernel.calls.begin(
    document({ caller: { kind: 'agent', id: 'a1' }, granted: true }),
  );
  const failure: unknown = await succeed(kernel, call).catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ name: 'CcosError' });
  expect(await typesOf(kernel)).not.toContain('capability.result');
  expect(await blobsOf(kernel)).toBe(1);
  expect(await listOpenCalls(kernel.store)).toHaveLength(1);
  await kernel.calls.fail(call, { error: failure, hostCalls: [HOST_CALL] });
  const [result] = await rowsOf(kernel.store, 'capability.result');
  expect(result?.data).toMatchObject({ call: call.id, outcome: (failure as CcosError).code });
  expect(await rowsOf(kernel.store, 'plugin.host_call')).toHaveLength(1);
  expect(await listOpenCalls(kernel.store)).toEqual([]);
});

test('Calls.recoverLost (D1.1-c): a call that a crash cut off has a row at the next start, once', async () => {
  const kernel = await openKernel();
  const call = await kernel.calls.begin(document());
  const done = await kernel.calls.begin(document());
  await succeed(kernel, done);
  await kernel.store.close();
  const after = await openKernel(kernel.home);
  expect(await after.calls.recoverLost()).toBe(1);
  expect(await after.calls.recoverLost()).toBe(0);
  const results = await rowsOf(after.store, 'capability.result');
  expect(results.map(({ data }) => [data['call'], data['outcome']])).toEqual([
    [done.id, 'ok'],
    [call.id, 'lost'],
  ]);
});

test('Calls (INV-CHAIN-2): no row holds the text of the document, its hash, or of an error', async () => {
  const kernel = await openKernel();
  const call = await kernel.calls.begin(document());
  await kernel.calls.fail(call, { error: new Error(TEXT.toString()), hostCalls: [] });
  await kernel.store.commit({
    rows: [refusedInput(new CcosError('too_large', { bytes: 3 }), 'extract')],
  });
  await kernel.store.close();
  const file = readFileSync(kernel.home.stateFile).toString('latin1');
  for (const word of ['hunter2', 'Dear Sir', 'Ann']) expect(file).not.toContain(word);
});

test('Blobs.purge (INV-QUAR-2): the intent is on the chain, then nothing is left, then the count is on the chain', async () => {
  const kernel = await openKernel();
  await succeed(kernel, await kernel.calls.begin(document()));
  await succeed(kernel, await kernel.calls.begin(document({ session: 'other' })));
  expect(await kernel.blobs.purge({ kind: 'session', session: 'other' })).toEqual({ count: 2 });
  const rows = (await rowsOf(kernel.store)).slice(-3);
  expect(rows.map(({ type, data }) => [type, data])).toMatchObject([
    ['policy.decision', { task: 'purge', decision: 'allow' }],
    ['quarantine.purge', { scope: 'session' }],
    ['quarantine.purged', { scope: 'session', count: 2 }],
  ]);
  expect(await kernel.blobs.stats()).toMatchObject({ blobs: 2 });
  expect(await kernel.blobs.purge({ kind: 'expired' })).toEqual({ count: 0 });
  kernel.world.move(1000);
  expect(await kernel.blobs.purge({ kind: 'expired' })).toEqual({ count: 2 });
  expect(await kernel.store.ask('verify', { note: null })).toMatchObject({ ok: true });
});

test('Blobs.expire: without anything to do there is no row', async () => {
  const kernel = await openKernel();
  await kernel.calls.begin(document());
  const before = await typesOf(kernel);
  await kernel.blobs.expire();
  expect(await typesOf(kernel)).toEqual(before);
  kernel.world.move(1000);
  await kernel.blobs.expire();
  expect(await typesOf(kernel)).toEqual([...before, 'quarantine.purge', 'quarantine.purged']);
  expect(await blobsOf(kernel)).toBe(0);
});

test('Blobs.purge: a crash after the shredding leaves the intent, no blob, and a home that opens', async () => {
  const kernel = await openKernel();
  await kernel.calls.begin(document());
  const { store } = kernel;
  await kernel.gate.admit([
    kernel.gate.judge({
      action: 'administer',
      principal: { kind: 'operator', id: 'operator' },
      task: 'purge',
      publisherTrusted: false,
      approved: false,
    }),
  ]);
  await store.ask('blobPurge', { kind: 'all' });
  await store.close();
  const after = await openKernel(kernel.home);
  expect(await blobsOf(after)).toBe(0);
  expect(await after.blobs.purge({ kind: 'all' })).toEqual({ count: 0 });
  expect(await after.store.ask('verify', { note: null })).toMatchObject({ ok: true });
});

function failed(): never {
  throw new Error('the call has no handle');
}
