import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { signContainer } from '../../host/bundle/pack.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import { exceptionRequest } from '../../host/kernel/exception-request.ts';
import { buildChild } from '../support/crash.ts';
import { makeTestHome, openTestGateway } from '../support/home.ts';
import { outsideServer } from '../support/outside-server.ts';

const USES = 60;
const KILLS = 8;

interface Told {
  readonly ok: number;
  readonly usedUp: boolean;
  readonly failed: readonly string[];
}

/** Works until it is killed, `millis` after it is open, or until it says that nothing is left. */
async function workAndDie(args: readonly string[], millis: number): Promise<Told> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), millis);
    said += chunk.toString();
    if (said.includes('used up')) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('close', resolve));
  const lines = said.split('\n');
  return {
    ok: lines.filter((line) => line === 'ok').length,
    usedUp: lines.includes('used up'),
    failed: lines.filter((line) => line.startsWith('failed')),
  };
}

/** A home in which a request to `target` may be made so many times. */
async function homeFor(target: string): Promise<ReturnType<typeof makeTestHome>> {
  const home = makeTestHome();
  const { services, close } = await openTestGateway(home);
  const { approvals, trust, installer, world } = services;
  const approve = ({ id, digest }: { readonly id: string; readonly digest: string }) =>
    approvals.approve(id, { digest, by: 'operator' });
  const key = generateKeyPair();
  const publisher = { publisher: 'ccos', publicKey: key.raw, namespaces: ['ccos/*'] };
  await approve(await trust.request({ ...publisher, effects: ['net.http'] }));
  const bytes = Uint8Array.from(readFileSync('dist/bundles/net.ccosb'));
  for (const asked of (await installer.install(signContainer(bytes, key))).approvals)
    await approve(asked);
  const request = exceptionRequest({
    ...{ capability: 'ccos.http.request@0.1.0', publisher: 'ccos', sink: 'http.private', target },
    ...{ label: [], scope: { session: 'local' }, maxBytes: 1_000_000, maxUses: USES },
    expires: world.now() + 3_600_000,
  });
  await approve(await approvals.request(request));
  await close();
  return home;
}

test('H4: killed at any moment, nothing is sent without its row, and no use comes back', async () => {
  const server = await outsideServer((_, response) => {
    setTimeout(() => response.end('hello'), 20);
  });
  const home = await homeFor(server.domain);
  const child = [await buildChild('act-child'), home.directory, `http://${server.domain}/`];
  let ok = 0;
  let isUsedUp = false;
  for (let kill = 0; kill < KILLS || !isUsedUp; kill += 1) {
    const told = await workAndDie(child, kill < KILLS ? 20 + ((kill * 53) % 170) : 20_000);
    expect(told.failed).toEqual([]);
    ok += told.ok;
    isUsedUp = told.usedUp;
    const { services, close } = await openTestGateway(home);
    const of = (type: string) => services.audit.rows({ type, after: 0, limit: 10_000 });
    const attempts = await of('egress.attempt');
    const results = await of('egress.result');
    expect(await services.audit.verify(null)).toMatchObject({ ok: true });
    expect(server.received.length).toBeLessThanOrEqual(attempts.length);
    expect(ok).toBeLessThanOrEqual(results.length);
    expect(attempts.length).toBeLessThanOrEqual(USES);
    expect((await services.exceptions.list())[0]?.spent.uses).toBe(attempts.length);
    await close();
  }
  const { services } = await openTestGateway(home);
  expect(await services.audit.rows({ type: 'egress.attempt', after: 0, limit: 1000 })).toHaveLength(
    USES,
  );
  expect(server.received.length).toBeGreaterThan(0);
  expect(ok).toBeGreaterThan(0);
}, 240_000);
