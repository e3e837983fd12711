import { expect, test } from 'vitest';
import type { Approval, ApprovalRequest } from '../../host/kernel/approval-request.ts';
import { exceptionRequest } from '../../host/kernel/exception-request.ts';
import type { EgressException } from '../../host/kernel/exception-request.ts';
import type { Narrowing } from '../../host/kernel/approval-narrowing.ts';
import { failureOf } from '../store/support.ts';
import { approve, openKernel, raise, rowsOf, tamper } from './support.ts';
import type { Kernel } from './support.ts';

const HOUR = 3_600_000;

const exception = (kernel: Kernel, more: Partial<EgressException> = {}): ApprovalRequest =>
  exceptionRequest({
    capability: 'ccos.http.request@0.1.0',
    publisher: 'ccos',
    sink: 'http.public',
    target: 'api.example.org',
    label: ['pii.redacted'],
    scope: { run: 'run_one' },
    maxBytes: 1000,
    maxUses: 3,
    expires: kernel.world.now() + HOUR,
    ...more,
  });

const say = (
  { approvals }: Kernel,
  { id, digest }: Approval,
  more: Omit<Parameters<typeof approvals.approve>[1], 'digest' | 'by'> = {},
): Promise<Approval> => approvals.approve(id, { digest, by: 'operator', ...more });

test('Approvals.approve (D1.4-c): what is narrower is granted, signed, and said', async () => {
  const kernel = await openKernel();
  const { approvals, world, store } = kernel;
  const asked = await approvals.request(exception(kernel));
  const expires = world.now() + HOUR / 2;
  const scope = { max_bytes: 10, label: [] };
  const done = await say(kernel, asked, { narrowing: { scope, expires, maxUses: 1 } });
  const facts = { max_bytes: 10, max_uses: 1, label: [], expires: new Date(expires).toISOString() };
  expect(done).toMatchObject({ status: 'approved', digest: asked.digest, facts: asked.facts });
  expect(done.granted?.facts).toEqual({ ...asked.facts, ...facts });
  expect(done.granted?.changes.slice(asked.changes.length).map(({ effect }) => effect)).toEqual(
    Object.keys(facts).map(() => 'NARROWS'),
  );
  expect(await approvals.proven(asked.id, 'egress.exception')).toEqual(done.granted);
  const [row] = await rowsOf(store, 'approval.decision');
  expect(row?.data['granted']).toMatch(/^[0-9a-f]{64}$/);
  world.move(HOUR / 2);
  expect(await approvals.proven(asked.id, 'egress.exception')).toBeNull();
});

test('Approvals.approve (D1.4-c): anything wider is invalid_input, and it stays pending', async () => {
  const kernel = await openKernel();
  const asked = await kernel.approvals.request(exception(kernel));
  const now = kernel.world.now();
  const wider: readonly Narrowing[] = [
    { scope: { max_bytes: 1001 } },
    { scope: { max_bytes: 0 } },
    { scope: { max_bytes: 10.5 } },
    { scope: { max_bytes: '10' } },
    { scope: { label: ['pii.redacted', 'pii.chat.message'] } },
    { scope: { label: 'pii.redacted' } },
    { scope: { target: 'evil.test' } },
    { scope: { run: 'run_two' } },
    { scope: { expires: new Date(now + 1).toISOString() } },
    { scope: JSON.parse('{"constructor":1,"__proto__":1}') as Narrowing['scope'] & object },
    { scope: { unknown: 1 } },
    { expires: now + 2 * HOUR },
    { expires: now },
    { maxUses: 4 },
    { maxUses: 0 },
  ];
  for (const narrowing of wider)
    expect([narrowing, await failureOf(say(kernel, asked, { narrowing }))]).toMatchObject([
      narrowing,
      { code: 'invalid_input' },
    ]);
  expect((await kernel.approvals.get(asked.id)).status).toBe('pending');
  const limit = await kernel.approvals.request(raise(3000));
  expect(await failureOf(say(kernel, limit, { narrowing: { maxUses: 1 } }))).toEqual({
    code: 'invalid_input',
    detail: { field: 'max_uses', why: 'not_counted' },
  });
});

test('Approvals.proven (INV-APPR-2): a narrower grant that is widened in the database proves nothing', async () => {
  const kernel = await openKernel();
  const { approvals, store } = kernel;
  const asked = await approvals.request(exception(kernel));
  await say(kernel, asked, { narrowing: { maxUses: 1 } });
  await tamper(
    store,
    `UPDATE approval SET granted = replace(granted, '"max_uses":1', '"max_uses":3')`,
  );
  expect(await approvals.proven(asked.id, 'egress.exception')).toBeNull();
  await tamper(store, 'UPDATE approval SET granted = NULL');
  expect(await approvals.proven(asked.id, 'egress.exception')).toBeNull();
});

test('Approvals.revoke (GP3-c): at once, with a row, and only what was approved', async () => {
  const kernel = await openKernel();
  const { approvals, limits, setLimits, store } = kernel;
  const asked = await approvals.request(raise(3000));
  expect(await failureOf(approvals.revoke(asked.id))).toEqual({
    code: 'conflict',
    detail: { status: 'pending' },
  });
  await approve(kernel, asked);
  setLimits({ pages: 3000 });
  expect(await limits.effective()).toMatchObject({ pages: 3000 });
  expect(await approvals.revoke(asked.id)).toMatchObject({ status: 'revoked' });
  expect(await limits.effective()).toMatchObject({ pages: 2000 });
  expect((await rowsOf(store, 'approval.revoked')).map(({ data }) => data)).toEqual([
    { approval: asked.id, kind: 'limit.raise', why: 'revoked' },
  ]);
  expect(await failureOf(approvals.revoke(asked.id))).toMatchObject({ code: 'conflict' });
  expect(await failureOf(approve(kernel, asked))).toMatchObject({ code: 'conflict' });
  await tamper(store, `UPDATE approval SET status = 'approved'`);
  expect(await approvals.proven(asked.id, 'limit.raise')).toBeNull();
});

test('Approvals.approve (D1.4-d): what carries a high risk takes the credentials of two people', async () => {
  const kernel = await openKernel();
  const { approvals, tokens, world, store } = kernel;
  kernel.demandTwoPeople();
  const second = await tokens.create('admin');
  world.move(1);
  const asked = await approvals.request(exception(kernel));
  world.move(1);
  const late = await tokens.create('admin');
  expect(await say(kernel, asked)).toMatchObject({ status: 'pending', seconded: true });
  expect(await approvals.proven(asked.id, 'egress.exception')).toBeNull();
  const refused = async (more: Parameters<typeof say>[2]): Promise<unknown> =>
    failureOf(say(kernel, asked, more));
  const conflict = (why: string): object => ({ code: 'conflict', detail: { why } });
  expect(await refused({})).toEqual(conflict('second_person'));
  expect(await refused({ approver: late.id })).toEqual(conflict('newer_credential'));
  expect(await refused({ approver: 't_unknown' })).toEqual(conflict('newer_credential'));
  expect(await refused({ approver: second.id, narrowing: { maxUses: 1 } })).toEqual(
    conflict('other_scope'),
  );
  expect(await say(kernel, asked, { approver: second.id })).toMatchObject({ status: 'approved' });
  expect((await rowsOf(store, 'approval.decision')).map(({ data }) => data)).toMatchObject([
    { decision: 'seconded', approver: 'operator' },
    { decision: 'approved', approver: second.id },
  ]);
  const low = await approvals.request(raise(3000));
  expect(await say(kernel, low)).toMatchObject({ status: 'approved' });
});

test('Approvals.approve (D1.4-d): a first yes that somebody wrote into the database is none', async () => {
  const [kernel, other] = [await openKernel(), await openKernel()];
  const { approvals, tokens, store, world } = kernel;
  for (const one of [kernel, other]) one.demandTwoPeople();
  const { id: approver } = await tokens.create('admin');
  world.move(1);
  const foreign = await other.approvals.request(exception(other));
  await say(other, foreign);
  const forged = await other.store.select({ sql: 'SELECT first FROM approval', args: [] });
  const asked = await approvals.request(exception(kernel));
  for (const first of [String(forged[0]?.[0]), '{}', 'no json']) {
    await tamper(store, 'UPDATE approval SET first = ?', first);
    expect(await say(kernel, asked, { approver })).toMatchObject({ status: 'pending' });
  }
});

test('Approvals.approve (D1.4-d): without the rule one is enough (what the rule is for)', async () => {
  const kernel = await openKernel();
  const asked = await kernel.approvals.request(exception(kernel));
  expect(await say(kernel, asked)).toMatchObject({ status: 'approved' });
});

test('ApprovalWatches.ask (D1.4-e): a session asks for so many in an hour, whatever became of them', async () => {
  const kernel = await openKernel();
  const { approvals, watches, world } = kernel;
  const ask = (n: number): Promise<Approval> =>
    watches.ask('s_one', (by) => approvals.request(raise(2001 + n), by));
  for (let n = 0; n < 60; n++) await approvals.deny((await ask(n)).id);
  expect(await failureOf(ask(60))).toEqual({ code: 'rate_limited', detail: { asked: 60 } });
  world.move(HOUR + 1);
  expect(await ask(60)).toMatchObject({ status: 'pending', requester: 's_one' });
});

test('EgressExceptions.list: what each lets through and what of it has gone, and how it ended', async () => {
  const kernel = await openKernel();
  const { approvals, exceptions, world } = kernel;
  const asked = await Promise.all(
    ['a.example', 'b.example'].map((target) => approvals.request(exception(kernel, { target }))),
  );
  for (const approval of asked) await approve(kernel, approval);
  const states = async (): Promise<readonly string[]> =>
    (await exceptions.list()).map(({ target, status }) => `${target} ${status}`);
  expect((await states()).toSorted()).toEqual(['a.example live', 'b.example live']);
  await approvals.revoke(asked[0]?.id ?? '');
  world.move(HOUR);
  expect((await states()).toSorted()).toEqual(['a.example revoked', 'b.example expired']);
  expect(await failureOf(exceptions.get('ap_none'))).toMatchObject({ code: 'not_found' });
});
