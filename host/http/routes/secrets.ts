import { z } from 'zod';
import { parseDomain } from '../../core/domain.ts';
import { CcosError } from '../../core/error.ts';
import { MOST_SECRET_BYTES } from '../../kernel/secret-value.ts';
import type { SecretView } from '../../kernel/secrets.ts';
import { queryCount, route } from '../route.ts';
import { approvalView, iso } from '../views.ts';

const VERSIONED = z
  .string()
  .max(160)
  .regex(/^[a-z][a-z0-9_.]*@[0-9A-Za-z.+-]+$/);
const DOMAIN = z.string().max(255);

export const secretRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/secrets',
    summary: 'The secrets, without their values',
    async handle({ secrets }) {
      return { secrets: (await secrets.list()).map(secretView) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/secrets/:name',
    summary: 'Seals a value in the vault, and asks for the approval to use it',
    maxBytes: MOST_SECRET_BYTES,
    async handle({ secrets }, { params, bytes }) {
      const approval = await secrets.put(params['name'] ?? '', bytes);
      return { name: params['name'], approvals: [approvalView(approval)] };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/secrets/:name/rotate',
    summary: 'Seals a new value, and asks for the approval that it replaces the present one',
    maxBytes: MOST_SECRET_BYTES,
    async handle({ secrets }, { params, bytes }) {
      const approval = await secrets.rotate(params['name'] ?? '', bytes);
      return { name: params['name'], approvals: [approvalView(approval)] };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/admin/secrets/:name',
    summary: 'Ends a secret at once, with everything that it is bound to',
    async handle({ secrets }, { params }) {
      await secrets.revoke(params['name'] ?? '');
      return { name: params['name'], revoked: true };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/secrets/:name/bind',
    summary: 'Asks for the approval that attaches it to requests of a capability to a domain',
    json: z.strictObject({ capability: VERSIONED, domain: DOMAIN }),
    async handle({ secrets, registry }, { params, json: { capability, domain } }) {
      const found = (await registry.variants()).find(
        ({ target }) => target.capability.id === capability,
      );
      if (found === undefined) throw new CcosError('not_found', { what: 'capability' });
      const { publisher } = found.target.plugin;
      const to = { capability, publisher, domain: parseDomain(domain) };
      const approval = await secrets.bind(params['name'] ?? '', to);
      return { name: params['name'], approvals: [approvalView(approval)] };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/secrets/:name/unbind',
    summary: 'Ends one binding at once',
    json: z.strictObject({ capability: VERSIONED, domain: DOMAIN }),
    async handle({ secrets }, { params, json: { capability, domain } }) {
      await secrets.unbind(params['name'] ?? '', { capability, domain: parseDomain(domain) });
      return { name: params['name'] };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/secrets/:name/usage',
    summary: 'The uses of a secret, from the chain',
    query: z.strictObject({ limit: queryCount(10_000).optional() }),
    async handle({ secretUses }, { params, query: { limit = 100 } }) {
      return { usage: await secretUses.usage(params['name'] ?? '', limit) };
    },
  }),
];

function secretView(secret: SecretView): Readonly<Record<string, unknown>> {
  const { name, state, rotating, bindings, created, used } = secret;
  return {
    name,
    state,
    rotating,
    bindings,
    created: iso(created),
    ...(used !== null && { used: iso(used) }),
  };
}
