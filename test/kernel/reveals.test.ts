import { beforeEach, describe, expect, test } from 'vitest';
import type { RevealReason } from '../../host/core/reveal-reason.ts';
import { Reveals } from '../../host/kernel/reveals.ts';
import { Acts } from '../../host/kernel/acts.ts';
import { Gate } from '../../host/kernel/gate.ts';
import type { HomeFiles } from '../../host/core/home.ts';
import { CcosError } from '../../host/core/error.ts';
import { readKeyPair } from '../../host/crypto/ed25519.ts';
import { Approvals } from '../../host/kernel/approvals.ts';
import { openChat, say } from '../support/chat.ts';
import type { Chat } from '../support/chat.ts';
import { makeTestHome, openTestGateway } from '../support/home.ts';
import { engine } from './support.ts';

const TEXT = 'the raw words of a person 7741';
let home: HomeFiles;
let chat: Chat;
let ref = '';

beforeEach(async () => {
  home = makeTestHome();
  chat = await openChat(await openTestGateway(home));
  await say(chat, { text: TEXT });
  const [put] = await chat.services.audit.rows({ type: 'quarantine.put', limit: 1 });
  ref = put?.data['ref'] as string;
});

const reveal = (reason: RevealReason = 'incident', of = ref) =>
  chat.services.reveals.reveal(of, reason).then((bytes) => new TextDecoder().decode(bytes));

async function refusal(work: Promise<unknown>): Promise<CcosError> {
  const failure = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (failure instanceof CcosError) return failure;
  throw new Error('not refused', { cause: failure });
}

/** Asks, and says yes to what it takes. */
async function approved(reason: RevealReason = 'incident'): Promise<string> {
  const { approvals } = chat.services;
  const failure = await refusal(reveal(reason));
  expect(failure).toMatchObject({ code: 'approval_required' });
  const id = failure.decision.approval_id ?? '';
  const { digest } = await approvals.get(id);
  await approvals.approve(id, { digest, by: 'operator' });
  return id;
}

const shown = () => chat.services.audit.rows({ type: 'quarantine.reveal', limit: 9 });

/** Never takes an approval back. */
class Forgetful extends Approvals {
  override withdrawal(): ReturnType<Approvals['withdrawal']> {
    return Promise.resolve({ rows: [], changes: [], acts: [] });
  }
}

describe('Reveals.reveal (D0.3-d): raw content', () => {
  test('is asked for in plain words, shown once by an approval, and the record keeps why', async () => {
    const approval = await approved();
    const asked = await chat.services.approvals.get(approval);
    expect(asked).toMatchObject({ kind: 'raw.reveal', subject: ref });
    expect(JSON.stringify(asked)).not.toContain(TEXT);
    expect(await shown()).toEqual([]);
    expect(await reveal()).toBe(TEXT);
    const data = { ref, class: 'pii.chat.message', reason: 'incident', approval };
    expect(await shown()).toMatchObject([{ data }]);
    expect(await chat.services.approvals.get(approval)).toMatchObject({ status: 'revoked' });
    const again = await refusal(reveal());
    expect(again).toMatchObject({ code: 'approval_required' });
    expect(again.decision.approval_id).not.toBe(approval);
    expect(await shown()).toHaveLength(1);
  });

  test('asked for twice, waits for one approval', async () => {
    const first = await refusal(reveal());
    const second = await refusal(reveal());
    expect(second.decision.approval_id).toBe(first.decision.approval_id);
  });

  test('goes by the approval for this blob and this reason only', async () => {
    await approved('legal');
    expect(await refusal(reveal('debugging'))).toMatchObject({ code: 'approval_required' });
    expect(await reveal('legal')).toBe(TEXT);
  });

  test('is shown once where ten ask at once', async () => {
    await approved();
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => reveal()));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await shown()).toHaveLength(1);
  });

  test('that was destroyed is not found, approved or not', async () => {
    await approved();
    await chat.services.blobs.purge({ kind: 'all' });
    expect(await refusal(reveal())).toMatchObject({ code: 'not_found' });
    expect(await refusal(reveal('incident', `q_${'0'.repeat(32)}`))).toMatchObject({
      code: 'not_found',
    });
  });

  test('with approvals that are never used up would be shown again', async () => {
    await approved();
    const { store, world } = chat.services;
    const operator = readKeyPair(home.keys().operatorPem);
    const acts = await Acts.open({ store, operator, files: home });
    const gate = new Gate({ store, world, engine: () => engine });
    const twoPeople = (): boolean => false;
    const forgetful = new Forgetful({ store, gate, world, operator, acts, twoPeople });
    const careless = new Reveals({ store, gate, acts, world, approvals: forgetful });
    await careless.reveal(ref, 'incident');
    expect(new TextDecoder().decode(await careless.reveal(ref, 'incident'))).toBe(TEXT);
  });
});
