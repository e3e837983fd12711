import { describe, expect, it } from 'vitest';
import { labelOf } from '../../host/core/label.ts';
import type { Question, ReleaseQuestion, SinkKind } from '../../host/policy/question.ts';
import { SHIPPED, load, without } from './pack-source.ts';
import {
  ACCESS,
  ADMINISTER,
  AGENT,
  BIND,
  BLOB,
  CAPABILITY,
  CHANNEL,
  DERIVE,
  EXECUTE,
  GATEWAY,
  INGEST,
  MESSAGE,
  OBSERVE,
  OPERATOR,
  PLUGIN,
  RELEASE,
  USE_SECRET,
} from './questions.ts';

const to = (kind: SinkKind, change: Partial<ReleaseQuestion> = {}): Question => ({
  ...RELEASE,
  sink: { kind, id: kind },
  approved: true,
  ...change,
});
const EVERY_APPROVAL = { approved: true, releasedGrant: true, localDocument: true };
const ATTACHMENT = labelOf(['pii.attachment']);

/** For each rule, questions that only this rule stands against. */
const CASES: Readonly<Record<string, readonly Question[]>> = {
  'const.code.unverified': [
    { ...EXECUTE, capability: { ...CAPABILITY, verified: false } },
    { ...ACCESS, principal: { ...PLUGIN, verified: false } },
    { ...DERIVE, principal: { ...PLUGIN, verified: false } },
    { ...USE_SECRET, principal: { ...USE_SECRET.principal, verified: false } },
  ],
  'const.code.revoked': [
    { ...EXECUTE, capability: { ...CAPABILITY, revoked: true } },
    { ...ACCESS, principal: { ...PLUGIN, revoked: true } },
    { ...DERIVE, principal: { ...PLUGIN, revoked: true } },
    { ...USE_SECRET, principal: { ...USE_SECRET.principal, revoked: true } },
  ],
  'const.capability.disabled': [
    { ...EXECUTE, capability: { ...CAPABILITY, enabled: false } },
    { ...ACCESS, principal: { ...PLUGIN, enabled: false } },
    { ...DERIVE, principal: { ...PLUGIN, enabled: false } },
    { ...USE_SECRET, principal: { ...USE_SECRET.principal, enabled: false } },
  ],
  'const.tenant.other': [
    { ...INGEST, tenant: 't2' },
    { ...MESSAGE, tenant: 't2' },
    { ...OBSERVE, tenant: 't2' },
    { ...EXECUTE, tenant: 't2' },
    { ...ACCESS, blob: { ...BLOB, tenant: 't2' } },
    { ...DERIVE, blob: { ...BLOB, tenant: 't2' } },
    { ...USE_SECRET, tenant: 't2' },
    { ...USE_SECRET, secret: { name: 'TOKEN', tenant: 't2' } },
  ],
  'const.session.other': [
    { ...ACCESS, session: 's2' },
    { ...DERIVE, session: 's2' },
  ],
  'const.session.credential': [{ ...OBSERVE, scoped: false }],
  'const.session.frozen': [{ ...OBSERVE, session: { ...OBSERVE.session, frozen: true } }],
  'const.channel.disconnected': (
    ['pii.chat.message', 'pii.chat.metadata', 'pii.attachment'] as const
  ).map((part) => ({ ...MESSAGE, class: part, principal: { ...CHANNEL, connected: false } })),
  'const.channel.stranger': (
    ['pii.chat.message', 'pii.chat.metadata', 'pii.attachment'] as const
  ).map((part) => ({ ...MESSAGE, class: part, senderAllowed: false })),
  'const.channel.ungranted': [{ ...EXECUTE, channelGranted: false }],
  'const.blob.expired': [
    { ...ACCESS, now: BLOB.expires },
    { ...ACCESS, now: BLOB.expires + 1 },
    { ...DERIVE, now: BLOB.expires },
  ],
  'const.blob.purged': [
    { ...ACCESS, blob: { ...BLOB, purged: true } },
    { ...DERIVE, blob: { ...BLOB, purged: true } },
  ],
  'const.blob.class': [
    { ...ACCESS, declaredClass: 'pii.chat.message' },
    { ...ACCESS, declaredClass: '' },
    { ...ACCESS, declaredClass: 'public' },
    { ...DERIVE, declaredClass: 'pii.redacted' },
  ],
  'const.blob.justification': ['', ' ', 'because', 'Summarize', 'extract.text '].map(
    (justification) => ({ ...ACCESS, justification }),
  ),
  'const.blob.transform-only': (['action', 'verifier', 'agent'] as const).map((capabilityKind) => ({
    ...ACCESS,
    principal: { ...PLUGIN, capabilityKind },
  })),
  'const.release.plugin': [
    to('http.public', { principal: PLUGIN }),
    to('channel.origin', { principal: PLUGIN }),
    to('fs', { principal: PLUGIN }),
  ],
  'const.release.secret': [
    to('agent', { label: labelOf(['secret.token']), ...EVERY_APPROVAL }),
    to('operator', { principal: OPERATOR, label: labelOf(['secret.token']), ...EVERY_APPROVAL }),
    to('http.private', { label: labelOf(['secret.token']), ...EVERY_APPROVAL }),
    to('log', { principal: GATEWAY, label: labelOf(['secret.token']) }),
  ],
  'const.release.internal': [
    to('agent', { label: labelOf(['internal.system']), ...EVERY_APPROVAL }),
    to('operator', { principal: OPERATOR, label: labelOf(['internal.system']), ...EVERY_APPROVAL }),
    to('export', { label: labelOf(['internal.system']), ...EVERY_APPROVAL }),
  ],
  'const.agent.raw': [
    to('agent', { label: ATTACHMENT, ...EVERY_APPROVAL }),
    to('agent', { label: labelOf(['pii.redacted', 'pii.chat.message']), ...EVERY_APPROVAL }),
    to('agent', { label: labelOf(['pii.chat.metadata']), ...EVERY_APPROVAL }),
    to('agent', { label: undefined, ...EVERY_APPROVAL }),
    to('agent', { label: labelOf(['no.such.tag']), ...EVERY_APPROVAL }),
  ],
  'const.egress.raw': (
    [
      'channel.origin',
      'channel.other',
      'http.public',
      'http.private',
      'fs',
      'export',
      'node',
      'tenant',
    ] as const
  ).map((kind) => to(kind, { label: ATTACHMENT, ...EVERY_APPROVAL })),
  'const.log.personal': [
    to('log', { principal: GATEWAY, label: ATTACHMENT, ...EVERY_APPROVAL }),
    to('log', { principal: GATEWAY }),
    to('metrics', { principal: GATEWAY, label: labelOf(['pii.redacted']), ...EVERY_APPROVAL }),
    to('metrics', { principal: GATEWAY, label: undefined }),
  ],
  'const.operator.chat': ['pii.chat.message', 'pii.chat.metadata'].map((tag) =>
    to('operator', {
      principal: OPERATOR,
      label: labelOf([tag]),
      localDocument: true,
      approved: false,
    }),
  ),
  'const.secret.live': [{ ...USE_SECRET, live: false }],
  'const.secret.action-only': (['transform', 'verifier', 'agent'] as const).map(
    (capabilityKind) => ({
      ...USE_SECRET,
      principal: { ...USE_SECRET.principal, capabilityKind },
    }),
  ),
  'const.admin.secret-insert': [{ ...ADMINISTER, task: 'insertSecret', approved: false }],
  'const.admin.secret-rotate': [{ ...ADMINISTER, task: 'rotateSecret', approved: false }],
  'const.admin.secret-bind': [{ ...ADMINISTER, task: 'bindSecret', approved: false }],
  'const.admin.egress': [{ ...ADMINISTER, task: 'allowEgress', approved: false }],
  'const.admin.declassify': [{ ...ADMINISTER, task: 'declassify', approved: false }],
  'const.admin.agent': [
    { ...ADMINISTER, principal: AGENT },
    { ...ADMINISTER, principal: AGENT, task: 'createToken' },
    { ...ADMINISTER, principal: AGENT, task: 'exportAudit' },
  ],
  'const.admin.untrusted-publisher': [{ ...ADMINISTER, publisherTrusted: false }],
  'const.admin.install': [{ ...ADMINISTER, approved: false }],
  'const.admin.trust': [{ ...ADMINISTER, task: 'trustPublisher', approved: false }],
  'const.admin.enable': [{ ...ADMINISTER, task: 'enableCapability', approved: false }],
  'const.admin.limit': [{ ...ADMINISTER, task: 'raiseLimit', approved: false }],
  'const.admin.channel': [{ ...ADMINISTER, task: 'connectChannel', approved: false }],
  'const.admin.channel-grant': [{ ...ADMINISTER, task: 'grantChannel', approved: false }],
  'const.admin.bind': [{ ...ADMINISTER, task: 'openBind', approved: false }],
  'const.bind.transport': ['0.0.0.0', '::', '10.0.0.1'].map((address) => ({
    ...BIND,
    address,
    approved: true,
    transportChosen: false,
  })),
  'const.bind.beyond-loopback': ['0.0.0.0', '::', '192.168.1.2', '128.0.0.1'].map((address) => ({
    ...BIND,
    address,
  })),
};

describe('the constitution', async () => {
  const shipped = await load();

  it('has a case for each of its rules, and at least twelve rules', () => {
    const rules = shipped.rules.filter(({ id }) => id.startsWith('const.')).map(({ id }) => id);
    expect(Object.keys(CASES).sort()).toEqual([...rules].sort());
    expect(rules.length).toBeGreaterThanOrEqual(12);
  });

  it('is made of forbids without unless', () => {
    const rules = shipped.rules.filter(({ file }) => file === 'constitution.cedar');
    expect(new Set(rules.map(({ effect }) => effect))).toEqual(new Set(['forbid']));
    expect(SHIPPED.get('constitution.cedar')?.replace(/\/\/.*/g, '')).not.toMatch(/\bunless\b/);
  });

  describe.each(Object.entries(CASES))('%s', async (id, questions) => {
    const crippled = await load(without(id));

    it.each(questions)(`removing ${id} alone flips case %#`, (question) => {
      const verdict = shipped.decide(question);
      expect(verdict.decision).not.toBe('allow');
      expect(verdict.rules).toEqual([id]);
      expect(verdict.reason).toBe(shipped.rules.find((rule) => rule.id === id)?.title);
      expect(crippled.decide(question).decision).toBe('allow');
    });
  });
});
