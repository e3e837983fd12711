import { beforeAll, describe, expect, test } from 'vitest';
import { packBundle, signContainer } from '../../host/bundle/pack.ts';
import { asCcosError } from '../../host/core/error.ts';
import type { Row } from '../../host/core/event.ts';
import type { Json, JsonObject } from '../../host/core/json.ts';
import { tagList } from '../../host/core/label.ts';
import { leakWords } from '../../host/core/leak.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { Executor } from '../../host/flow/execute.ts';
import type { TransformAnswer } from '../../host/flow/transform.ts';
import { readRows } from '../../host/store/tables/chain.ts';
import { onlySession, openChat, say } from '../support/chat.ts';
import type { Chat } from '../support/chat.ts';
import { makeTestHome, openTestGateway } from '../support/home.ts';
import { bearer, send } from '../support/http-request.ts';
import { MODES, leakyPlugin } from '../support/leaky-plugin.ts';
import { draftOf } from '../support/plugin-bundle.ts';
import { serve } from '../support/serve.ts';
import { executorOf } from '../support/executor.ts';

const CAPABILITY = 'acme.chat.summarize';
const OF_FILES = 'acme.chat.read_file';
const TEXT = 'the quarterly numbers are worse than anyone expected so please keep them quiet';
const SCHEMA = {
  type: 'object',
  properties: {
    summary: { type: 'string', maxLength: 2000 },
    parts: { type: 'array', maxItems: 20, items: { type: 'string', maxLength: 60 } },
  },
  required: ['summary', 'parts'],
  additionalProperties: false,
};

let chat: Chat;
let session = '';
let refs: readonly string[] = [];
let file = '';
let open: Executor;

beforeAll(async () => {
  const home = makeTestHome();
  const gateway = await openTestGateway(home, 'gateway');
  chat = await openChat(gateway);
  await install();
  await say(chat, {
    text: TEXT,
    sender_name: 'Marguerite Duval',
    attachments: [{ data: Buffer.from(TEXT), file_name: 'numbers.txt' }],
  });
  session = await onlySession(chat);
  refs = await gateway.services.messages.texts(session, 10);
  const { events } = await gateway.services.agents.page(
    await gateway.services.sessions.get(session),
    { after: 0, limit: 10 },
  );
  const blobs = events.flatMap((event) => event.blobs);
  file = blobs.find((blob) => blob.class === 'pii.attachment')?.ref ?? '';
  open = await executorOf(home, chat, { guards: { judge: () => null } });
}, 120_000);

/** Trusted, installed, enabled and granted for the channel, as an operator would. */
async function install(): Promise<void> {
  const { services } = chat;
  const key = generateKeyPair();
  const approve = async ({ id, digest }: { readonly id: string; readonly digest: string }) => {
    await services.approvals.approve(id, { digest, by: 'operator' });
  };
  await approve(
    await services.trust.request({
      publisher: 'acme',
      publicKey: key.raw,
      namespaces: ['acme/*'],
      effects: ['quarantine.read'],
    }),
  );
  const draft = await bundleDraft();
  const { approvals } = await services.installer.install(
    signContainer(packBundle(draft).container, key),
  );
  for (const approval of approvals) await approve(approval);
  for (const id of [CAPABILITY, OF_FILES])
    await approve(
      await services.channels.requestGrant({ channel: chat.channel, capability: `${id}@1.0.0` }),
    );
}

async function bundleDraft(): Promise<ReturnType<typeof draftOf>> {
  const bundled = { name: 'leaky', plugin: await leakyPlugin(), schema: SCHEMA };
  const [capability] = draftOf([bundled]).manifest['capabilities'] as readonly JsonObject[];
  const released = {
    ...capability,
    id: CAPABILITY,
    export: 'summarize',
    input: {
      schema: 'schemas/in.json',
      mediaTypes: [],
      magic: [],
      classes: ['pii.chat.message'],
    },
    // A lie: what it gives is not public.
    output: { kind: 'released', schema: 'schemas/leaky.json', classes: [] },
  };
  const ofFiles = {
    ...released,
    id: OF_FILES,
    input: { ...released.input, classes: ['pii.attachment'] },
  };
  return draftOf([bundled], { capabilities: [released, ofFiles] });
}

const credential = () => ({ plane: 'agent', id: 't_agent', session, channel: null }) as const;

async function execute(
  mode: string,
  by: Executor = chat.services.executor,
): Promise<TransformAnswer> {
  const { agents } = chat.services;
  const found = await agents.look(credential(), session);
  return by.execute(credential(), found, {
    capability: CAPABILITY,
    args: { mode },
    refs,
    justification: 'summarize',
  });
}

async function rowsOf(work: () => Promise<unknown>): Promise<readonly Row[]> {
  const { store } = chat.services;
  const last = (await readRows(store, { limit: 1 }))[0]?.seq ?? -1;
  await work().catch(() => undefined);
  return readRows(store, { after: last, limit: 1000 });
}

describe('Transformer: what a hostile transform gets out (attack 52, GP2-b)', () => {
  test.each(MODES)('%s: refused, and the chain says why', async (mode) => {
    let failure: unknown;
    const rows = await rowsOf(async () => {
      failure = await execute(mode).catch((error: unknown) => error);
    });
    expect(asCcosError(failure).toBody()).toEqual({
      code: 'transform_rejected',
      message: 'the result of the plugin was refused',
    });
    const rejected = rows.find(({ type }) => type === 'transform.rejected');
    expect(rejected?.data).toMatchObject({ guard: 'verbatim' });
    expect(rows.at(-1)?.data).toMatchObject({ outcome: 'transform_rejected' });
    expect(JSON.stringify(rows)).not.toContain('quarterly');
  });

  test.each(MODES)('%s: the same without the guards is seen to leak (H6)', async (mode) => {
    const { output } = await execute(mode, open);
    const said = JSON.stringify(output);
    expect(said.length).toBeGreaterThan(TEXT.length);
    if (mode === 'verbatim') expect(output).toEqual({ summary: TEXT, parts: [] });
    if (mode === 'base64') expect(said).toContain(Buffer.from(TEXT).toString('base64'));
  });

  test('an output beyond its schema is refused: a label of its own', async () => {
    const rows = await rowsOf(() => execute('extra'));
    const rejected = rows.find(({ type }) => type === 'transform.rejected');
    expect(rejected?.data).toMatchObject({ guard: 'schema' });
  });

  test('a file as it stands is not opened: what is in it could not be compared', async () => {
    const { agents, executor } = chat.services;
    const found = await agents.look(credential(), session);
    const asked = {
      capability: OF_FILES,
      args: { mode: 'verbatim' },
      refs: [file],
      justification: 'summarize',
    } as const;
    const failure = await executor
      .execute(credential(), found, asked)
      .catch((error: unknown) => error);
    expect(asCcosError(failure).code).toBe('unsupported_type');
  });

  test.each(['fail', 'trap'])('%s tells one code and no more', async (mode) => {
    const failure = await execute(mode).catch((error: unknown) => error);
    const body = asCcosError(failure).toBody();
    expect(Object.keys(body).sort()).toEqual(['code', 'message']);
  });
});

describe('Transformer: what an honest transform gives', () => {
  test('the output as the host writes it, redacted, with all rows (SC0, D0.1-d)', async () => {
    let answer: TransformAnswer | undefined;
    const rows = await rowsOf(async () => {
      answer = await execute('honest');
    });
    expect(answer?.output).toEqual({ parts: [], summary: 'Two people agree on something.' });
    expect(answer?.labels).toEqual(['pii.redacted']);
    const types = rows.map(({ type }) => type);
    expect(types.filter((type) => type !== 'plugin.host_call')).toEqual([
      'policy.decision', // of the look at the session
      'policy.decision', // of the call
      'policy.decision', // of its one blob
      'capability.call',
      'quarantine.access',
      'quarantine.access', // of the names that the guard knows
      'policy.decision', // of the release
      'label.downgrade_attempt', // the manifest says that nothing personal is in it
      'quarantine.put',
      'capability.result',
    ]);
    const calls = new Set(
      rows.flatMap(({ type, data }) => (type === 'capability.result' ? [data['call']] : [])),
    );
    expect(calls).toEqual(new Set([answer?.call_id]));
    expect(rows.at(-1)?.data).toMatchObject({ outcome: 'ok', label: ['pii.redacted'] });
  });

  test('INV-LEAK-2: each call takes its ceiling from the run, and none is begun without it', async () => {
    const { runs, store } = chat.services;
    const before = await runs.ofSession(session);
    await execute('honest');
    const after = await runs.ofSession(session);
    const [variant] = await chat.services.registry.variants();
    const bits = (await variant?.load())?.leak?.bits ?? 0;
    expect(leakWords(bits)).toMatch(/^at most [0-9.]+ KB per message/);
    expect(before.leakBits - after.leakBits).toBe(bits);
    expect(tagList(after.taint)).toEqual(['pii.redacted']);
    expect([...after.taint.origins]).toEqual([session]);
    await store.commit({
      rows: [],
      changes: runs.spends(after.id, after.leakBits - bits + 1).changes,
    });
    let failure: unknown;
    const rows = await rowsOf(async () => {
      failure = await execute('honest').catch((error: unknown) => error);
    });
    expect(asCcosError(failure).code).toBe('budget_exhausted');
    expect(rows.map(({ type }) => type)).not.toContain('capability.call');
    const refund = `UPDATE run SET leak_bits = ? WHERE id = ?`;
    await store.commit({ rows: [], changes: [{ sql: refund, args: [after.leakBits, after.id] }] });
  });

  test('POST /v1/agent/execute answers with it, and a refusal has no word of the output', async () => {
    const { services } = chat;
    const { token } = await services.tokens.create('agent', { session });
    const served = await serve(chat.gateway);
    const ask = (mode: string) =>
      send(`${served.url}/v1/agent/execute`, {
        method: 'POST',
        headers: { ...bearer(token), 'content-type': 'application/json' },
        body: JSON.stringify({ capability: CAPABILITY, refs, args: { mode } }),
      });
    const honest = await ask('honest');
    expect(honest.status).toBe(200);
    expect((JSON.parse(honest.body) as { output: Json }).output).toMatchObject({ parts: [] });
    const hostile = await ask('reversed');
    expect(hostile.status).toBe(422);
    expect(JSON.parse(hostile.body)).toEqual({
      error: { code: 'transform_rejected', message: 'the result of the plugin was refused' },
    });
    await served.close();
  });
});
