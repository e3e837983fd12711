import { expect, test } from 'vitest';
import { FIXED } from '../../host/core/limits.ts';
import type { Label } from '../../host/core/label.ts';
import { PUBLIC, labelOf } from '../../host/core/label.ts';
import { Egress } from '../../host/kernel/egress.ts';
import type { EgressAttempt, EgressSource } from '../../host/kernel/egress.ts';
import { exceptionRequest } from '../../host/kernel/exception-request.ts';
import type { EgressException } from '../../host/kernel/exception-request.ts';
import { Gate } from '../../host/kernel/gate.ts';
import type { Verdict } from '../../host/policy/verdict.ts';
import { approve, engine, openKernel, rowsOf, tamper } from './support.ts';
import type { Kernel } from './support.ts';

const HOUR = 3_600_000;
const REDACTED = labelOf(['pii.redacted'], ['s_conversation']);
const SOURCE: EgressSource = {
  caller: { kind: 'agent', id: 't_agent' },
  plugin: {
    kind: 'plugin',
    id: 'ccos.http.request@0.1.0',
    publisher: 'ccos',
    capabilityKind: 'action',
    verified: true,
    revoked: false,
    enabled: true,
    effects: ['net.http'],
  },
  hosts: ['*'],
  label: REDACTED,
  place: { session: 's_one', run: 'run_one', call: 'call_one' },
};
const ATTEMPT: EgressAttempt = { sink: 'http', target: 'api.example.org', bytes: 100 };

const exception = (kernel: Kernel, changes: Partial<EgressException> = {}): EgressException => ({
  capability: SOURCE.plugin.id,
  publisher: 'ccos',
  sink: 'http.public',
  target: ATTEMPT.target,
  label: ['pii.redacted'],
  scope: { run: 'run_one' },
  maxBytes: 1000,
  maxUses: 3,
  expires: kernel.world.now() + HOUR,
  ...changes,
});

async function allow(kernel: Kernel, changes: Partial<EgressException> = {}): Promise<string> {
  const request = exceptionRequest(exception(kernel, changes));
  const { id } = await approve(kernel, await kernel.approvals.request(request));
  return id;
}

async function outcome(
  kernel: Kernel,
  source: Partial<EgressSource> = {},
  attempt: Partial<EgressAttempt> = {},
): Promise<string> {
  return kernel.egress.admit({ ...SOURCE, ...source }, { ...ATTEMPT, ...attempt }).then(
    ({ sink }) => sink,
    (failure: unknown) => (failure as { readonly code: string }).code,
  );
}

test('Egress.admit (D2.2a, INV-EGRESS-1): what is or may be personal data does not leave, and asks for exactly that', async () => {
  const kernel = await openKernel();
  const labels: readonly Label[] = [REDACTED, PUBLIC];
  for (const label of labels) expect(await outcome(kernel, { label })).toBe('approval_required');
  for (const tag of ['pii.chat.message', 'pii.attachment', 'secret.token', 'no.such.tag'])
    expect(await outcome(kernel, { label: labelOf([tag]) })).toBe('policy_denied');
  const asked = await kernel.approvals.list('pending');
  expect(asked.map(({ facts }) => facts['label'])).toEqual(
    expect.arrayContaining([[], ['pii.redacted']]),
  );
  expect(asked[0]?.facts).toMatchObject({
    capability: SOURCE.plugin.id,
    target: ATTEMPT.target,
    run: 'run_one',
    max_bytes: 100,
    max_uses: 1,
  });
  const rows = await rowsOf(kernel.store);
  expect(rows.filter(({ type }) => type === 'egress.attempt')).toEqual([]);
  expect(JSON.stringify(rows)).not.toContain(ATTEMPT.target); // a stranger's text until it is approved
  const [decision] = rows.filter(({ type }) => type === 'policy.decision');
  expect(decision?.data).toMatchObject({
    sink: 'http.public',
    label: ['pii.redacted'],
    origins: ['s_conversation'],
    decision: 'needs-approval',
  });
});

test('Egress.admit (D2.2b): exactly what an exception names passes, and each neighbour does not', async () => {
  const kernel = await openKernel();
  const approval = await allow(kernel, { maxUses: 100, maxBytes: 100_000 });
  expect(await outcome(kernel)).toBe('http.public');
  const attempts = (await rowsOf(kernel.store, 'egress.attempt')).map(({ data }) => data);
  expect(attempts).toEqual([
    {
      call: 'call_one',
      capability: SOURCE.plugin.id,
      sink: 'http.public',
      label: ['pii.redacted'],
      domain: ATTEMPT.target,
      bytes: 100,
      approval,
    },
  ]);
  const { plugin, place } = SOURCE;
  const neighbours: readonly (readonly [string, Partial<EgressSource>, Partial<EgressAttempt>])[] =
    [
      ['sub-domain', {}, { target: 'x.api.example.org' }],
      ['parent domain', {}, { target: 'example.org' }],
      ['port', {}, { target: 'api.example.org:8443' }],
      ['suffix', {}, { target: 'api.example.org.evil.test' }],
      ['capability', { plugin: { ...plugin, id: 'ccos.http.other@0.1.0' } }, {}],
      ['version', { plugin: { ...plugin, id: 'ccos.http.request@0.1.1' } }, {}],
      ['publisher', { plugin: { ...plugin, publisher: 'evil' } }, {}],
      ['run', { place: { ...place, run: 'run_two' } }, {}],
      ['sink', {}, { sink: 'fs' }],
    ];
  for (const [name, source, attempt] of neighbours)
    expect([name, await outcome(kernel, source, attempt)]).toEqual([name, 'approval_required']);
  const raised = labelOf(['pii.redacted', 'pii.chat.message']);
  expect(await outcome(kernel, { label: raised })).toBe('policy_denied');
  expect(await outcome(kernel)).toBe('http.public');
});

test('Egress.admit (D2.2b): +1 use, +1 byte and +1 ms are refused', async () => {
  const uses = await openKernel();
  await allow(uses, { maxUses: 2 });
  expect([await outcome(uses), await outcome(uses), await outcome(uses)]).toEqual([
    'http.public',
    'http.public',
    'approval_required',
  ]);
  const bytes = await openKernel();
  await allow(bytes, { maxBytes: 150, maxUses: 10 });
  expect(await outcome(bytes, {}, { bytes: 151 })).toBe('approval_required');
  expect(await outcome(bytes, {}, { bytes: 100 })).toBe('http.public');
  expect(await outcome(bytes, {}, { bytes: 51 })).toBe('approval_required');
  expect(await outcome(bytes, {}, { bytes: 50 })).toBe('http.public');
  const time = await openKernel();
  await allow(time);
  time.world.move(HOUR - 1000);
  expect(await outcome(time)).toBe('http.public');
  time.world.move(1000);
  expect(await outcome(time)).toBe('approval_required');
});

test('Egress.admit: of many at once, so many pass as there are uses', async () => {
  const kernel = await openKernel();
  await allow(kernel, { maxUses: 3, maxBytes: 100_000 });
  const all = await Promise.all(Array.from({ length: 20 }, () => outcome(kernel)));
  expect(all.filter((code) => code === 'http.public')).toHaveLength(3);
  expect(await rowsOf(kernel.store, 'egress.attempt')).toHaveLength(3);
});

test('Egress.admit (INV-EGRESS-1): an exception that somebody wrote into the database is none', async () => {
  const kernel = await openKernel();
  const approval = await allow(kernel, { maxUses: 1 });
  const { store } = kernel;
  await tamper(store, `UPDATE egress_exception SET target = 'evil.test'`);
  expect(await outcome(kernel, {}, { target: 'evil.test' })).toBe('approval_required');
  await tamper(
    store,
    `UPDATE egress_exception SET target = ?, expires = expires * 2`,
    ATTEMPT.target,
  );
  kernel.world.move(2 * HOUR);
  expect(await outcome(kernel)).toBe('approval_required');
  kernel.world.move(-2 * HOUR);
  expect(await outcome(kernel)).toBe('http.public');
  expect(await outcome(kernel)).toBe('approval_required'); // what is spent stands in the chain
  await tamper(store, `INSERT OR REPLACE INTO egress_exception SELECT * FROM egress_exception`);
  expect(await outcome(kernel)).toBe('approval_required');
  await tamper(store, `UPDATE approval SET decision = '{}' WHERE id = ?`, approval);
  expect(await outcome(kernel)).toBe('approval_required');
});

test('Egress.admit (D2.2b): what is revoked lets nothing more through', async () => {
  const kernel = await openKernel();
  const approval = await allow(kernel);
  expect(await outcome(kernel)).toBe('http.public');
  await kernel.approvals.revoke(approval);
  expect(await outcome(kernel)).toBe('approval_required');
  expect(await kernel.exceptions.get(approval)).toMatchObject({
    status: 'revoked',
    spent: { uses: 1, bytes: 100 },
  });
});

test('Egress.admit: what is public goes to the hosts of the manifest, and what is not does not', async () => {
  const kernel = await openKernel();
  const hosts = ['api.example.org', '*.example.com'];
  const to = (target: string, label = PUBLIC): Promise<string> =>
    outcome(kernel, { hosts, label }, { target });
  expect(await to('api.example.org')).toBe('http.public');
  expect(await to('a.b.example.com')).toBe('http.public');
  for (const target of ['example.com', 'evilexample.com', 'api.example.org:81', 'evil.test'])
    expect([target, await to(target)]).toEqual([target, 'approval_required']);
  expect(await to('api.example.org', REDACTED)).toBe('approval_required');
});

test('Egress.admit: a session’s exception holds for each run of that session', async () => {
  const kernel = await openKernel();
  await allow(kernel, { scope: { session: 's_one' } });
  const { place } = SOURCE;
  expect(await outcome(kernel, { place: { ...place, run: 'run_two' } })).toBe('http.public');
  expect(await outcome(kernel, { place: { ...place, session: 's_two' } })).toBe(
    'approval_required',
  );
});

test('Egress.admit: an agent sees what becomes of what it asked for, and cannot ask without end', async () => {
  const kernel = await openKernel();
  const asked: string[] = [];
  for (let i = 0; i < FIXED.pendingOfSession + 3; i++)
    asked.push(await outcome(kernel, {}, { target: `${String(i)}.example` }));
  expect(asked.filter((code) => code === 'approval_required')).toHaveLength(FIXED.pendingOfSession);
  expect(asked.slice(FIXED.pendingOfSession)).toEqual(Array(3).fill('rate_limited'));
  const [first] = await kernel.approvals.list('pending');
  expect(await kernel.watches.find(first?.id ?? '', 's_one')).toMatchObject({ status: 'pending' });
  expect(await kernel.watches.find(first?.id ?? '', 's_two')).toBe(null);
});

test('Egress.admit: without its gate all of it leaves (what the gate is for)', async () => {
  const kernel = await openKernel();
  const decide = (): Verdict => ({ decision: 'allow', rules: ['none'], reason: '' });
  const gate = new Gate({ ...kernel, engine: () => ({ ...engine, decide }) });
  const open = new Egress({ ...kernel, gate });
  const raw = { ...SOURCE, label: labelOf(['pii.chat.message']) };
  expect(await open.admit(raw, { ...ATTEMPT, target: 'evil.test' })).toMatchObject({
    sink: 'http.public',
  });
});
