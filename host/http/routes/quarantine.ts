import { z } from 'zod';
import { REVEAL_REASONS } from '../../core/reveal-reason.ts';
import { route } from '../route.ts';

export const quarantineRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/quarantine',
    summary: 'How much is in quarantine',
    handle: async ({ blobs }) => ({ ...(await blobs.stats()) }),
  }),
  route({
    method: 'POST',
    path: '/v1/admin/quarantine/purge',
    summary: 'Destroys blobs with their keys',
    json: z.strictObject({
      scope: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('all') }),
        z.strictObject({ kind: z.literal('expired') }),
        z.strictObject({ kind: z.literal('session'), session: z.string().min(1).max(64) }),
      ]),
    }),
    handle: async ({ blobs }, { json }) => ({ ...(await blobs.purge(json.scope)) }),
  }),
  route({
    method: 'POST',
    path: '/v1/admin/quarantine/:ref/reveal',
    summary: 'The raw content of a blob, once, by an approval for it',
    json: z.strictObject({ reason: z.enum(REVEAL_REASONS) }),
    handle: ({ reveals }, { params, json }) => reveals.reveal(params['ref'] ?? '', json.reason),
  }),
];
