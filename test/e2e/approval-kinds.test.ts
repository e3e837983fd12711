import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packBundle, signContainer } from '../../host/bundle/pack.ts';
import { CcosError } from '../../host/core/error.ts';
import { labelOf } from '../../host/core/label.ts';
import { DEFAULT_LIMITS } from '../../host/core/limits.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { KeyPair } from '../../host/crypto/ed25519.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { exceptionRequest } from '../../host/kernel/exception-request.ts';
import type { EgressSink } from '../../host/kernel/exception-request.ts';
import type { Plugin } from '../../host/policy/question.ts';
import { world } from '../../host/runtime/world.ts';
import { connectLocal } from '../support/chat.ts';
import { bearer, rowsAfter, send } from '../support/http-request.ts';
import { draftOf, says } from '../support/plugin-bundle.ts';
import { openHomeToServe, serve } from '../support/serve.ts';
import type { Served } from '../support/serve.ts';

/** How an approval of a kind is asked for, and whether what it lets is let now. */
interface Kind {
  readonly kind: string;
  /** What has to stand before: by approvals of other kinds. */
  readonly before?: (home: Home) => Promise<void>;
  readonly ask: (home: Home) => Promise<string>;
  /** Asking twice is two requests: what is asked about is another value. */
  readonly isNewEachTime?: true;
  readonly isLet: (home: Home) => Promise<boolean>;
}

/** A gateway of its own, served, and a publisher's key. */
interface Home {
  readonly gateway: OpenGateway;
  readonly served: Served;
  readonly key: KeyPair;
  /** What `before` has made: the id of a channel. */
  channel: string;
}

const CAPABILITY = 'ccos.attachment.extract_text@1.0.0';
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
const DOMAIN = 'api.example.org';
const BIND = { address: '192.0.2.1', port: 8899, transport: 'in_the_clear' } as const;
const LATER = world.now() + 3_600_000;
const value = (text: string): Uint8Array => new TextEncoder().encode(text);

const trust = async ({ gateway, key }: Home): Promise<string> => {
  const offered = { publisher: 'acme', publicKey: key.raw, namespaces: ['acme/*'] };
  const { services } = gateway;
  return (await services.trust.request({ ...offered, effects: ['quarantine.read'] })).id;
};

async function install(
  { gateway, key }: Home,
  effects: readonly string[] = ['quarantine.read'],
): Promise<readonly { id: string; kind: string }[]> {
  const one = { name: 'one', plugin: says('{}'), manifest: { effects: [...effects] } };
  const { container } = packBundle(draftOf([one]));
  const { installer } = gateway.services;
  return (await installer.install(signContainer(container, key))).approvals;
}
const installed = async (home: Home, kind: string): Promise<string> =>
  (await install(home)).find((asked) => asked.kind === kind)?.id ?? '';

const yes = async ({ gateway }: Home, id: string): Promise<void> => {
  const { approvals } = gateway.services;
  await approvals.approve(id, { digest: (await approvals.get(id)).digest, by: 'operator' });
};

function exception(kind: string, sink: EgressSink, target: string): Kind {
  const leaving = {
    ...{ sinks: [sink], capability: PLUGIN.id, publisher: 'acme', target, bytes: 10 },
    ...{ label: labelOf(['pii.redacted']), run: 'run_1', session: 's_1' },
  };
  return {
    kind,
    async ask({ gateway }) {
      const scope = { run: 'run_1' };
      const request = exceptionRequest({
        ...{
          capability: PLUGIN.id,
          publisher: 'acme',
          sink,
          target,
          label: ['pii.redacted'],
          scope,
        },
        ...{ maxBytes: 100, maxUses: 1, expires: LATER },
      });
      return (await gateway.services.approvals.request(request)).id;
    },
    isLet: async ({ gateway }) => (await gateway.services.exceptions.find(leaving)) !== null,
  };
}

/** The verdict about one use of a secret, of which nothing becomes durable. */
const usesSecret = async ({ gateway }: Home): Promise<string> => {
  const place = { session: 's_1', run: 'run_1', call: 'call_1' };
  const use = { plugin: PLUGIN, name: 'TOKEN', domain: DOMAIN, place, parent: 'e_1' };
  const { judged } = await gateway.services.secretUses.prepare(use);
  return [judged.verdict.decision, ...judged.verdict.rules].join(' ');
};
const bound = async ({ gateway }: Home): Promise<string> => {
  const to = { capability: PLUGIN.id, publisher: 'acme', domain: DOMAIN };
  return (await gateway.services.secrets.bind('TOKEN', to)).id;
};
const put = async ({ gateway }: Home): Promise<string> =>
  (await gateway.services.secrets.put('TOKEN', value('the first value'))).id;

const KINDS: readonly Kind[] = [
  {
    kind: 'channel.connect',
    ask: async ({ gateway }) => (await gateway.services.channels.connect('local')).id,
    isLet: async ({ gateway }) =>
      (await gateway.services.channels.list()).some(({ connected }) => connected),
  },
  {
    kind: 'channel.grant',
    async before(home) {
      home.channel = await connectLocal(home.gateway.services);
    },
    ask: async ({ gateway, channel }) =>
      (await gateway.services.channels.requestGrant({ channel, capability: CAPABILITY })).id,
    isLet: async ({ gateway, channel }) =>
      (await gateway.services.channels.granted(channel, CAPABILITY)) !== null,
  },
  {
    kind: 'publisher.trust',
    ask: trust,
    isLet: async ({ gateway }) =>
      (await gateway.services.trust.view()).publishers.some(({ keys }) => keys.length > 0),
  },
  {
    kind: 'effect.grant',
    before: async (home) => yes(home, await trust(home)),
    ask: (home) =>
      install(home, ['quarantine.read', 'quarantine.derive']).then(
        () => 'let',
        (failure: unknown) =>
          (failure instanceof CcosError ? failure.decision.approval_id : undefined) ?? '',
      ),
    isLet: async ({ gateway }) =>
      (await gateway.services.trust.view()).publishers.some(({ maxEffects }) =>
        maxEffects.includes('quarantine.derive'),
      ),
  },
  {
    kind: 'bundle.install',
    before: async (home) => yes(home, await trust(home)),
    ask: (home) => installed(home, 'bundle.install'),
    isLet: async ({ gateway }) => (await gateway.services.registry.variants()).length > 0,
  },
  {
    kind: 'capability.enable',
    async before(home) {
      await yes(home, await trust(home));
      await yes(home, await installed(home, 'bundle.install'));
    },
    ask: (home) => installed(home, 'capability.enable'),
    isLet: async ({ gateway }) =>
      (await gateway.services.registry.variants()).some(({ target }) => target.capability.enabled),
  },
  {
    kind: 'limit.raise',
    ask: async ({ gateway }) =>
      (await gateway.services.settings.set('limits.pages', 5000)).approvals[0]?.id ?? '',
    isLet: async ({ gateway }) =>
      (await gateway.services.settings.show()).effective_limits.pages > DEFAULT_LIMITS.pages,
  },
  {
    kind: 'secret.insert',
    isNewEachTime: true,
    ask: put,
    isLet: async (home) => !(await usesSecret(home)).includes('const.secret.live'),
  },
  {
    kind: 'secret.rotate',
    isNewEachTime: true,
    async before(home) {
      await yes(home, await put(home));
      await yes(home, await bound(home));
    },
    ask: async ({ gateway }) =>
      (await gateway.services.secrets.rotate('TOKEN', value('the second value'))).id,
    isLet: async ({ gateway }) => {
      const { secrets, store } = gateway.services;
      const [secret] = await secrets.list();
      if (secret?.state !== 'active') return false;
      const sql = `SELECT approval FROM secret WHERE name = 'TOKEN' AND state = 'active'`;
      const [row] = await store.select({ sql, args: [] });
      return (await gateway.services.approvals.get(String(row?.[0]))).kind === 'secret.rotate';
    },
  },
  {
    kind: 'secret.bind',
    before: async (home) => yes(home, await put(home)),
    ask: bound,
    isLet: async (home) => (await usesSecret(home)) === 'allow base.secret.use',
  },
  exception('egress.exception', 'http.public', DOMAIN),
  exception('fs.exception', 'fs', 'notes'),
  {
    kind: 'bind.open',
    ask: ({ gateway }) =>
      gateway.binds.admit(BIND).then(
        () => 'let',
        (failure: unknown) =>
          (failure instanceof CcosError ? failure.decision.approval_id : undefined) ?? '',
      ),
    isLet: ({ gateway }) =>
      gateway.binds.admit(BIND).then(
        () => true,
        () => false,
      ),
  },
];

interface View {
  readonly status: string;
  readonly digest: string;
  readonly requester: string;
  readonly changes: readonly unknown[];
  readonly risk: { readonly level: string; readonly words: readonly string[] };
}

describe.each(KINDS)('$kind (D1.4, GP3-a, GP3-c)', (one) => {
  const { kind, before, ask, isLet } = one;
  let home: Home;
  beforeAll(async () => {
    const gateway = await openHomeToServe();
    home = { gateway, served: await serve(gateway), key: generateKeyPair(), channel: '' };
    await before?.(home);
  });
  afterAll(() => home.served.close());

  const decide = async (id: string, verb: string, json: object = {}): Promise<number> => {
    const { url, token } = home.served;
    const headers = { ...bearer(token), 'content-type': 'application/json' };
    const body = verb === 'approve' ? JSON.stringify(json) : '';
    const path = `${url}/v1/admin/approvals/${id}/${verb}`;
    return (await send(path, { method: 'POST', headers, body })).status;
  };
  const show = async (id: string): Promise<View> => {
    const { url, token } = home.served;
    const { body } = await send(`${url}/v1/admin/approvals/${id}`, { headers: bearer(token) });
    return (JSON.parse(body) as { approval: View }).approval;
  };

  test('asked for, shown, denied, asked for again, approved, used, revoked: each with its row', async () => {
    expect(await isLet(home)).toBe(false);
    const first = await ask(home);
    if (one.isNewEachTime === undefined) expect(await ask(home)).toBe(first);
    const shown = await show(first);
    expect(shown).toMatchObject({ status: 'pending', requester: 'gateway' });
    expect(shown.changes.length).toBeGreaterThan(0);
    expect(shown.risk.words[0]).toMatch(/^This lets /);
    expect(await decide(first, 'approve', { digest: 'f'.repeat(64) })).toBe(409);
    expect(await decide(first, 'deny')).toBe(200);
    expect(await decide(first, 'approve', { digest: shown.digest })).toBe(409);
    expect(await isLet(home)).toBe(false);

    const second = await ask(home);
    expect(second).not.toBe(first);
    const { digest } = await show(second);
    expect(await decide(second, 'approve', { digest })).toBe(200);
    expect(await isLet(home)).toBe(true);
    expect(await decide(second, 'approve', { digest })).toBe(409);
    expect(await decide(second, 'revoke')).toBe(200);
    expect(await isLet(home)).toBe(false);
    expect(await decide(second, 'revoke')).toBe(409);
    expect((await show(second)).status).toBe('revoked');

    const rows = (await rowsAfter(home.served, 0)).filter(
      ({ type, data }) => type.startsWith('approval.') && data['kind'] === kind,
    );
    const story = (id: string): readonly string[] =>
      rows.filter(({ data }) => data['approval'] === id).map(({ type }) => type);
    expect(story(first)).toEqual(['approval.request', 'approval.decision']);
    expect(story(second)).toEqual([
      ...['approval.request', 'approval.decision', 'approval.used', 'approval.revoked'],
    ]);
  });
});
