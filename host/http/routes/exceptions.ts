import type { GrantedException } from '../../kernel/egress-exceptions.ts';
import { iso } from '../views.ts';
import { route } from '../route.ts';

export const exceptionRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/exceptions',
    summary: 'What may leave by an exception, and what of it has left: the newest first',
    async handle({ exceptions }) {
      return { exceptions: (await exceptions.list()).map(exceptionView) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/exceptions/:id',
    summary: 'One exception; its id is that of its approval',
    async handle({ exceptions }, { params }) {
      return { exception: exceptionView(await exceptions.get(params['id'] ?? '')) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/exceptions/:id/revoke',
    summary: 'Ends an exception at once',
    async handle({ approvals, exceptions }, { params }) {
      const { approval } = await exceptions.get(params['id'] ?? '');
      await approvals.revoke(approval);
      return { exception: exceptionView(await exceptions.get(approval)) };
    },
  }),
];

function exceptionView(exception: GrantedException) {
  const { approval, status, capability, publisher, sink, target, label, scope } = exception;
  const { maxBytes, maxUses, expires, spent } = exception;
  return {
    ...{ id: approval, status, capability, publisher, sink, target, label, ...scope },
    max_bytes: maxBytes,
    bytes: spent.bytes,
    max_uses: maxUses,
    uses: spent.uses,
    expires: iso(expires),
  };
}
