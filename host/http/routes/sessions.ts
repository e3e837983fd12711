import { z } from 'zod';
import type { Session } from '../../kernel/sessions.ts';
import { queryCount, route } from '../route.ts';
import type { Services } from '../services.ts';
import { iso } from '../views.ts';

const ID = z
  .string()
  .max(64)
  .regex(/^[a-z0-9_]+$/);
const PAGE = {
  after: queryCount(Number.MAX_SAFE_INTEGER).optional(),
  limit: queryCount(10_000).optional(),
};

export const sessionRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/sessions',
    summary: 'Conversations by pseudonym, the oldest first',
    query: z.strictObject({ after: ID.optional(), limit: queryCount(1000).optional() }),
    async handle(services, { query: { after, limit = 100 } }) {
      const page = { limit, ...(after !== undefined && { after }) };
      const found = await services.sessions.list(page);
      return { sessions: await Promise.all(found.map((session) => describe(services, session))) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/sessions/:id',
    summary: 'One conversation: counts, and what its run has been told',
    async handle(services, { params }) {
      const session = await services.sessions.get(params['id'] ?? '');
      const run = await services.runs.currentOf(session.id);
      const told = run === null ? null : await services.runs.get(run.id);
      return {
        session: {
          ...(await describe(services, session)),
          ...(told !== null && {
            run: {
              id: told.id,
              state: told.state,
              leak_bits_left: told.leakBits,
              taint: { tags: [...told.taint.tags].sort(), origins: [...told.taint.origins].sort() },
            },
          }),
        },
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/sessions/:id/steps',
    summary: 'The rows of one conversation, oldest first',
    query: z.strictObject(PAGE),
    async handle({ sessions, audit }, { params, query: { after = 0, limit = 100 } }) {
      const { id } = await sessions.get(params['id'] ?? '');
      return { steps: await audit.rows({ session: id, after, limit }) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/denials',
    summary: 'Decisions that did not allow, with their rules and reasons, oldest first',
    query: z.strictObject({ session: ID.optional(), ...PAGE }),
    async handle({ audit }, { query: { session, after = 0, limit = 100 } }) {
      const of = session === undefined ? {} : { session };
      const rows = await audit.rows({ ...of, denied: true, after, limit });
      return { denials: rows };
    },
  }),
];

async function describe({ messages }: Services, session: Session) {
  const { id, connection, connector, channel, thread, sender, state, created } = session;
  return {
    id,
    connector,
    connection,
    state,
    created: iso(created),
    ...(channel !== '' && { channel }),
    ...(thread !== '' && { thread }),
    ...(sender !== '' && { sender }),
    ...(await messages.count(id)),
  };
}
