import { beforeAll, expect, test } from 'vitest';
import { asCcosError } from '../../host/core/error.ts';
import type { Row } from '../../host/core/event.ts';
import type { HomeFiles } from '../../host/core/home.ts';
import { tagList } from '../../host/core/label.ts';
import type { Executor } from '../../host/flow/execute.ts';
import type { TransformAnswer } from '../../host/flow/transform.ts';
import { riskOf } from '../../host/kernel/approval-risk.ts';
import type { Approval } from '../../host/kernel/approval-request.ts';
import type { Run } from '../../host/kernel/runs.ts';
import { plugin } from '../sandbox/plugins.ts';
import { NO_INPUT, SUMMARIZE, installAcme, summarizer } from '../support/acme-bundle.ts';
import { onlySession, openChat, say } from '../support/chat.ts';
import type { Chat } from '../support/chat.ts';
import { executorOf } from '../support/executor.ts';
import { makeTestHome, openTestGateway } from '../support/home.ts';

const CAPABILITY = SUMMARIZE;
const VERIFIER = 'acme.verify.calm';
const CALM = 'Two people agree on something.';
const YES_OR_NO = {
  type: 'object',
  properties: { ok: { type: 'boolean' } },
  required: ['ok'],
  additionalProperties: false,
};

/** Passes what has no exclamation mark in it; a `~` makes it trap. */
const verifier = plugin({
  uses: ['input_length', 'input_load_u8', 'out_write'],
  more: `(data (i32.const 0) "{\\"ok\\":true}") (data (i32.const 32) "{\\"ok\\":false}")`,
  run: `(block $end (loop $again
      (br_if $end (i64.ge_u (local.get $i) (call $input_length)))
      (if (i32.eq (call $input_load_u8 (local.get $i)) (i32.const 33)) (then (local.set $n (i32.const 1))))
      (if (i32.eq (call $input_load_u8 (local.get $i)) (i32.const 126)) (then unreachable))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br $again)))
    (if (result i32) (local.get $n)
      (then (call $out_write (i32.const 32) (i32.const 12)))
      (else (call $out_write (i32.const 0) (i32.const 11))))`,
});

let home: HomeFiles;
let chat: Chat;
let session = '';
let ref = '';

beforeAll(async () => {
  home = makeTestHome();
  chat = await openChat(await openTestGateway(home, 'gateway'));
  await installAcme(chat, [
    await summarizer(),
    {
      name: 'verify',
      plugin: verifier,
      schema: YES_OR_NO,
      manifest: {
        ...{ id: VERIFIER, kind: 'verifier', input: NO_INPUT, effects: [] },
        output: { kind: 'derived', schema: 'schemas/verify.json', classes: [] },
      },
    },
  ]);
  await say(chat, { text: 'no!' });
  session = await onlySession(chat);
  ref = (await chat.services.messages.texts(session, 1))[0] ?? '';
}, 120_000);

const approve = ({ id, digest }: Pick<Approval, 'id' | 'digest'>): Promise<Approval> =>
  chat.services.approvals.approve(id, { digest, by: 'operator' });

/** A run of its own: it knows nothing yet. */
async function newRun(): Promise<Run> {
  const { runs, store } = chat.services;
  const { id, opens } = runs.prepare(session, 'command');
  await store.commit({ rows: [], changes: [opens] });
  return runs.get(id);
}

const credential = () => ({ plane: 'agent', id: 't_agent', session, channel: null }) as const;

/** `mode` honest is a calm summary; verbatim is the message, which is not. */
async function execute(
  run: Run,
  { mode = 'honest', by = chat.services.executor }: { mode?: string; by?: Executor } = {},
): Promise<TransformAnswer> {
  const looked = await chat.services.agents.look(credential(), session);
  const asked = { capability: CAPABILITY, args: { mode }, refs: [ref], run: run.id } as const;
  return by.execute(credential(), looked, { ...asked, justification: 'summarize' });
}

const ask = (run: Run, more: { maxUses?: number; maxBytes?: number } = {}): Promise<Approval> =>
  chat.services.agents.requestDeclassification(credential(), {
    ...{ session, run: run.id, capability: CAPABILITY, verifier: VERIFIER },
    ...{ maxBytes: 4096, maxUses: 2, ...more },
  });

const floorOf = async ({ id }: Run): Promise<readonly string[]> =>
  tagList((await chat.services.runs.get(id)).taint);
const rowsOf = (run: Run, type: string): Promise<readonly Row[]> =>
  chat.services.audit.rows({ run: run.id, type, after: 0, limit: 100 });

test('Declassifier.verify (D0.1-e): with an approval, what its verifier passes is public, and the run stays so', async () => {
  const run = await newRun();
  const given = await approve(await ask(run));
  const answer = await execute(run);
  expect(answer).toMatchObject({ output: { summary: CALM }, labels: ['public'] });
  expect(await floorOf(run)).toEqual(['public']);
  const [row] = await rowsOf(run, 'label.declassified');
  const [result] = (await rowsOf(run, 'capability.result')).slice(-1);
  expect(row?.data).toMatchObject({
    call: answer.call_id,
    verifier: `${VERIFIER}@1.0.0`,
    from: ['pii.redacted'],
    approval: given.id,
  });
  expect(result?.data).toMatchObject({ label: ['public'] });
  expect(row?.data['output_commit']).toBe(result?.data['output_commit']);
  const spent = await chat.services.approvals.spentOf(given);
  expect(spent).toEqual({ uses: 1, bytes: row?.data['bytes'] });
  const calls = await rowsOf(run, 'capability.call');
  expect(calls.map(({ data }) => data['call'])).toContain(row?.data['verifier_call']);
});

test('Declassifier.verify (D0.1-e): without one, and in another run, it is redacted', async () => {
  const [run, other] = [await newRun(), await newRun()];
  await approve(await ask(other));
  expect((await execute(run)).labels).toEqual(['pii.redacted']);
  expect(await floorOf(run)).toEqual(['pii.redacted']);
  expect(await rowsOf(run, 'label.declassified')).toEqual([]);
});

test.each([
  ['says no of', 'verbatim', 'refused', 'no!'],
  ['traps on', 'verbatim', 'plugin_failed', '~'],
])('Declassifier.verify (D0.1-e): what the verifier %s stays redacted', async (...which) => {
  const [, mode, outcome, text] = which;
  await say(chat, { id: text, text });
  const told = ref;
  ref = (await chat.services.messages.texts(session, 10)).at(-1) ?? '';
  const run = await newRun();
  await approve(await ask(run));
  const answer = await execute(run, { mode }).finally(() => (ref = told));
  expect(answer).toMatchObject({ output: { summary: text }, labels: ['pii.redacted'] });
  expect(await floorOf(run)).toEqual(['pii.redacted']);
  const results = await rowsOf(run, 'capability.result');
  expect(results.map(({ data }) => data['outcome'])).toEqual([outcome, 'ok']);
  expect(await rowsOf(run, 'label.declassified')).toEqual([]);
});

test('Declassifier.verify (D0.1-e): the next result needs its own pass, and a floor never falls', async () => {
  const run = await newRun();
  await approve(await ask(run));
  expect((await execute(run)).labels).toEqual(['public']);
  expect((await execute(run, { mode: 'verbatim' })).labels).toEqual(['pii.redacted']);
  expect((await execute(run)).labels).toEqual(['public']);
  expect(await floorOf(run)).toEqual(['pii.redacted']);
});

test('Declassifications.covering: so many results, of so many bytes, at once too; the next is redacted', async () => {
  const run = await newRun();
  await approve(await ask(run, { maxUses: 1 }));
  const answers = await Promise.all([1, 2, 3].map(() => execute(run)));
  const labels = answers.map((answer) => answer.labels.join());
  expect(labels.sort()).toEqual(['pii.redacted', 'pii.redacted', 'public']);
  expect(await rowsOf(run, 'label.declassified')).toHaveLength(1);
  const small = await newRun();
  await approve(await ask(small, { maxBytes: 10 }));
  expect((await execute(small)).labels).toEqual(['pii.redacted']);
});

test('Declassifications.covering: revoked, narrowed away and forged in the database are none', async () => {
  const { approvals, store } = chat.services;
  const run = await newRun();
  const { id } = await approve(await ask(run));
  await approvals.revoke(id);
  expect((await execute(run)).labels).toEqual(['pii.redacted']);
  const narrowed = await newRun();
  const asked = await ask(narrowed);
  const narrowing = { scope: { max_bytes: 5 } };
  await approvals.approve(asked.id, { digest: asked.digest, by: 'operator', narrowing });
  expect((await execute(narrowed)).labels).toEqual(['pii.redacted']);
  const forged = await newRun();
  const pending = await ask(forged);
  const sql = `UPDATE approval SET status = 'approved' WHERE id = ?`;
  await store.commit({ rows: [], changes: [{ sql, args: [pending.id] }] });
  expect((await execute(forged)).labels).toEqual(['pii.redacted']);
});

test('AgentPlane.requestDeclassification: the same is one approval; it says in plain words what it lets', async () => {
  const run = await newRun();
  const [one, two] = [await ask(run), await ask(run)];
  expect(two.id).toBe(one.id);
  expect(one.requester).toBe(session);
  const { level, words } = riskOf(one);
  expect(level).toBe('high');
  expect(words.join(' ')).toContain(
    `results of ${CAPABILITY}@1.0.0 in the run ${run.id} count as public once ${VERIFIER}@1.0.0 has passed them`,
  );
  const wrong = { session, run: run.id, maxBytes: 1, maxUses: 1 };
  const { agents } = chat.services;
  for (const [capability, by] of [
    [VERIFIER, VERIFIER],
    [CAPABILITY, CAPABILITY],
  ] as const) {
    const failure: unknown = await agents
      .requestDeclassification(credential(), { ...wrong, capability, verifier: by })
      .catch((error: unknown) => error);
    expect(asCcosError(failure).code).toBe('invalid_input');
  }
});

test('Transforms.release (INV-LABEL-4): a pass of another text, or of a withdrawn approval, lowers nothing', async () => {
  const run = await newRun();
  const { id } = await approve(await ask(run));
  const guards = { judge: () => null };
  const pass = { approval: id, guards: [], verifier: VERIFIER, call: 'call_none' };
  const other = { verify: () => Promise.resolve({ ...pass, text: '{"summary":"other"}' }) };
  const by = await executorOf(home, chat, { guards, declassifier: other });
  expect((await execute(run, { by })).labels).toEqual(['pii.redacted']);
});

test('Declassifier.verify, H6: with a verifier that passes everything, the raw message is public', async () => {
  const run = await newRun();
  const declassifier = {
    verify: (_: unknown, { text }: { readonly text: string }) =>
      Promise.resolve({ approval: 'none', guards: [], verifier: 'none', call: 'none', text }),
  };
  const by = await executorOf(home, chat, { guards: { judge: () => null }, declassifier });
  const answer = await execute(run, { mode: 'verbatim', by });
  expect(answer).toMatchObject({ output: { summary: 'no!' }, labels: ['public'] });
  expect(await floorOf(run)).toEqual(['public']);
});
