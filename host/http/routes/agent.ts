import { z } from 'zod';
import { CcosError } from '../../core/error.ts';
import { JUSTIFICATIONS } from '../../kernel/blob-access.ts';
import { agentAnswer, agentApproval, agentEvent, agentSession } from '../agent-views.ts';
import { queryCount, route } from '../route.ts';

const NAME = z.string().max(128);
const REF = z.string().max(64);
const RUN = z.string().max(64).optional();
const SESSION = z.string().max(64).optional();

/** Everything that an agent can ask, but for its stream. */
export const agentRoutes = [
  route({
    method: 'GET',
    path: '/v1/agent/sessions',
    plane: 'agent',
    summary: 'The sessions that the credential may look at: counts and no more',
    query: z.strictObject({ after: SESSION, limit: queryCount(1000).optional() }),
    async handle({ agents }, { credential, query: { after, limit = 100 } }) {
      await agents.admitPublic(credential);
      const page = { limit, ...(after !== undefined && { after }) };
      return { sessions: (await agents.list(credential, page)).map(agentSession) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/agent/sessions/:id',
    plane: 'agent',
    summary: 'One session: its events as refs',
    query: z.strictObject({
      after: queryCount(Number.MAX_SAFE_INTEGER).optional(),
      limit: queryCount(1000).optional(),
    }),
    async handle({ agents }, { credential, params, query: { after = 0, limit = 100 } }) {
      const session = await agents.observe(credential, params['id']);
      const page = await agents.page(session, { after, limit });
      return { session: agentSession(page.session), events: page.events.map(agentEvent) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/agent/execute',
    plane: 'agent',
    summary: 'Calls a capability on what was said in a session',
    json: z
      .strictObject({
        capability: NAME,
        args: z.record(z.string(), z.json()).default({}),
        refs: z.array(REF).min(1).max(100).optional(),
        content_ref: REF.optional(),
        justification: z.enum(JUSTIFICATIONS).default('summarize'),
        session: SESSION,
        run: RUN,
      })
      .refine(({ refs, content_ref }) => refs === undefined || content_ref === undefined),
    async handle({ agents, executor, actor }, { credential, json, signal }) {
      const { capability, args, justification, run } = json;
      const looked = await agents.look(credential, json.session);
      const { content_ref: one } = json;
      const refs = json.refs ?? (one === undefined ? [] : [one]);
      const { manifest } = await agents.capability(credential, capability);
      if (manifest.kind === 'action') {
        if (refs.length > 0) throw new CcosError('invalid_input', { field: 'body.refs' });
        const { id } = await agents.run(credential, looked.session, run);
        await agents.admit(looked);
        const agent = { id: credential.id, session: looked.session.id, run: id };
        return { ...(await actor.act({ capability, args, agent, signal })) };
      }
      const asked = { capability, args, refs, justification, run };
      return agentAnswer(await executor.execute(credential, looked, asked));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/agent/approvals',
    plane: 'agent',
    summary:
      'Asks the operator to let a capability read the channel of a session, or its results count as public where a verifier passes them',
    json: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('channel.grant'), capability: NAME, session: SESSION }),
      z.strictObject({
        kind: z.literal('declassify.public'),
        capability: NAME,
        verifier: NAME,
        session: SESSION,
        run: RUN,
        max_bytes: z.int().min(1).max(1_048_576).default(4096),
        max_uses: z.int().min(1).max(1000).default(1),
      }),
    ]),
    async handle({ agents }, { credential, json }) {
      const { session, capability } = json;
      if (json.kind === 'channel.grant')
        return {
          approval: agentApproval(await agents.requestGrant(credential, { session, capability })),
        };
      const { run, verifier, max_bytes: maxBytes, max_uses: maxUses } = json;
      const wanted = { session, capability, run, verifier, maxBytes, maxUses };
      const approval = await agents.requestDeclassification(credential, wanted);
      return { approval: agentApproval(approval) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/agent/approvals/:id',
    plane: 'agent',
    summary: 'What became of an approval that was asked for in a session',
    query: z.strictObject({ session: SESSION }),
    async handle({ agents }, { credential, params, query }) {
      const wanted = { session: query.session, id: params['id'] ?? '' };
      return { approval: agentApproval(await agents.approval(credential, wanted)) };
    },
  }),
];
