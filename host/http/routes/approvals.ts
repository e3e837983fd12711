import { z } from 'zod';
import { DECIDERS } from '../../kernel/approval-request.ts';
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
      const approval = await approvals.get(params['id'] ?? '');
      const spent = await approvals.spentOf(approval);
      return { approval: { ...approvalView(approval), ...(spent !== null && { spent }) } };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/approvals/:id/approve',
    summary: 'Says yes to exactly what has this digest, or to less of it',
    json: z.strictObject({
      digest: z.string().regex(/^[0-9a-f]{64}$/),
      by: z.enum(DECIDERS).default('operator'),
      scope: z.record(z.string().max(64), z.json()).optional(),
      expires_in: z
        .int()
        .min(1)
        .max(366 * 86_400)
        .optional(),
      max_uses: z.int().min(1).optional(),
    }),
    async handle({ approvals, world }, { params, json, credential }) {
      const { digest, by, scope, expires_in: seconds, max_uses: maxUses } = json;
      const narrowing = {
        ...(scope !== undefined && { scope }),
        ...(seconds !== undefined && { expires: world.now() + seconds * 1000 }),
        ...(maxUses !== undefined && { maxUses }),
      };
      const shown = { digest, by, approver: credential.id, narrowing };
      return { approval: approvalView(await approvals.approve(params['id'] ?? '', shown)) };
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
  route({
    method: 'POST',
    path: '/v1/admin/approvals/:id/revoke',
    summary: 'Takes back what was approved, with what came of it',
    async handle({ approvals }, { params }) {
      return { approval: approvalView(await approvals.revoke(params['id'] ?? '')) };
    },
  }),
];
