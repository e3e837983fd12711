import { expect, test } from 'vitest';
import { labelOf } from '../../host/core/label.ts';
import { FIXED } from '../../host/core/limits.ts';
import type { Run, Step } from '../../host/kernel/runs.ts';
import { failureOf } from '../store/support.ts';
import { openKernel, tamper } from './support.ts';
import type { Kernel } from './support.ts';

const PLACE = { connection: 'ch_1', connector: 'local', channel: 'c', sender: 'ann' };

async function openRun(kernel: Kernel, sender = 'ann'): Promise<Run> {
  const at = await kernel.sessions.locate({ ...PLACE, sender });
  const session = await kernel.sessions.open(at, PLACE.connector);
  return kernel.runs.ofSession(session.id);
}

const commit = ({ store }: Kernel, ...steps: readonly Step[]): Promise<unknown> =>
  store.commit({
    rows: [],
    changes: steps.flatMap(({ changes }) => changes),
    guards: steps.flatMap(({ guards }) => guards),
  });

test('Runs.ofSession: each session has a run, with an empty floor and a whole budget', async () => {
  const kernel = await openKernel();
  const run = await openRun(kernel);
  expect(run).toMatchObject({ kind: 'session', state: 'active', leakBits: FIXED.runLeakBits });
  expect([run.taint.tags.size, run.taint.origins.size]).toEqual([0, 0]);
  expect((await openRun(kernel)).id).toBe(run.id);
  expect((await openRun(kernel, 'bob')).id).not.toBe(run.id);
});

test('Runs.raises (INV-RUN-1): the floor is the union of all that was released, whatever the order', async () => {
  const kernel = await openKernel();
  const { id } = await openRun(kernel);
  const first = kernel.runs.raises(id, labelOf(['pii.redacted'], ['s_1']));
  const second = kernel.runs.raises(id, labelOf(['pii.attachment'], ['s_2']));
  await Promise.all([commit(kernel, first), commit(kernel, second), commit(kernel, first)]);
  await commit(kernel, kernel.runs.raises(id, labelOf([])));
  const { taint } = await kernel.runs.get(id);
  expect([...taint.tags].sort()).toEqual(['pii.attachment', 'pii.redacted']);
  expect([...taint.origins].sort()).toEqual(['s_1', 's_2']);
});

test('Runs.raises (INV-RUN-1): the table itself loses nothing; without that guard it would', async () => {
  const kernel = await openKernel();
  const { id } = await openRun(kernel);
  await commit(kernel, kernel.runs.raises(id, labelOf(['pii.redacted'], ['s_1'])));
  for (const sql of ['DELETE FROM run_taint', `UPDATE run_taint SET value = 'x'`])
    await expect(tamper(kernel.store, sql)).rejects.toThrow();
  expect((await kernel.runs.get(id)).taint.tags.size).toBe(1);
  await tamper(kernel.store, 'DROP TRIGGER run_taint_only_rises_delete');
  await tamper(kernel.store, 'DELETE FROM run_taint');
  expect((await kernel.runs.get(id)).taint.tags.size).toBe(0);
});

test('Runs.raises: a tag that nobody knows counts as raw (INV-LABEL-2)', async () => {
  const kernel = await openKernel();
  const { id } = await openRun(kernel);
  await tamper(kernel.store, `INSERT INTO run_taint VALUES (?, 'tag', 'no.such')`, id);
  expect([...(await kernel.runs.get(id)).taint.tags]).toEqual(['pii.chat.message']);
});

test('Runs.spends: 50 calls at once for the last bits, and exactly one gets them', async () => {
  const kernel = await openKernel();
  const { id } = await openRun(kernel);
  await commit(kernel, kernel.runs.spends(id, FIXED.runLeakBits - 10));
  const spent = await Promise.allSettled(
    Array.from({ length: 50 }, () => commit(kernel, kernel.runs.spends(id, 10))),
  );
  expect(spent.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  expect((await kernel.runs.get(id)).leakBits).toBe(0);
  expect((await kernel.runs.explain(id, 10)).toBody()).toMatchObject({
    code: 'budget_exhausted',
    details: { budget: 'leak_bits', left: 0 },
  });
});

test('Runs.spends: only whole bits, and never back', async () => {
  const kernel = await openKernel();
  const { id } = await openRun(kernel);
  for (const bits of [-1, 0.5, NaN, Infinity]) expect(() => kernel.runs.spends(id, bits)).toThrow();
  expect((await kernel.runs.get(id)).leakBits).toBe(FIXED.runLeakBits);
});

test('Runs: a run that has ended takes nothing more, and does not end twice', async () => {
  const kernel = await openKernel();
  const { id, session } = await openRun(kernel);
  await commit(kernel, { changes: [kernel.runs.ends(id, 'cancelled')], guards: [] });
  await commit(kernel, { changes: [kernel.runs.ends(id, 'done')], guards: [] });
  expect((await kernel.runs.get(id)).state).toBe('cancelled');
  for (const step of [kernel.runs.spends(id, 1), kernel.runs.raises(id, labelOf(['pii.redacted']))])
    expect(await failureOf(commit(kernel, step))).toMatchObject({ code: 'conflict' });
  expect((await kernel.runs.explain(id)).code).toBe('run_terminal');
  expect(await failureOf(kernel.runs.ofSession(session))).toMatchObject({ code: 'run_terminal' });
});

test('Runs.get: a run of another session looks like one that is not there', async () => {
  const kernel = await openKernel();
  const [mine, other] = [await openRun(kernel), await openRun(kernel, 'bob')];
  const foreign = await failureOf(kernel.runs.get(other.id, mine.session));
  const unknown = await failureOf(kernel.runs.get(`run_${'0'.repeat(32)}`, mine.session));
  expect(foreign).toEqual(unknown);
});
