import { describe, expect, it } from 'vitest';
import { PUBLIC, labelOf } from '../../host/core/label.ts';
import type { Question, ReleaseQuestion, SinkKind } from '../../host/policy/question.ts';
import { load, without } from './pack-source.ts';
import {
  ACCESS,
  ADMINISTER,
  BIND,
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
  releasedGrant: false,
  sink: { kind, id: kind },
  ...change,
});
const show = (change: Partial<ReleaseQuestion>): Question =>
  to('operator', { principal: OPERATOR, ...change });

/** For each permit of the default pack, questions that only this permit allows. */
const CASES: Readonly<Record<string, readonly Question[]>> = {
  'base.ingest': [INGEST, { ...INGEST, principal: OPERATOR, bytes: 0 }],
  'base.ingest.channel': [
    MESSAGE,
    { ...MESSAGE, class: 'pii.attachment' },
    { ...MESSAGE, class: 'pii.chat.metadata', bytes: 0 },
  ],
  'base.observe': [OBSERVE],
  'base.execute': [{ ...EXECUTE, principal: OPERATOR, channelGranted: false }],
  'base.execute.agent': [EXECUTE],
  'base.execute.agent-action': [
    { ...EXECUTE, capability: { ...EXECUTE.capability, capabilityKind: 'action' } },
  ],
  'base.blob.read': [ACCESS, { ...ACCESS, principal: { ...PLUGIN, effects: ['quarantine.read'] } }],
  'base.blob.derive-output': [
    { ...DERIVE, child: false },
    { ...DERIVE, child: false, principal: { ...PLUGIN, effects: [] } },
  ],
  'base.blob.derive-child': [DERIVE],
  'base.release.agent.public': [to('agent', { label: PUBLIC })],
  'base.release.agent.granted': [RELEASE],
  'base.release.operator.public': [show({ label: PUBLIC })],
  'base.release.operator.redacted': [show({})],
  'base.release.operator.local': [
    show({ label: labelOf(['pii.attachment']), localDocument: true }),
    show({ label: labelOf(['pii.attachment', 'pii.redacted']), localDocument: true }),
  ],
  'base.release.operator.reveal': [
    show({ label: labelOf(['pii.attachment']), approved: true }),
    show({ label: labelOf(['pii.chat.message', 'pii.redacted']), approved: true }),
    show({ label: undefined, approved: true }),
  ],
  'base.release.log': [to('log', { principal: GATEWAY, label: PUBLIC })],
  'base.release.metrics': [to('metrics', { principal: GATEWAY, label: PUBLIC })],
  ...Object.fromEntries(
    (
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
    ).map((kind) => [
      `base.release.${kind}`,
      [to(kind, { approved: true }), to(kind, { approved: true, label: PUBLIC })],
    ]),
  ),
  'base.secret.use': [USE_SECRET],
  'base.administer': [ADMINISTER, { ...ADMINISTER, task: 'revokeToken', approved: false }],
  'base.bind': [
    BIND,
    { ...BIND, address: '::1', port: 0 },
    { ...BIND, address: '0.0.0.0', approved: true },
  ],
};

describe('the default pack', async () => {
  const shipped = await load();

  it('has a case for each of its permits, and no forbids', () => {
    const rules = shipped.rules.filter(({ file }) => file === 'default.cedar');
    expect(Object.keys(CASES).sort()).toEqual(rules.map(({ id }) => id).sort());
    expect(new Set(rules.map(({ effect }) => effect))).toEqual(new Set(['permit']));
  });

  describe.each(Object.entries(CASES))('%s', async (id, questions) => {
    const crippled = await load(without(id));

    it.each(questions)(`is what allows case %#, which without ${id} is not allowed`, (question) => {
      expect(shipped.decide(question)).toMatchObject({ decision: 'allow', rules: [id] });
      expect(crippled.decide(question).decision).not.toBe('allow');
    });
  });
});
