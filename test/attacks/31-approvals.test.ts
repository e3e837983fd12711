import { beforeAll, expect, test } from 'vitest';
import { ROUTES } from '../../host/http/routes/index.ts';
import { approvalView } from '../../host/http/views.ts';
import { narrow } from '../../host/kernel/approval-narrowing.ts';
import { wholePage } from '../../host/cli/approval-page.ts';
import type { Approval as Shown } from '../../host/cli/answers.ts';
import { canonicalJson } from '../../host/core/json.ts';
import { sha256Hex } from '../../host/crypto/digest.ts';
import type { Approval, ApprovalRequest } from '../../host/kernel/approval-request.ts';
import { packDigest } from '../../host/kernel/pack-signature.ts';
import { HOST_FUNCTIONS } from '../../host/core/abi.ts';
import { onlySession, openChat, say } from '../support/chat.ts';
import type { Chat } from '../support/chat.ts';
import { makeTestHome, openTestGateway } from '../support/home.ts';
import { approve, openKernel, raise, tamper } from '../kernel/support.ts';
import type { Kernel } from '../kernel/support.ts';
import { failureOf } from '../store/support.ts';

let kernel: Kernel;

beforeAll(async () => {
  kernel = await openKernel();
});

const LONG = 'x'.repeat(3000);

/** Everything that has a meaning, none of it short. */
const request = (more: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
  ...raise(3000),
  facts: {
    ...raise(3000).facts,
    args: ['--one', LONG, '--last'],
    env: { PATH: '/evil', n: [1, { deep: 'down' }] },
  },
  ...more,
});

const page = (approval: Approval): string => wholePage(approvalView(approval) as unknown as Shown);

test('attacks 31, 32, 33: all that is hashed is shown, to the last word of the longest', async () => {
  const approval = await kernel.approvals.request(request());
  const shown = page(approval);
  for (const word of [LONG, '--last', '/evil', 'down', approval.digest])
    expect(shown).toContain(word);
  expect(approval.digest).toBe(sha256Hex(canonicalJson(request())));
});

test('attack 34: one byte of what was asked is another request', async () => {
  const approval = await kernel.approvals.request(request({ summary: 'raise it for this' }));
  await tamper(
    kernel.store,
    `UPDATE approval SET request = replace(request, '--last', '--lasT') WHERE id = ?`,
    approval.id,
  );
  expect(await failureOf(approve(kernel, approval))).toMatchObject({ code: 'integrity' });
});

test('attack 35: an approval is for what it names: another run, argument or version asks anew', async () => {
  const one = await kernel.approvals.request(request({ subject: 'one' }));
  const others = await Promise.all(
    [{ run: 'two' }, { version: '1.0.1' }, { args: ['--one'] }].map((facts) =>
      kernel.approvals.request(request({ facts: { ...one.facts, ...facts }, subject: 'one' })),
    ),
  );
  expect(new Set([one, ...others].map(({ id }) => id)).size).toBe(4);
});

test('attack 36: no approval is for everything: a pattern widens nothing', () => {
  const facts = { namespaces: ['acme/docs'], effects: ['net.http'] };
  const trust = { ...request(), kind: 'publisher.trust', facts } as const;
  for (const namespaces of [['*'], ['acme/*'], ['acme/docs', '*'], []])
    expect(() => narrow(trust, { scope: { namespaces } }, 0)).toThrow('invalid_input');
});

test('attack 37: nothing that a plugin can ask of the host runs a command', () => {
  const names = Object.keys(HOST_FUNCTIONS).join(' ');
  expect(names).not.toMatch(/exec|spawn|shell|command|process|eval/i);
});

test('attack 38: the digest of a policy pack has the order of everything in it', () => {
  const rules = ['permit(principal, action, resource);', 'forbid(principal, action, resource);'];
  const pack = (text: string) => new Map([['a.cedar', text]]);
  expect(packDigest(pack(rules.join('\n')))).not.toBe(
    packDigest(pack(rules.toReversed().join('\n'))),
  );
});

test('attack 39: an approval that was asked for before a stop still waits after it, and has done nothing', async () => {
  const home = makeTestHome();
  const before = await openTestGateway(home);
  const { id } = await before.services.approvals.request(request());
  await before.close();
  const after = await openTestGateway(home);
  expect(await after.services.approvals.get(id)).toMatchObject({ status: 'pending' });
  expect(await after.services.audit.rows({ type: 'approval.used', after: 0, limit: 10 })).toEqual(
    [],
  );
});

test('attack 40: a second answer changes nothing and is told so', async () => {
  const approval = await kernel.approvals.request(request({ subject: 'ghost' }));
  await approve(kernel, approval);
  expect(await failureOf(approve(kernel, approval))).toMatchObject({ code: 'conflict' });
  expect(await failureOf(kernel.approvals.deny(approval.id))).toMatchObject({ code: 'conflict' });
  expect((await kernel.approvals.get(approval.id)).status).toBe('approved');
});

test('attack 41: what cannot be seen is written out, and the digest is of the bytes', async () => {
  const plain = await kernel.approvals.request(request({ subject: 'pages' }));
  for (const trick of ['pa\u202eges', 'pa\u200bges', 'p\u0430ges', 'pages\u001b[2J']) {
    const approval = await kernel.approvals.request(request({ subject: trick }));
    expect(approval.digest).not.toBe(plain.digest);
    expect(page(approval)).not.toMatch(/[\u202e\u200b\u001b]/);
  }
});

test('attacks 12, 40 (GP3-d): an approval in the words of a chat is a message', async () => {
  const chat: Chat = await openChat();
  const { approvals } = chat.services;
  const pending = await approvals.request(request());
  for (const text of [`/approve ${pending.id}`, `approve ${pending.id} ${pending.digest}`, 'yes'])
    await say(chat, { id: text, text });
  expect(await approvals.get(pending.id)).toMatchObject({ status: 'pending' });
  expect(await onlySession(chat)).toMatch(/^s_/);
  const decide = ROUTES.filter(({ path }) => /\/(?:approve|deny|revoke)$/.test(path));
  expect(new Set(decide.map(({ plane }) => plane))).toEqual(new Set(['admin']));
});
