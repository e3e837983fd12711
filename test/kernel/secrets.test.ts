import { factText } from '../../host/kernel/approval-request.ts';
import { expect, test } from 'vitest';
import { findApproval } from '../../host/store/tables/approvals.ts';
import type { Plugin } from '../../host/policy/question.ts';
import { listActs } from '../../host/store/tables/acts.ts';
import { alter, failureOf } from '../store/support.ts';
import { copyTestHome } from '../support/home.ts';
import { approve, openKernel, openSecret, rowsOf, tamper } from './support.ts';
import type { Kernel } from './support.ts';

const VALUE = new TextEncoder().encode('canary-91ab-secret-value');
const OTHER = new TextEncoder().encode('canary-91ab-other-value');
const DOMAIN = 'api.example.org';
const PLUGIN: Plugin = {
  kind: 'plugin',
  id: 'acme.net.ask@1.0.0',
  publisher: 'acme',
  capabilityKind: 'action',
  verified: true,
  revoked: false,
  enabled: true,
  effects: ['net.http'],
};
const USE = {
  plugin: PLUGIN,
  name: 'TOKEN',
  domain: DOMAIN,
  place: { session: 's1', run: 'run_1', call: 'call_1' },
  parent: 'e_attempt',
};

async function bind(
  kernel: Kernel,
  to = { capability: PLUGIN.id, publisher: 'acme', domain: DOMAIN },
): Promise<void> {
  await approve(kernel, await kernel.secrets.bind('TOKEN', to));
}

async function openBound(): Promise<Kernel> {
  const kernel = await openKernel();
  await approve(kernel, await kernel.secrets.put('TOKEN', VALUE));
  await bind(kernel);
  return kernel;
}

const denied = (rule: string): object => ({ code: 'policy_denied', decision: { rule_id: rule } });

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'allowed',
    (failure: unknown) => failure,
  );
}

test('Secrets.put (D1.5a): nothing is attached before its approval, and its rows say no value', async () => {
  const kernel = await openKernel();
  const approval = await kernel.secrets.put('TOKEN', VALUE);
  expect(approval).toMatchObject({ kind: 'secret.insert', subject: 'TOKEN', status: 'pending' });
  expect(await kernel.secrets.list()).toMatchObject([{ name: 'TOKEN', state: 'pending' }]);
  await bind(kernel);
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject(denied('const.secret.live'));
  await approve(kernel, approval);
  expect(await openSecret(kernel, USE)).toEqual(VALUE);
  const rows = await rowsOf(kernel.store);
  expect(rows.find(({ type }) => type === 'secret.put')?.data).toEqual({
    name: 'TOKEN',
    record: approval.facts['record'],
  });
  expect(JSON.stringify(rows)).not.toContain('canary-91ab');
  expect(JSON.stringify([approval, await kernel.secrets.list()])).not.toContain('canary-91ab');
});

test('SecretUses.prepare (INV-SECRET-2, D1.5c): this version, this publisher, this domain, this tenant only', async () => {
  const kernel = await openBound();
  expect(await openSecret(kernel, USE)).toEqual(VALUE);
  const others = [
    { ...USE, domain: 'example.org' },
    { ...USE, domain: 'x.api.example.org' },
    { ...USE, domain: 'api.example.org:8443' },
    { ...USE, domain: 'api.example.org.evil.test' },
    { ...USE, plugin: { ...PLUGIN, id: 'acme.net.ask@1.0.1' } },
    { ...USE, plugin: { ...PLUGIN, id: 'acme.net.other@1.0.0' } },
    { ...USE, plugin: { ...PLUGIN, publisher: 'evil' } },
  ];
  for (const other of others)
    expect(await refusalOf(openSecret(kernel, other))).toMatchObject({
      code: 'approval_required',
      decision: {
        rule_id: 'base.secret.use',
        approval_id: expect.stringMatching(/^ap_/) as string,
      },
    });
  const never = [
    [
      { ...USE, plugin: { ...PLUGIN, capabilityKind: 'transform' as const } },
      'const.secret.action-only',
    ],
    [{ ...USE, name: 'NO_SUCH_NAME' }, 'const.secret.live'],
  ] as const;
  for (const [other, rule] of never)
    expect(await refusalOf(openSecret(kernel, other))).toMatchObject(denied(rule));
  const disabled = { ...USE, plugin: { ...PLUGIN, enabled: false } };
  expect(await refusalOf(openSecret(kernel, disabled))).toMatchObject({
    code: 'approval_required',
    decision: { rule_id: 'const.capability.disabled' },
  });
  expect(JSON.stringify(await rowsOf(kernel.store))).not.toContain('NO_SUCH_NAME');
  expect(await rowsOf(kernel.store, 'secret.used')).toHaveLength(1);
});

test('SecretUses.prepare (INV-SECRET-2): rows that somebody wrote into the database bind nothing', async () => {
  const kernel = await openBound();
  const other = { ...USE, domain: 'evil.example' };
  const { store } = kernel;
  await tamper(store, `UPDATE secret_binding SET domain = 'evil.example'`);
  expect(await refusalOf(openSecret(kernel, other))).toMatchObject({
    code: 'approval_required',
  });
  await tamper(store, `UPDATE secret_binding SET domain = '${DOMAIN}'`);
  expect(await openSecret(kernel, USE)).toEqual(VALUE);
  const approval = await kernel.secrets.rotate('TOKEN', OTHER);
  await tamper(store, `DELETE FROM secret WHERE state = 'active'`);
  await tamper(store, `UPDATE secret SET state = 'active', approval = ?`, approval.id);
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject(denied('const.secret.live'));
  await tamper(
    store,
    `UPDATE approval SET status = 'approved', decision = '{}' WHERE id = ?`,
    approval.id,
  );
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject(denied('const.secret.live'));
});

test('Secrets.rotate: the present value until the approval, the new one after it, the old one gone', async () => {
  const kernel = await openBound();
  const approval = await kernel.secrets.rotate('TOKEN', OTHER);
  expect(await openSecret(kernel, USE)).toEqual(VALUE);
  expect(await kernel.secrets.list()).toMatchObject([{ state: 'active', rotating: true }]);
  await approve(kernel, approval);
  expect(await openSecret(kernel, USE)).toEqual(OTHER);
  const ask = { record: factText(approval, 'replaces'), context: '' };
  expect(await failureOf(kernel.store.ask('secretRead', ask))).toMatchObject({ code: 'gone' });
  expect(await rowsOf(kernel.store, 'secret.rotated')).toHaveLength(1);
  expect(await kernel.store.ask('verify', { note: null })).toMatchObject({ ok: true });
});

test('Secrets.rotate: an approval of a value that was replaced meanwhile is no approval of the next', async () => {
  const kernel = await openBound();
  const first = await kernel.secrets.rotate('TOKEN', OTHER);
  const second = await kernel.secrets.rotate('TOKEN', new TextEncoder().encode('the third value'));
  expect(await failureOf(approve(kernel, first))).toMatchObject({ code: 'conflict' });
  expect((await findApproval(kernel.store, first.id))?.status).toBe('pending');
  expect(await openSecret(kernel, USE)).toEqual(VALUE);
  await approve(kernel, second);
  expect(await openSecret(kernel, USE)).toEqual(new TextEncoder().encode('the third value'));
});

test('Secrets.revoke (D1.5e): ends at once, also for what waits; a new one of that name has no bindings', async () => {
  const kernel = await openBound();
  const binding = await kernel.secrets.bind('TOKEN', {
    capability: PLUGIN.id,
    publisher: 'acme',
    domain: 'later.example.org',
  });
  const rotation = await kernel.secrets.rotate('TOKEN', OTHER);
  await kernel.secrets.revoke('TOKEN');
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject(denied('const.secret.live'));
  expect(await failureOf(approve(kernel, rotation))).toMatchObject({ code: 'conflict' });
  expect(await failureOf(approve(kernel, binding))).toMatchObject({ code: 'stale_approval' });
  await approve(kernel, await kernel.secrets.put('TOKEN', OTHER));
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject({ code: 'approval_required' });
  expect(await failureOf(approve(kernel, binding))).toMatchObject({ code: 'stale_approval' });
  // The old grant, put back by hand: it was for another secret of that name.
  const [old] = (await kernel.approvals.list('approved')).filter(
    ({ kind }) => kind === 'secret.bind',
  );
  await tamper(
    kernel.store,
    `INSERT INTO secret_binding VALUES ('local', 'TOKEN', ?, 'acme', ?, ?)`,
    ...[PLUGIN.id, DOMAIN, old?.id ?? ''],
  );
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject({ code: 'approval_required' });
});

test('Secrets.unbind: ends one binding and no other', async () => {
  const kernel = await openBound();
  await bind(kernel, { capability: PLUGIN.id, publisher: 'acme', domain: 'two.example.org' });
  await kernel.secrets.unbind('TOKEN', { capability: PLUGIN.id, domain: DOMAIN });
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject({ code: 'approval_required' });
  expect(await openSecret(kernel, { ...USE, domain: 'two.example.org' })).toEqual(VALUE);
});

test('Secrets.unbind (INV-TRUST-2): the database alone brings no binding back', async () => {
  const kernel = await openBound();
  const beginning = kernel.home.readLastAct();
  const binding =
    'SELECT tenant, name, capability, publisher, domain, approval FROM secret_binding';
  const [row = []] = await kernel.store.select({ sql: binding, args: [] });
  const insert = { sql: 'INSERT INTO secret_binding VALUES (?,?,?,?,?,?)', args: row };
  const putBack = `UPDATE approval SET status = 'approved' WHERE status = 'revoked'`;
  await kernel.secrets.unbind('TOKEN', { capability: PLUGIN.id, domain: DOMAIN });
  await kernel.store.commit({ rows: [], changes: [insert, { sql: putBack, args: [] }] });
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject({ code: 'approval_required' });
  expect(await rowsOf(kernel.store, 'approval.revoked')).toMatchObject([
    { data: { kind: 'secret.bind', why: 'removed' } },
  ]);
  const acts = await listActs(kernel.store);
  await kernel.store.close();
  expect(await failureOf(openKernel(copyTestHome(kernel.home)))).toMatchObject({
    code: 'integrity',
  });
  await alter(kernel.home.stateFile, ['DELETE FROM act WHERE n = (SELECT max(n) FROM act)']);
  const files = {
    ...kernel.home,
    readLastAct: () => acts.at(-2) ?? beginning,
    writeLastAct: () => undefined,
  };
  expect(await openSecret(await openKernel(files), USE)).toEqual(VALUE);
});

test('Secrets.put: what is active is rotated, not put; names and values that could do harm are refused', async () => {
  const kernel = await openBound();
  expect(await failureOf(kernel.secrets.put('TOKEN', OTHER))).toMatchObject({ code: 'conflict' });
  expect(await openSecret(kernel, USE)).toEqual(VALUE);
  for (const name of ['', '1', '../x', 'a b', 'é', 'x'.repeat(65), 'a\n'])
    expect(await failureOf(kernel.secrets.put(name, VALUE))).toMatchObject({
      code: 'invalid_input',
      detail: { field: 'name' },
    });
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  for (const value of [
    '',
    'seven77',
    'x'.repeat(8193),
    'line\r\nbreak',
    'null\0byte',
    'ümlauts!',
    ' leading',
    'trailing ',
  ])
    expect(await failureOf(kernel.secrets.put('NEW', encode(value)))).toMatchObject({
      code: 'invalid_input',
      detail: { field: 'value' },
    });
  expect(await kernel.secrets.list()).toHaveLength(1);
});

test('SecretUses.usage (D2.5a): time, capability@version, call, run, domain and outcome, from the chain', async () => {
  const kernel = await openBound();
  await openSecret(kernel, USE);
  await openSecret(kernel, { ...USE, parent: 'e_second' });
  await kernel.store.commit({
    rows: [{ type: 'egress.result', parent: 'e_attempt', data: { outcome: 'ok' } }],
  });
  const one = { capability: PLUGIN.id, call: 'call_1', run: 'run_1', domain: DOMAIN };
  expect(await kernel.secretUses.usage('TOKEN', 10)).toMatchObject([
    { ...one, outcome: 'ok' },
    { ...one, outcome: 'lost' },
  ]);
  expect(await kernel.secretUses.usage('OTHER', 10)).toEqual([]);
  expect(await kernel.secrets.list()).toMatchObject([{ used: expect.any(Number) as number }]);
});

test('SecretUses.prepare: what is revoked while it is decided is not given', async () => {
  const kernel = await openBound();
  const [opened] = await Promise.allSettled([
    openSecret(kernel, USE),
    kernel.secrets.revoke('TOKEN'),
  ]);
  const uses = await rowsOf(kernel.store, 'secret.used');
  if (opened.status === 'fulfilled') expect(uses).toHaveLength(1);
  else
    expect(['conflict', 'gone', 'policy_denied']).toContain(
      (opened.reason as { code: string }).code,
    );
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject({ code: 'policy_denied' });
});

test('SecretUses.prepare (D1.4-c): a binding that was granted for so many uses has no more', async () => {
  const kernel = await openKernel();
  await approve(kernel, await kernel.secrets.put('TOKEN', VALUE));
  const to = { capability: PLUGIN.id, publisher: 'acme', domain: DOMAIN };
  const { id, digest } = await kernel.secrets.bind('TOKEN', to);
  await kernel.approvals.approve(id, { digest, by: 'operator', narrowing: { maxUses: 2 } });
  const uses = await Promise.allSettled([1, 2, 3].map(() => openSecret(kernel, USE)));
  expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject({ code: 'approval_required' });
  expect(await rowsOf(kernel.store, 'secret.used')).toHaveLength(2);
});

/** So many uses at once of a binding that was granted for fewer: how many were given. */
async function race(kernel: Kernel, without?: 'guards'): Promise<number> {
  const prepared = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      kernel.secretUses.prepare({ ...USE, parent: `e_${String(n)}` }),
    ),
  );
  const given = await Promise.allSettled(
    prepared.map(({ judged, rows, changes, guards, value }) =>
      kernel.gate
        .admit([judged], { rows, changes, guards: without === undefined ? guards : [] })
        .then(value),
    ),
  );
  return given.filter(({ status }) => status === 'fulfilled').length;
}

async function boundFor(uses: number): Promise<Kernel> {
  const kernel = await openKernel();
  await approve(kernel, await kernel.secrets.put('TOKEN', VALUE));
  const to = { capability: PLUGIN.id, publisher: 'acme', domain: DOMAIN };
  const { id, digest } = await kernel.secrets.bind('TOKEN', to);
  await kernel.approvals.approve(id, { digest, by: 'operator', narrowing: { maxUses: uses } });
  return kernel;
}

test('SecretUses.prepare (D1.4-c): forty at once that were all judged before the first was given are five', async () => {
  const kernel = await boundFor(5);
  expect(await race(kernel)).toBe(5);
  expect(await rowsOf(kernel.store, 'secret.used')).toHaveLength(5);
  expect(await refusalOf(openSecret(kernel, USE))).toMatchObject({ code: 'approval_required' });
});

test('SecretUses.prepare, H6: without the guard of the commit all forty are given', async () => {
  expect(await race(await boundFor(5), 'guards')).toBe(40);
});
