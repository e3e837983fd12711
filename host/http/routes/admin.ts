import { z } from 'zod';
import { iso } from '../views.ts';
import { route } from '../route.ts';

export const adminRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/status',
    summary: 'The state of every part',
    handle: ({ status }) => status(),
  }),
  route({
    method: 'GET',
    path: '/v1/admin/doctor',
    summary: 'A security audit of this home',
    async handle({ doctor }) {
      return { findings: await doctor() };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/config',
    summary: 'The configuration, and the limits in force',
    handle: async ({ settings }) => ({ ...(await settings.show()) }),
  }),
  route({
    method: 'POST',
    path: '/v1/admin/config/set',
    summary: 'Sets one key, whole or not at all',
    json: z.strictObject({
      key: z
        .string()
        .max(64)
        .regex(/^[a-zA-Z.]+$/),
      value: z.json(),
    }),
    async handle({ settings }, { json }) {
      const { approvals, ...set } = await settings.set(json.key, json.value);
      const { approvalView } = await import('../views.ts');
      return { ...set, approvals: approvals.map(approvalView) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/tokens',
    summary: 'The credentials that were made',
    handle({ tokens }) {
      const all = tokens.list();
      return Promise.resolve({
        tokens: all.map(({ id, plane, session, channel, created, revoked }) => ({
          id,
          plane,
          ...(session !== null && { session }),
          ...(channel !== null && { channel }),
          created: iso(created),
          ...(revoked !== null && { revoked: iso(revoked) }),
        })),
      });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/tokens',
    summary: 'Makes a credential; it is shown once',
    json: z.strictObject({
      plane: z.enum(['admin', 'agent']),
      session: z
        .string()
        .max(64)
        .regex(/^[a-zA-Z0-9_-]+$/)
        .optional(),
    }),
    async handle({ tokens, sessions }, { json: { plane, session } }) {
      if (session !== undefined) await sessions.get(session);
      const scope = session === undefined ? {} : { session };
      return { ...(await tokens.create(plane, scope)), plane };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/admin/tokens/:id',
    summary: 'Ends a credential',
    async handle({ tokens }, { params }) {
      await tokens.revoke(params['id'] ?? '');
      return { id: params['id'], revoked: true };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/shutdown',
    summary: 'Stops the gateway when its work is done',
    handle({ shutdown }) {
      shutdown();
      return Promise.resolve({});
    },
  }),
];
