import { expect, test } from 'vitest';
import { CcosError } from '../../host/core/error.ts';
import { Gate, NeedsApproval } from '../../host/kernel/gate.ts';
import { grantLimit, listLimitGrants } from '../../host/store/tables/limits.ts';
import { failureOf } from '../store/support.ts';
import { AGENT_PURGE, PURGE, engine, openKernel, rowsOf } from './support.ts';

test('Gate.admit (INV-GATE-1): resolves when the decision, its rows and its changes are durable', async () => {
  const { gate, store } = await openKernel();
  const judged = gate.judge(PURGE, { session: 'local', call: 'call_1' });
  expect(await rowsOf(store)).toEqual([]);
  await gate.admit([judged], {
    rows: [{ type: 'limit.raised', data: {} }],
    changes: [grantLimit('pages', 1, 'ap')],
  });
  const rows = await rowsOf(store);
  expect(rows.map(({ type }) => type)).toEqual(['policy.decision', 'limit.raised']);
  expect(rows[0]).toMatchObject({
    session: 'local',
    data: {
      decision_id: judged.id,
      gate: 'administer',
      principal: 'operator:operator',
      task: 'purge',
      call: 'call_1',
      decision: 'allow',
      rule: judged.verdict.rules.join(' '),
    },
  });
  expect(await listLimitGrants(store)).toHaveLength(1);
});

test('Gate.admit (INV-GATE-2): a denial is on the chain alone, with its rule and reason, and is thrown', async () => {
  const { gate, store } = await openKernel();
  const allowed = gate.judge(PURGE);
  const denied = gate.judge(AGENT_PURGE);
  const admitted = gate.admit([allowed, denied], {
    rows: [{ type: 'limit.raised', data: {} }],
    changes: [grantLimit('pages', 1, 'ap')],
  });
  await expect(admitted).rejects.toMatchObject({
    code: 'policy_denied',
    decision: {
      decision_id: denied.id,
      rule_id: denied.verdict.rules.join(' '),
      reason: denied.verdict.reason,
    },
  });
  expect((await rowsOf(store)).map(({ type, data }) => [type, data['decision']])).toEqual([
    ['policy.decision', 'allow'],
    ['policy.decision', 'deny'],
  ]);
  expect(await listLimitGrants(store)).toEqual([]);
});

test('Gate.admit: names the kind of approval that would lift a denial', async () => {
  const { gate } = await openKernel();
  const judged = gate.judge({ ...PURGE, task: 'raiseLimit' });
  const failure: unknown = await gate.admit([judged]).catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(NeedsApproval);
  expect(failure).toMatchObject({ code: 'approval_required', kind: 'limit.raise' });
});

test('Gate.judge: without an engine nothing is allowed', async () => {
  const { store, world } = await openKernel();
  const gate = new Gate({ store, world, engine: () => null });
  expect(() => gate.judge(PURGE)).toThrow(
    expect.objectContaining({ code: 'policy_unavailable' }) as Error,
  );
  const broken = new Gate({
    store,
    world,
    engine: () => ({
      ...engine,
      decide: () => ({ decision: 'deny', rules: ['engine.error'], reason: 'x' }),
    }),
  });
  expect(await failureOf(broken.admit([broken.judge(PURGE)]))).toMatchObject({
    code: 'policy_unavailable',
  });
});

test('Gate.admit: a decision that cannot be written allows nothing', async () => {
  const full = new CcosError('storage_full');
  const { gate } = await openKernel(undefined, { commit: () => Promise.reject(full) });
  await expect(gate.admit([gate.judge(PURGE)])).rejects.toBe(full);
  await expect(gate.admit([gate.judge(AGENT_PURGE)])).rejects.toBe(full);
});
