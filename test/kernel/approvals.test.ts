import { expect, test } from 'vitest';
import { FIXED } from '../../host/core/limits.ts';
import { canonicalJson } from '../../host/core/json.ts';
import { sha256Hex } from '../../host/crypto/digest.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { KeyPair } from '../../host/crypto/ed25519.ts';
import { signStatement } from '../../host/crypto/sealed-statement.ts';
import { sealRequest } from '../../host/kernel/approval-proof.ts';
import { listLimitGrants } from '../../host/store/tables/limits.ts';
import { failureOf } from '../store/support.ts';
import { approve, openKernel, raise, rowsOf, tamper } from './support.ts';

const WEEK = 7 * 24 * 3_600_000;

test('Approvals.request (INV-APPR-1): its digest is of everything that is shown', async () => {
  const { approvals, store } = await openKernel();
  const approval = await approvals.request(raise(3000));
  expect(approval).toMatchObject({ ...raise(3000), status: 'pending', decided: null });
  expect(approval.digest).toBe(sha256Hex(canonicalJson(raise(3000))));
  expect(await approvals.get(approval.id)).toEqual(approval);
  expect((await rowsOf(store)).map(({ type, data }) => [type, data])).toEqual([
    [
      'approval.request',
      {
        approval: approval.id,
        kind: 'limit.raise',
        digest: approval.digest,
        requester: 'gateway',
      },
    ],
  ]);
});

test('Approvals.request: the same request twice is one approval, also at the same moment', async () => {
  const { approvals, store } = await openKernel();
  const asked = await Promise.all(Array.from({ length: 8 }, () => approvals.request(raise(3000))));
  expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  expect(await approvals.request(raise(3000))).toEqual(asked[0]);
  expect((await approvals.request(raise(3001))).id).not.toBe(asked[0]?.id);
  expect(await rowsOf(store, 'approval.request')).toHaveLength(2);
});

test('Approvals.request: rate_limited at the cap; what has expired or was decided makes room', async () => {
  const kernel = await openKernel();
  const { approvals, store, world } = kernel;
  const first = await approvals.request(raise(2001));
  const last = await approvals.request(raise(2002));
  const copies = FIXED.pendingApprovals - 2;
  await tamper(
    store,
    `INSERT INTO approval SELECT approval.id || value, kind, subject, status, request, digest || value, requested, expires, decided, decision, seal, requester, granted, first
       FROM approval, json_each(?) WHERE approval.id = ?`,
    JSON.stringify(Array.from({ length: copies }, (_, i) => i)),
    first.id,
  );
  expect(await failureOf(approvals.request(raise(2003)))).toEqual({
    code: 'rate_limited',
    detail: { pending: FIXED.pendingApprovals },
  });
  expect(await approvals.request(raise(2002))).toEqual(last);
  await approvals.deny(last.id);
  await approvals.request(raise(2003));
  expect(await failureOf(approvals.request(raise(2004)))).toMatchObject({ code: 'rate_limited' });
  world.move(WEEK + 1);
  await approvals.request(raise(2004));
});

test('Approvals.approve: decision, use and effect are one commit; the record proves itself', async () => {
  const kernel = await openKernel();
  const { approvals, store } = kernel;
  const approval = await approvals.request(raise(3000));
  expect(await approve(kernel, approval)).toMatchObject({ id: approval.id, status: 'approved' });
  const rows = await rowsOf(store);
  expect(rows.slice(1).map(({ type }) => type)).toEqual([
    'policy.decision',
    'approval.decision',
    'approval.used',
    'limit.raised',
  ]);
  expect(rows[2]?.data).toEqual({
    approval: approval.id,
    kind: 'limit.raise',
    digest: approval.digest,
    decision: 'approved',
    by: 'operator',
    approver: 'operator',
  });
  expect(await approvals.proven(approval.id, 'limit.raise')).toEqual(raise(3000));
});

test('Approvals.approve (INV-APPR-1): another digest than the one shown is stale_approval', async () => {
  const kernel = await openKernel();
  const approval = await kernel.approvals.request(raise(3000));
  const other = { ...approval, digest: sha256Hex('something else') };
  expect(await failureOf(approve(kernel, other))).toMatchObject({ code: 'stale_approval' });
  expect((await kernel.approvals.get(approval.id)).status).toBe('pending');
});

test('Approvals.approve (INV-APPR-1): a request that was altered in the database is not executed', async () => {
  const kernel = await openKernel();
  const { store, approvals } = kernel;
  const approval = await approvals.request(raise(3000));
  await tamper(store, `UPDATE approval SET request = replace(request, '3000', '9999')`);
  expect(await failureOf(approve(kernel, approval))).toMatchObject({ code: 'integrity' });
  expect(await listLimitGrants(store)).toEqual([]);
});

test('Approvals.approve: deciding many times at once, one wins and the others conflict', async () => {
  const kernel = await openKernel();
  const { approvals, store } = kernel;
  const approval = await approvals.request(raise(3000));
  const outcomes = await Promise.all([
    ...Array.from({ length: 5 }, () => failureOf(approve(kernel, approval))),
    ...Array.from({ length: 5 }, () => failureOf(approvals.deny(approval.id))),
  ]);
  expect(outcomes.filter((outcome) => outcome === 'nothing failed')).toHaveLength(1);
  expect(
    outcomes.filter((outcome) => (outcome as { code?: string }).code === 'conflict'),
  ).toHaveLength(9);
  expect(await rowsOf(store, 'approval.decision')).toHaveLength(1);
  expect(await failureOf(approve(kernel, approval))).toMatchObject({
    code: 'conflict',
    detail: { status: (await approvals.get(approval.id)).status },
  });
});

test('Approvals.deny: nothing happens but the record, and it proves nothing', async () => {
  const kernel = await openKernel();
  const { approvals, store } = kernel;
  const approval = await approvals.request(raise(3000));
  expect(await approvals.deny(approval.id)).toMatchObject({ status: 'denied' });
  expect(await listLimitGrants(store)).toEqual([]);
  expect(await approvals.proven(approval.id, 'limit.raise')).toBeNull();
  expect(await failureOf(approve(kernel, approval))).toMatchObject({ code: 'conflict' });
  expect((await approvals.request(raise(3000))).id).not.toBe(approval.id);
});

test('Approvals.approve: after a week a request is expired, with a row, and a new one can be made', async () => {
  const kernel = await openKernel();
  const { approvals, store, world } = kernel;
  const approval = await approvals.request(raise(3000));
  world.move(WEEK);
  expect((await approvals.get(approval.id)).status).toBe('expired');
  expect(await approvals.list('pending')).toEqual([]);
  expect(await approvals.list('all')).toHaveLength(1);
  expect(await failureOf(approve(kernel, approval))).toEqual({
    code: 'stale_approval',
    detail: { why: 'expired' },
  });
  expect(await rowsOf(store, 'approval.expired')).toHaveLength(1);
  expect(await failureOf(approve(kernel, approval))).toMatchObject({ code: 'conflict' });
  const again = await approvals.request(raise(3000));
  expect(again.id).not.toBe(approval.id);
  expect(await approve(kernel, again)).toMatchObject({ status: 'approved' });
});

test('Approvals.get: not_found for an id that nobody minted, invalid_input for what is no id', async () => {
  const { approvals } = await openKernel();
  expect(await failureOf(approvals.get(`ap_${'0'.repeat(32)}`))).toMatchObject({
    code: 'not_found',
  });
  expect(await failureOf(approvals.get('ap_; DROP TABLE approval'))).toMatchObject({
    code: 'invalid_input',
  });
});

const STATEMENT = (id: string, digest: string, decision = 'approved'): string =>
  canonicalJson({
    format: 'ccos-approval/1',
    approval: id,
    digest,
    decision,
    by: 'operator',
    at: 0,
  });
const TYPE = 'application/vnd.ccos.approval.v1+json';

test('Approvals.proven (INV-APPR-2): nothing for a record that was altered in the database', async () => {
  const kernel = await openKernel();
  const { approvals, store, operator } = kernel;
  const approval = await approvals.request(raise(3000));
  const denied = await approvals.request(raise(4000));
  await approve(kernel, approval);
  await approvals.deny(denied.id);
  const { id, digest } = approval;
  const set = (column: string, value: string, of = id) =>
    tamper(store, `UPDATE approval SET ${column} = ? WHERE id = ?`, value, of);
  const [[request, decision] = []] = await store.select({
    sql: 'SELECT request, decision FROM approval WHERE id = ?',
    args: [id],
  });
  const altered = canonicalJson(raise(9999));
  const proven = (of = id) => approvals.proven(of, 'limit.raise');
  expect(await proven()).toEqual(raise(3000));

  await set('request', altered);
  expect(await proven()).toBeNull();
  await set('digest', sha256Hex(altered));
  expect(await proven()).toBeNull();
  await set('decision', signStatement(TYPE, STATEMENT(id, sha256Hex(altered)), generateKeyPair()));
  expect(await proven()).toBeNull();
  await set('request', String(request));
  await set('digest', digest);
  for (const bad of [
    signStatement(TYPE, STATEMENT(id, digest), generateKeyPair()),
    signStatement('application/other', STATEMENT(id, digest), operator),
    signStatement(TYPE, STATEMENT(denied.id, digest), operator),
    signStatement(TYPE, STATEMENT(id, denied.digest), operator),
    signStatement(TYPE, STATEMENT(id, digest, 'denied'), operator),
    '{}',
    'not json',
  ]) {
    await set('decision', bad);
    expect(await proven()).toBeNull();
  }
  await set('decision', String(decision));
  expect(await proven()).toEqual(raise(3000));
  await set('status', 'pending');
  expect(await proven()).toBeNull();

  await set('status', 'approved', denied.id);
  expect(await proven(denied.id)).toBeNull();
});

test('Approvals.proven (INV-APPR-2): an approval of one kind does not pass for another', async () => {
  const kernel = await openKernel();
  const { approvals, store } = kernel;
  const approval = await approvals.request(raise(3000));
  await approve(kernel, approval);
  await tamper(store, `UPDATE approval SET kind = 'capability.enable'`);
  expect(await approvals.proven(approval.id, 'capability.enable')).toBeNull();
});

test('Approvals.proven (INV-APPR-2): the signature of another home is nothing here', async () => {
  const [here, there] = await Promise.all([openKernel(), openKernel()]);
  const approval = await there.approvals.request(raise(3000));
  await approve(there, approval);
  const [row = []] = await there.store.select({ sql: 'SELECT * FROM approval', args: [] });
  const places = row.map(() => '?').join(',');
  await here.store.commit({
    rows: [],
    changes: [{ sql: `INSERT INTO approval VALUES (${places})`, args: row }],
  });
  expect(await there.approvals.proven(approval.id, 'limit.raise')).not.toBeNull();
  expect(await here.approvals.proven(approval.id, 'limit.raise')).toBeNull();
});

test('LimitGrants.effective (INV-LIMIT-1): lower is free, higher needs the approval, and never above it', async () => {
  const kernel = await openKernel();
  const { limits, setLimits, approvals } = kernel;
  setLimits({ pages: 10, textBytes: 1000 });
  expect(await limits.effective()).toMatchObject({
    pages: 10,
    textBytes: 1000,
    inputBytes: 25 * 1024 ** 2,
  });
  expect(await limits.ask()).toEqual([]);

  setLimits({ pages: 3000 });
  expect(await limits.effective()).toMatchObject({ pages: 2000 });
  const [asked] = await limits.ask();
  expect(asked).toMatchObject({ kind: 'limit.raise', subject: 'pages', facts: { to: 3000 } });
  if (asked !== undefined) await approve(kernel, asked);
  expect(await limits.effective()).toMatchObject({ pages: 3000 });
  expect(await limits.ask()).toEqual([]);

  setLimits({ pages: 4000 });
  expect(await limits.effective()).toMatchObject({ pages: 3000 });
  setLimits({});
  expect(await limits.effective()).toMatchObject({ pages: 2000 });
  expect(await approvals.list('pending')).toEqual([]);
});

test('LimitGrants.effective (INV-LIMIT-1, INV-APPR-2): a grant that was altered or made up counts for nothing', async () => {
  const kernel = await openKernel();
  const { limits, setLimits, store } = kernel;
  setLimits({ pages: 10_000, childBlobs: 2000 });
  const approval = await kernel.approvals.request(raise(3000));
  await approve(kernel, approval);
  expect(await limits.effective()).toMatchObject({ pages: 3000, childBlobs: 1000 });
  await tamper(store, 'UPDATE limit_grant SET value = 10000');
  expect(await limits.effective()).toMatchObject({ pages: 2000 });
  await tamper(store, `INSERT INTO limit_grant VALUES ('childBlobs', 3000, ?)`, approval.id);
  await tamper(store, `INSERT INTO limit_grant VALUES ('hostCalls', 5000, 'ap_none')`);
  expect(await limits.effective()).toMatchObject({ pages: 2000, childBlobs: 1000 });
});

test('Approvals.list: those that wait first, the newest of each first, whatever the clock says', async () => {
  const { approvals, world } = await openKernel();
  const asked = [];
  for (const value of [2001, 2002, 2003, 2004, 2005]) {
    asked.push((await approvals.request(raise(value))).id);
    if (value === 2003) world.move(1000);
  }
  const [one, two, three, four, five] = asked;
  await approvals.deny(five ?? '');
  const ids = async (status: 'all' | 'pending') =>
    (await approvals.list(status)).map(({ id }) => id);
  expect(await ids('all')).toEqual([four, three, two, one, five]);
  expect(await ids('pending')).toEqual([four, three, two, one]);
});

test('Approvals.approve (INV-APPR-2): a later expiry in the database revives no request', async () => {
  const kernel = await openKernel();
  const { approvals, store, world, operator } = kernel;
  const approval = await approvals.request(raise(3000));
  const other = await approvals.request(raise(4000));
  const later = approval.expires + 10 * WEEK;
  await tamper(store, 'UPDATE approval SET expires = ?', later);
  world.move(WEEK + 1);
  expect((await approvals.get(approval.id)).status).toBe('pending');
  const altered = { code: 'integrity', detail: { what: 'approval' } };
  const seal = (key: KeyPair, of = approval) => sealRequest({ ...of, expires: later }, key);
  for (const bad of [seal(generateKeyPair()), seal(operator, other), '', 'not json']) {
    expect(await failureOf(approve(kernel, approval))).toEqual(altered);
    await tamper(store, 'UPDATE approval SET seal = ? WHERE id = ?', bad, approval.id);
  }
  await tamper(store, 'UPDATE approval SET seal = NULL WHERE id = ?', approval.id);
  expect(await failureOf(approve(kernel, approval))).toEqual(altered);
  expect(await approvals.deny(approval.id)).toMatchObject({ status: 'denied' });
});

test('Approvals.approve: it is approved where the later expiry is under a seal that is taken for the operator’s', async () => {
  const kernel = await openKernel();
  const { approvals, store, world, operator } = kernel;
  const approval = await approvals.request(raise(3000));
  const later = approval.expires + 10 * WEEK;
  const seal = sealRequest({ ...approval, expires: later }, operator);
  await tamper(store, 'UPDATE approval SET expires = ?, seal = ?', later, seal);
  world.move(WEEK + 1);
  expect(await approve(kernel, approval)).toMatchObject({ status: 'approved' });
});
