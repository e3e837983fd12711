import { beforeAll, describe, expect, test } from 'vitest';
import { ccos, ccosJson } from '../support/ccos-command.ts';
import { up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestHome } from '../support/home.ts';
import { bearer, send } from '../support/http-request.ts';
import { listOf, plant } from '../harness/canaries.ts';
import { sweep } from '../harness/leak-sweep.ts';

const home = makeTestHome().directory;
const CANARIES = plant();
const SENDER = CANARIES.stranger; // an id, until it is let in
let gateway: Up;
let channel = '';
let token = '';
const captured: string[] = [];

/** A command, with what it printed kept for the sweep. */
async function run(...args: readonly string[]): Promise<Awaited<ReturnType<typeof ccos>>> {
  const ran = await ccos(home, ...args);
  captured.push(ran.stdout, ran.stderr);
  return ran;
}

const post = (said: Readonly<Record<string, unknown>>) =>
  send(`${gateway.url}/v1/channels/local/messages`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'message', channel: 'c', sender: SENDER, ...said }),
  });

beforeAll(async () => {
  gateway = await up(home);
  return async () => {
    await gateway.stop();
  };
});

describe('ccos channels', () => {
  test('GP3-a: connect asks first, once, and exits 4', async () => {
    const [first, second] = [
      await run('channels', 'connect', 'local'),
      await run('channels', 'connect', 'local'),
    ];
    expect([first.exit, second.exit]).toEqual([4, 4]);
    const { approvals } = await ccosJson<{ approvals: unknown[] }>(home, 'approvals', 'list');
    expect(approvals).toMatchObject([{ kind: 'channel.connect', subject: 'local' }]);
    expect((await run('channels', 'list')).stdout).toContain('no chat is connected');
    const other = await run('channels', 'connect', 'irc');
    expect([other.exit, other.stderr]).toEqual([
      2,
      expect.stringContaining('irc is no kind of chat'),
    ]);
  });

  test('connect --approve prints a credential once, and the channel takes messages with it', async () => {
    const made = await ccosJson<{ channel: string; token: string }>(
      home,
      ...['channels', 'connect', 'local', '--approve'],
    );
    ({ channel, token } = made);
    expect((await post({ id: 'm1', text: CANARIES.text })).status).toBe(200);
    const listed = await run('channels', 'list');
    expect(listed.stdout).toMatch(new RegExp(`${channel} +local +connected +0 `));
    expect(listed.stdout).not.toContain(token);
    const again = await run('channels', 'connect', 'local', '--approve');
    expect([again.exit, again.stderr]).toEqual([1, expect.stringContaining('connected already')]);
  });

  test('allow and deny are by id, and show a pseudonym', async () => {
    const allowed = await ccosJson<{ sender: string }>(home, 'channels', 'allow', channel, SENDER);
    expect(allowed.sender).toMatch(/^p_[0-9a-f]{32}$/);
    const shown = await run('channels', 'show', channel);
    expect(shown.stdout).toContain(`may speak  ${allowed.sender}`);
    expect((await run('channels', 'deny', channel, SENDER)).exit).toBe(0);
    expect((await run('channels', 'show', channel)).stdout).not.toContain(allowed.sender);
    await run('channels', 'allow', channel, SENDER);
    for (const args of [
      ['allow', channel],
      ['deny', channel],
      ['allow', channel, 'x', '--capability', 'y'],
    ])
      expect((await run('channels', ...args)).exit).toBe(2);
    const unknown = await run('channels', 'allow', `ch_${'0'.repeat(32)}`, 'x');
    expect([unknown.exit, unknown.stderr]).toEqual([1, expect.stringContaining('no such channel')]);
  });

  test('a capability that is not there cannot be granted', async () => {
    const ran = await run('channels', 'allow', channel, '--capability', 'no.such');
    expect([ran.exit, ran.stderr]).toEqual([1, expect.stringContaining('no such capability')]);
  });
});

describe('ccos token create', () => {
  test('makes credentials of a channel and of one session, for what there is', async () => {
    const made = await ccosJson<{ token: string; channel: string }>(
      home,
      ...['token', 'create', '--plane', 'channel', '--channel', channel],
    );
    expect(made.channel).toBe(channel);
    const nobody = await run('token', 'create', '--plane', 'agent', '--session', 's_x');
    expect([nobody.exit, nobody.stderr]).toEqual([1, expect.stringContaining('no such session')]);
    for (const args of [
      ['--plane', 'channel'],
      ['--plane', 'agent', '--channel', channel],
    ])
      expect((await run('token', 'create', ...args)).exit).toBe(2);
  });
});

describe('ccos sessions (D1.6-a)', () => {
  test('list, show and steps have counts, labels and rules, and no word and no name', async () => {
    await post({
      id: 'm2',
      text: CANARIES.text,
      sender_name: CANARIES.sender_name,
      channel_name: CANARIES.channel_name,
      attachments: [
        {
          data: Buffer.from(CANARIES.attachment).toString('base64'),
          file_name: CANARIES.file_name,
        },
      ],
    });
    const { sessions } = await ccosJson<{ sessions: { id: string; sender: string }[] }>(
      home,
      'sessions',
      'list',
    );
    expect(sessions).toMatchObject([
      { connector: 'local', state: 'active', events: 1, messages: 1 },
    ]);
    const id = sessions[0]?.id ?? '';
    const shown = await run('sessions', 'show', id);
    expect(shown.stdout).toMatch(/^run +run_[0-9a-f]{32}$/m);
    expect(shown.stdout).toMatch(/^was told +-$/m);
    const steps = await run('sessions', 'steps', id);
    for (const word of ['message.ingest', 'quarantine.put', 'session.created'])
      expect(steps.stdout).toContain(word);
    const { steps: rows } = await ccosJson<{ steps: { session: string; seq: number }[] }>(
      home,
      ...['sessions', 'steps', id],
    );
    expect(new Set(rows.map(({ session }) => session))).toEqual(new Set([id]));
    const paged = await ccosJson<{ steps: { seq: number }[] }>(
      home,
      ...['sessions', 'steps', id, '--after', String(rows[1]?.seq), '--limit', '2'],
    );
    expect(paged.steps.map(({ seq }) => seq)).toEqual(rows.slice(2, 4).map(({ seq }) => seq));
    await run('sessions', 'list');
    expect((await run('sessions', 'show', `s_${'0'.repeat(32)}`)).exit).toBe(1);
  });

  test('denials name the rule and the reason', async () => {
    await post({ id: 'm3', sender: 'nobody', text: CANARIES.text });
    const denied = await run('sessions', 'denials');
    expect(denied.stdout).toContain('const.channel.stranger');
    const { denials } = await ccosJson<{ denials: { data: Record<string, unknown> }[] }>(
      home,
      ...['sessions', 'denials'],
    );
    expect(denials.length).toBeGreaterThan(0);
    for (const { data } of denials) {
      expect(data['decision']).not.toBe('allow');
      expect([data['rule'], data['reason']]).not.toContain(undefined);
    }
    const of = await ccosJson<{ denials: unknown[] }>(home, 'sessions', 'denials', 'local');
    expect(of.denials).toEqual([]);
  });
});

test('H1, H2: no canary, and no token but the one that was asked for, in what was printed or kept', async () => {
  const disconnected = await run('channels', 'disconnect', channel);
  expect(disconnected.exit).toBe(0);
  expect((await post({ id: 'm4', text: 'x' })).status).toBe(401);
  const everything = [...listOf(CANARIES), { place: 'channel token', text: token }];
  const output = { commands: captured.join('\n'), gateway: gateway.output() };
  expect(sweep(everything, { folders: [home], captured: output })).toEqual([]);
});
