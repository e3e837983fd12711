import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAGS, labelOf } from '../../host/core/label.ts';
import type { Tag } from '../../host/core/label.ts';
import { ADMIN_TASKS, JUSTIFICATIONS, SINKS } from '../../host/policy/question.ts';
import type { Question } from '../../host/policy/question.ts';
import { load, withRule } from './pack-source.ts';
import {
  ACCESS,
  ADMINISTER,
  AGENT,
  BIND,
  BLOB,
  CAPABILITY,
  DERIVE,
  EXECUTE,
  GATEWAY,
  INGEST,
  OPERATOR,
  PLUGIN,
  RELEASE,
} from './questions.ts';

const ATTACHMENT = labelOf(['pii.attachment']);
const TO_OPERATOR = {
  ...RELEASE,
  principal: OPERATOR,
  sink: { kind: 'operator', id: 'o1' },
  releasedGrant: false,
} as const;

describe('decide', async () => {
  const engine = await load();

  it.each(JUSTIFICATIONS)('allows to open a blob for the reason %s', (justification) => {
    expect(engine.decide({ ...ACCESS, justification }).decision).toBe('allow');
  });

  it.each(ADMIN_TASKS)('allows the operator %s by an approval', (task) => {
    expect(engine.decide({ ...ADMINISTER, task })).toMatchObject({
      decision: 'allow',
      rules: ['base.administer'],
    });
  });

  it('asks for an approval for the tasks that widen, and for no others', () => {
    const asked = ADMIN_TASKS.map((task) =>
      engine.decide({ ...ADMINISTER, task, approved: false }),
    ).filter(({ decision }) => decision === 'needs-approval');
    expect(asked.map(({ approvalKind }) => approvalKind)).toEqual([
      'bundle.install',
      'publisher.trust',
      'capability.enable',
      'limit.raise',
      'secret.insert',
      'secret.rotate',
      'secret.bind',
      'channel.connect',
      'channel.grant',
      'egress.exception',
      'declassify.public',
      'bind.open',
    ]);
  });

  it.each<[string, Question, readonly string[]]>([
    [
      'a document over the limit',
      { ...INGEST, bytes: 11 },
      ['base.ingest: context.bytes <= context.limit'],
    ],
    [
      'a chat message from a caller',
      { ...INGEST, class: 'pii.chat.message', bytes: 11 },
      [
        'base.ingest: context.class == Gate::Label::"pii.attachment"',
        'base.ingest: context.bytes <= context.limit',
      ],
    ],
    [
      'a read without the effect',
      { ...ACCESS, principal: { ...PLUGIN, effects: [] } },
      ['base.blob.read: principal.effects.contains(Gate::Effect::"quarantine.read")'],
    ],
    ['a read outside its call', { ...ACCESS, running: false }, ['base.blob.read: context.running']],
    [
      'a read of a handle that is none',
      { ...ACCESS, handle: -1 },
      ['base.blob.read: context.handle >= 0'],
    ],
    [
      'a child by a plugin without the effect',
      { ...DERIVE, principal: { ...PLUGIN, effects: ['quarantine.read'] } },
      [
        'base.blob.derive-child: principal.effects.contains(Gate::Effect::"quarantine.derive")',
        'base.blob.derive-output: !context.child',
      ],
    ],
    [
      'a redacted value to an agent without a grant',
      { ...RELEASE, releasedGrant: false, approved: true },
      [
        'base.release.agent.public: context.payload in Gate::Label::"public"',
        'base.release.agent.granted: context.releasedGrant',
      ],
    ],
    ['a value to the operator that an agent asks for', { ...TO_OPERATOR, principal: AGENT }, []],
    ['a value to an agent that the operator asks for', { ...RELEASE, principal: OPERATOR }, []],
    [
      'a line of the log that an agent asks for',
      { ...RELEASE, sink: { kind: 'log', id: 'log' }, label: labelOf([]) },
      [],
    ],
    ['a port that is none', { ...BIND, port: 65536 }, ['base.bind: resource.port <= 65535']],
  ])('denies by default and names the unmet conditions: %s', (_, question, unmet) => {
    const verdict = engine.decide(question);
    expect(verdict).toMatchObject({ decision: 'deny', rules: ['default.deny'] });
    expect([...(verdict.unmet ?? [])].sort()).toEqual([...unmet].sort());
  });

  it('gives a reason of titles only', () => {
    expect(engine.decide({ ...INGEST, bytes: 11 }).reason).toBe(
      'no rule allows this; but: the operator or an agent may put a document within the size limit into quarantine',
    );
  });

  it.each<[string, Question, readonly [kind: string, rule: string]]>([
    [
      'a call without a grant',
      { ...EXECUTE, approved: false },
      ['capability.enable', 'base.execute.agent'],
    ],
    [
      'a call of a disabled capability without a grant',
      { ...EXECUTE, approved: false, capability: { ...CAPABILITY, enabled: false } },
      ['capability.enable', 'const.capability.disabled'],
    ],
    [
      'an attachment of a chat to the operator',
      { ...TO_OPERATOR, label: ATTACHMENT },
      ['raw.reveal', 'base.release.operator.reveal'],
    ],
    [
      'a message to the operator',
      { ...TO_OPERATOR, label: labelOf(['pii.chat.message']) },
      ['raw.reveal', 'const.operator.chat'],
    ],
    [
      'a bind to all addresses',
      { ...BIND, address: '0.0.0.0' },
      ['bind.open', 'const.bind.beyond-loopback'],
    ],
    [
      'a redacted value to its conversation',
      { ...RELEASE, sink: { kind: 'channel.origin', id: 'c1' } },
      ['channel.grant', 'base.release.channel.origin'],
    ],
  ])('asks for an approval by its kind: %s', (_, question, [approvalKind, rule]) => {
    expect(engine.decide(question)).toMatchObject({
      decision: 'needs-approval',
      approvalKind,
      rules: [rule],
      reason: engine.rules.find(({ id }) => id === rule)?.title,
    });
  });

  it.each<[string, Question, readonly string[]]>([
    [
      'the code is revoked as well',
      { ...EXECUTE, approved: false, capability: { ...CAPABILITY, enabled: false, revoked: true } },
      ['const.capability.disabled', 'const.code.revoked'],
    ],
    [
      'the publisher is not trusted as well',
      { ...ADMINISTER, approved: false, publisherTrusted: false },
      ['const.admin.install', 'const.admin.untrusted-publisher'],
    ],
    [
      'the one who asks is an agent',
      { ...ADMINISTER, task: 'raiseLimit', approved: false, principal: AGENT },
      ['const.admin.agent', 'const.admin.limit'],
    ],
    [
      'no permit waits behind the forbid',
      { ...BIND, address: '0.0.0.0', port: 65536 },
      ['const.bind.beyond-loopback'],
    ],
    [
      'a secret is in the value',
      { ...TO_OPERATOR, label: labelOf(['secret.token', 'pii.chat.message']) },
      ['const.operator.chat', 'const.release.secret'],
    ],
  ])('asks for no approval that would not help: %s', (_, question, rules) => {
    const verdict = engine.decide(question);
    expect(verdict).toMatchObject({ decision: 'deny', rules });
    expect(verdict.approvalKind).toBeUndefined();
  });

  it.each<[string, Question]>([
    ['a host name as address', { ...BIND, address: 'localhost' }],
    ['an IPv4 address in IPv6 form', { ...BIND, address: '::ffff:127.0.0.1' }],
    ['an instant that is no date', { ...ACCESS, now: NaN }],
    ['an expiry that is no date', { ...ACCESS, blob: { ...BLOB, expires: Infinity } }],
    ['a size that is no integer', { ...INGEST, bytes: 1.5 }],
    ['a size that is no number', { ...INGEST, bytes: NaN }],
    ['a size beyond 64 bits', { ...INGEST, bytes: 2 ** 70, limit: 2 ** 71 }],
    [
      'an effect that is none',
      { ...ACCESS, principal: { ...PLUGIN, effects: ['x' as 'net.http'] } },
    ],
    ['a sink that is none', { ...RELEASE, sink: { kind: 'x' as 'agent', id: 'x' } }],
    ['a task that is none', { ...ADMINISTER, task: 'x' as 'purge' }],
    ['a flag that is a word', { ...EXECUTE, approved: 'true' as unknown as boolean }],
    ['an action that is none', { ...EXECUTE, action: 'x' as 'execute' }],
    ['nothing', undefined as unknown as Question],
  ])('denies by engine.error: %s', (_, question) => {
    expect(engine.decide(question)).toMatchObject({ decision: 'deny', rules: ['engine.error'] });
  });

  it('denies where a forbid errs, which Cedar alone would allow', async () => {
    const erring = await load(
      withRule(
        'local.cedar',
        `@id("local.overflow") @title("a rule that overflows")
        forbid (principal, action == Gate::Action::"ingest", resource)
        when { context.bytes * 9223372036854775807 > 0 };`,
      ),
    );
    expect(erring.decide({ ...INGEST, bytes: 1 })).toMatchObject({ rules: ['local.overflow'] });
    expect(erring.decide(INGEST)).toMatchObject({ decision: 'deny', rules: ['engine.error'] });
  });

  it('explains a permit with unless and without conditions joined by and', async () => {
    const source = withRule(
      'local.cedar',
      `@id("local.private") @title("a rule with an exception")
      permit (principal, action in [Gate::Action::"bind"], resource)
      when { resource.port == 70000 || resource.port == 70001 } unless { context.approved };`,
    );
    const verdict = (await load(source)).decide({ ...BIND, port: 70001, approved: true });
    expect(verdict.unmet).toEqual([
      'base.bind: resource.port <= 65535',
      'local.private: !context.approved',
    ]);
  });

  it('explains a permit whose head looks like that of another action', async () => {
    const source = withRule(
      'local.cedar',
      `@id("local.odd") @title("a head with a comment")
      permit (principal // , action == Gate::Action::"release", resource)
      , action == Gate::Action::"bind", resource)
      when { resource.port == 70001 };
      @id("local.name") @title("a head with a name like an action")
      permit (principal == Gate::Gateway::"g1, action == Gate::Action::\\"release\\",",
      action == Gate::Action::"bind", resource)
      when { resource.port == 70002 };`,
    );
    const gateway = 'g1, action == Gate::Action::"release",';
    const principal = { kind: 'gateway', id: gateway } as const;
    const { unmet } = (await load(source)).decide({ ...BIND, principal, port: 70000 });
    expect(unmet).toEqual([
      'base.bind: resource.port <= 65535',
      'local.odd: resource.port == 70001',
      'local.name: resource.port == 70002',
    ]);
  });

  it('answers from memory what it would answer anew', async () => {
    const others = { tenant: 't2', session: 's2', ref: 'q_other' };
    const { tenant, session, ref } = others;
    const asked: readonly Question[] = [
      ACCESS,
      { ...ACCESS, blob: { ...BLOB, ref, tenant, session }, tenant, session }, // the same, elsewhere
      { ...ACCESS, blob: { ...BLOB, tenant } },
      { ...ACCESS, blob: { ...BLOB, session } },
      { ...ACCESS, now: BLOB.expires },
      { ...ACCESS, now: ACCESS.now - 5 },
      { ...INGEST, bytes: 11 },
      { ...INGEST, bytes: NaN },
      INGEST,
    ];
    const remembering = await load();
    for (const question of [...asked, ...asked].reverse())
      expect(remembering.decide(question)).toEqual((await load()).decide(question));
    expect(remembering.decide(ACCESS)).toBe(
      remembering.decide({ ...ACCESS, blob: { ...BLOB, ref, tenant, session }, tenant, session }),
    );
  });

  it('gives the same verdict each time', () => {
    const question: Question = { ...DERIVE, principal: { ...PLUGIN, effects: [] }, running: false };
    expect(engine.decide(question)).toEqual(engine.decide(question));
  });

  it('takes no word of the question into its answer', () => {
    const word = 'Zq9"; permit(principal,action,resource); //';
    const questions: readonly Question[] = [
      { ...INGEST, bytes: 11, session: { id: word, tenant: word } },
      {
        ...EXECUTE,
        principal: { kind: 'agent', id: word },
        capability: { ...CAPABILITY, id: word, tenant: word },
      },
      { ...ACCESS, justification: word, declaredClass: word, blob: { ...BLOB, ref: word } },
      { ...BIND, address: word },
    ];
    for (const question of questions) {
      const verdict = engine.decide(question);
      expect(verdict.decision).toBe('deny');
      expect(JSON.stringify(verdict)).not.toContain('Zq9');
    }
  });
});

describe('release, for any label and any flags', async () => {
  const engine = await load();
  const RAW: readonly Tag[] = ['pii.chat.message', 'pii.chat.metadata', 'pii.attachment'];
  const principal = fc.constantFrom(AGENT, OPERATOR, GATEWAY, PLUGIN);
  const flags = fc.record({
    localDocument: fc.boolean(),
    releasedGrant: fc.boolean(),
    approved: fc.boolean(),
    principal,
  });
  const decide = (kind: (typeof SINKS)[number], tags: readonly string[], change: object): string =>
    engine.decide({ ...RELEASE, ...change, sink: { kind, id: kind }, label: labelOf(tags) })
      .decision;

  it('never lets a raw tag, or one that nobody knows, reach the agent', () => {
    const tags = fc.tuple(
      fc.subarray([...TAGS]),
      fc.oneof(
        fc.constantFrom(...RAW),
        fc.string({ minLength: 1 }).filter((word) => !isKnown(word)),
      ),
    );
    fc.assert(
      fc.property(tags, flags, ([some, raw], change) => {
        expect(decide('agent', [...some, raw], change)).toBe('deny');
      }),
    );
  });

  it('never lets a secret or internal data reach any sink', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.subarray([...TAGS]), fc.constantFrom('secret.token', 'internal.system')),
        fc.constantFrom(...SINKS),
        flags,
        ([some, never], sink, change) => {
          expect(decide(sink, [...some, never], change)).toBe('deny');
        },
      ),
    );
  });

  it('never allows for a larger label what it does not allow for a smaller personal one', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.subarray([...TAGS], { minLength: 1 }), fc.constantFrom(...TAGS)),
        fc.constantFrom(...SINKS),
        flags,
        ([tags, more], sink, change) => {
          const wider = decide(sink, [...tags, more], change);
          if (wider === 'allow' && tags.every((tag) => tag.startsWith('pii.')))
            expect(decide(sink, tags, change)).toBe('allow');
        },
      ),
    );
  });

  it('counts a value without a label, or with a tag set that holds a foreign word, as raw', () => {
    const foreign = { tags: new Set(['x' as Tag]), origins: new Set<string>() };
    for (const label of [undefined, foreign])
      expect(engine.decide({ ...RELEASE, label }).rules).toEqual(['const.agent.raw']);
  });
});

function isKnown(word: string): boolean {
  return (TAGS as readonly string[]).includes(word);
}
