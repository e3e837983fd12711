import { z } from 'zod';
import { DECIDERS } from '../../kernel/approvals.ts';
import { approvalView } from '../views.ts';
import { route } from '../route.ts';

export const approvalRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/approvals',
    summary: 'The approvals: those that wait first, the newest first',
    query: z.strictObject({
      status: z.enum(['pending', 'approved', 'denied', 'expired', 'revoked', 'all']).optional(),
    }),
    async handle({ approvals }, { query: { status = 'pending' } }) {
      return { approvals: (await approvals.list(status)).map(approvalView) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/approvals/:id',
    summary: 'One approval, with all that it is about',
    async handle({ approvals }, { params }) {
      return { approval: approvalView(await approvals.get(params['id'] ?? '')) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/approvals/:id/approve',
    summary: 'Says yes to exactly what has this digest',
    json: z.strictObject({
      digest: z.string().regex(/^[0-9a-f]{64}$/),
      by: z.enum(DECIDERS).default('operator'),
    }),
    async handle({ approvals }, { params, json }) {
      return { approval: approvalView(await approvals.approve(params['id'] ?? '', json)) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/approvals/:id/deny',
    summary: 'Says no',
    async handle({ approvals }, { params }) {
      return { approval: approvalView(await approvals.deny(params['id'] ?? '')) };
    },
  }),
];
