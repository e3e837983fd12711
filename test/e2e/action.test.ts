import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { signContainer } from '../../host/bundle/pack.ts';
import { labelOf } from '../../host/core/label.ts';
import type { CcosError } from '../../host/core/error.ts';
import type { JsonObject } from '../../host/core/json.ts';
import type { Row } from '../../host/core/event.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { ActRequest } from '../../host/flow/act.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { exceptionRequest } from '../../host/kernel/exception-request.ts';
import { Runs } from '../../host/kernel/runs.ts';
import { world } from '../../host/runtime/world.ts';
import { makeTestFolder, makeTestHome, openTestGateway } from '../support/home.ts';
import { outsideServer } from '../support/outside-server.ts';

const HTTP = 'ccos.http.request';
const FILES = 'ccos.fs.write';
const TOKEN = 'canary-e2e-51f0-token';
const REDACTED = labelOf(['pii.redacted'], ['s_conversation']);

/** The built bundles for actions, installed and approved; no effect has been allowed. */
async function actingGateway(): Promise<OpenGateway> {
  const gateway = await openTestGateway(makeTestHome());
  const key = generateKeyPair();
  const trust = await gateway.services.trust.request({
    publisher: 'ccos',
    publicKey: key.raw,
    namespaces: ['ccos/*'],
    effects: ['net.http', 'fs.write'],
  });
  await approve(gateway, trust.id);
  for (const name of ['net', 'files']) {
    const bytes = Uint8Array.from(readFileSync(`dist/bundles/${name}.ccosb`));
    const { approvals } = await gateway.services.installer.install(signContainer(bytes, key));
    for (const { id } of approvals) await approve(gateway, id);
  }
  return gateway;
}

async function approve({ services: { approvals } }: OpenGateway, id: string): Promise<void> {
  const { digest } = await approvals.get(id);
  await approvals.approve(id, { digest, by: 'operator' });
}

interface Outcome {
  readonly code: string;
  readonly output?: unknown;
  readonly approval?: string;
}

async function act(
  { services }: OpenGateway,
  request: readonly [capability: string, args: JsonObject],
  more: Partial<ActRequest> = {},
): Promise<Outcome> {
  const [capability, args] = request;
  try {
    const { output } = await services.actor.act({ capability, args, ...more });
    return { code: 'ok', output };
  } catch (failure) {
    const { code, decision } = failure as CcosError;
    const { approval_id: approval } = decision;
    return { code, ...(approval !== undefined && { approval }) };
  }
}

const rows = ({ services }: OpenGateway, type?: string): Promise<readonly Row[]> =>
  services.audit.rows({ after: 0, limit: 10_000, ...(type !== undefined && { type }) });

/** A run of an agent that has been told something, in a session of its own. */
async function taintedRun({
  services,
}: OpenGateway): Promise<{ readonly id: string; readonly session: string; readonly run: string }> {
  const runs = new Runs({ ...services, tenant: 'local' });
  const place = { connection: 'local', connector: 'local', channel: 'c', sender: 'x' };
  const { sessions } = services;
  const session = await sessions.open(await sessions.locate(place), 'local');
  const run = await runs.ofSession(session.id);
  await services.store.commit({ rows: [], ...runs.raises(run.id, REDACTED) });
  return { id: 't_agent', session: session.id, run: run.id };
}

describe('ccos.http.request, as a signed plugin in a sandbox process', () => {
  let gateway: OpenGateway;
  beforeAll(async () => {
    gateway = await actingGateway();
  });

  test('asks for exactly this, passes once, and has each step on the chain', async () => {
    const server = await outsideServer(({ body }, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end(`got ${body}`);
    });
    const args = { method: 'POST', url: `http://${server.domain}/x`, body: 'hello' };
    const first = await act(gateway, [HTTP, args]);
    expect(first.code).toBe('approval_required');
    expect(server.received).toEqual([]);
    const asked = await gateway.services.approvals.get(first.approval ?? '');
    expect(asked).toMatchObject({
      kind: 'egress.exception',
      facts: { sink: 'http.private', target: server.domain, max_uses: 1, session: 'local' },
    });
    await approve(gateway, asked.id);
    const second = await act(gateway, [HTTP, args]);
    expect(second).toMatchObject({ code: 'ok', output: { status: 200, body: 'got hello' } });
    expect((await act(gateway, [HTTP, args])).code).toBe('approval_required');
    expect(server.received).toHaveLength(1);
    const call = (await rows(gateway, 'egress.attempt')).at(-1)?.data['call'];
    const steps = (await rows(gateway)).filter(({ data }) => data['call'] === call);
    expect(steps.map(({ type }) => type)).toEqual([
      'policy.decision',
      'capability.call',
      'policy.decision',
      'egress.attempt',
      'egress.result',
      'policy.decision',
      'plugin.host_call',
      'plugin.host_call',
      'plugin.host_call',
      'capability.result',
    ]);
  });

  test('has a bound secret attached that neither the plugin nor the caller is shown (D1.5b)', async () => {
    const server = await outsideServer(({ headers }, response) => {
      response.end(JSON.stringify(headers));
    });
    const { services } = gateway;
    await approve(gateway, (await services.secrets.put('TOKEN', Buffer.from(TOKEN))).id);
    const args = { url: `http://${server.domain}/`, secret: { name: 'TOKEN' } };
    const kinds: string[] = [];
    for (;;) {
      const { code, approval = '', output } = await act(gateway, [HTTP, args]);
      if (code !== 'approval_required') {
        expect(code).toBe('ok');
        expect(JSON.stringify(output)).toContain('Bearer [redacted]');
        break;
      }
      kinds.push((await services.approvals.get(approval)).kind);
      await approve(gateway, approval);
    }
    expect(kinds).toEqual(['egress.exception', 'secret.bind']);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${TOKEN}`,
    ]);
    expect(JSON.stringify(await rows(gateway))).not.toContain(TOKEN);
    expect(await services.secretUses.usage('TOKEN', 10)).toMatchObject([
      { capability: `${HTTP}@0.1.0`, domain: server.domain, outcome: 'ok' },
    ]);
  });

  test('carries the floor of its run: a summary does not leave, whatever it is written as (D2.2a)', async () => {
    const server = await outsideServer();
    const agent = await taintedRun(gateway);
    const base = `http://${server.domain}`;
    const hidden: readonly JsonObject[] = [
      { url: `${base}/?q=summary` },
      { url: `${base}/${Buffer.from('summary').toString('base64')}` },
      { url: `http://summary.localhost:${String(server.port)}/` },
      { method: 'POST', url: base, body_base64: 'c3VtbWFyeQ==' },
      { url: base, headers: { 'x-note': 'yrammus' } },
    ];
    for (const args of hidden)
      expect((await act(gateway, [HTTP, args], { agent })).code).toBe('approval_required');
    expect(server.received).toEqual([]);
    const exception = exceptionRequest({
      capability: `${HTTP}@0.1.0`,
      publisher: 'ccos',
      sink: 'http.private',
      target: server.domain,
      label: ['pii.redacted'],
      scope: { run: agent.run },
      maxBytes: 1000,
      maxUses: 10,
      expires: world.now() + 60_000,
    });
    await approve(gateway, (await gateway.services.approvals.request(exception)).id);
    expect(await act(gateway, [HTTP, hidden[0] ?? {}], { agent })).toMatchObject({
      code: 'ok',
      output: { body: 'hello' },
    });
    const other = await outsideServer();
    expect((await act(gateway, [HTTP, { url: `http://${other.domain}/` }], { agent })).code).toBe(
      'approval_required',
    );
    const elsewhere = { ...agent, session: 'local' };
    expect((await act(gateway, [HTTP, hidden[0] ?? {}], { agent: elsewhere })).code).toBe(
      'not_found',
    );
    expect(other.received).toEqual([]);
  });

  test('arguments outside of its schema never reach it; what it may not ask is refused', async () => {
    expect((await act(gateway, [HTTP, {}])).code).toBe('invalid_input');
    expect((await act(gateway, [HTTP, { url: 'https://x.org', proxy: 'y' }])).code).toBe(
      'invalid_input',
    );
    expect((await act(gateway, [HTTP, { url: 'file:///etc/passwd' }])).code).toBe(
      'transform_rejected',
    );
    expect((await act(gateway, ['ccos.no.such', {}])).code).toBe('not_found');
  });
});

describe('ccos.fs.write, as a signed plugin in a sandbox process', () => {
  test('writes below a folder that is named and approved, and nowhere else (NG-3)', async () => {
    const gateway = await actingGateway();
    const folder = join(makeTestFolder(), 'notes');
    mkdirSync(folder);
    const args = { folder: 'notes', path: 'a/b.txt', content: 'text' };
    expect((await act(gateway, [FILES, args])).code).toBe('policy_denied');
    await gateway.services.settings.set('files.folders', { notes: folder });
    const asked = await act(gateway, [FILES, args]);
    expect(asked.code).toBe('approval_required');
    expect(readdirSync(folder)).toEqual([]);
    expect(await gateway.services.approvals.get(asked.approval ?? '')).toMatchObject({
      kind: 'fs.exception',
      facts: { sink: 'fs', target: 'notes', max_bytes: 11 },
    });
    await approve(gateway, asked.approval ?? '');
    expect(await act(gateway, [FILES, args])).toEqual({ code: 'ok', output: { written: true } });
    expect(readFileSync(join(folder, 'a', 'b.txt'), 'utf8')).toBe('text');
    for (const path of ['../x', '/etc/passwd', 'a/../../x', '.ssh/x'])
      expect((await act(gateway, [FILES, { ...args, path }])).code).toBe('transform_rejected');
    const agent = await taintedRun(gateway);
    expect((await act(gateway, [FILES, args], { agent })).code).toBe('approval_required');
    expect((await rows(gateway, 'egress.result')).map(({ data }) => data)).toMatchObject([
      { sink: 'fs', folder: 'notes', outcome: 'ok' },
    ]);
    expect(JSON.stringify(await rows(gateway))).not.toContain('b.txt');
  });
});
