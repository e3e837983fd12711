import { z } from 'zod';
import { parseDomain } from '../../core/domain.ts';
import { CcosError } from '../../core/error.ts';
import { TAGS } from '../../core/label.ts';
import { exceptionRequest } from '../../kernel/exception-request.ts';
import { approvalView } from '../views.ts';
import { route } from '../route.ts';

const ID = z.string().regex(/^[a-z]+_[0-9a-f]{32}$/);
const TARGET = z.string().min(1).max(255);

export const actionRoutes = [
  route({
    method: 'POST',
    path: '/v1/admin/capabilities/:id/act',
    summary: 'Has an action done for the operator, in a run of its own',
    json: z.strictObject({ args: z.record(z.string(), z.json()).default({}) }),
    async handle({ actor }, { params, json, signal }) {
      const capability = params['id'] ?? '';
      return { ...(await actor.act({ capability, args: json.args, signal })) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/egress/exceptions',
    summary: 'Asks for the approval that lets exactly this leave',
    json: z
      .strictObject({
        capability: z.string().max(160),
        sink: z.enum(['http.public', 'http.private', 'fs']),
        target: TARGET,
        label: z.array(z.enum(TAGS)).max(TAGS.length).default([]),
        run: ID.optional(),
        session: z.union([ID, z.literal('local')]).optional(),
        max_bytes: z.int().min(1).max(1_073_741_824),
        max_uses: z.int().min(1).max(100_000),
        expires: z.iso.datetime(),
      })
      .refine(({ run, session }) => (run === undefined) !== (session === undefined)),
    async handle({ approvals, registry }, { json }) {
      const { capability, sink, target, label, run, session = '' } = json;
      const found = (await registry.variants()).find(
        ({ target: { plugin } }) => plugin.id === capability,
      );
      if (found === undefined) throw new CcosError('not_found', { what: 'capability' });
      const approval = await approvals.request(
        exceptionRequest({
          ...{ capability, sink, label },
          publisher: found.target.plugin.publisher,
          target: sink === 'fs' ? target : parseDomain(target),
          scope: run === undefined ? { session } : { run },
          maxBytes: json.max_bytes,
          maxUses: json.max_uses,
          expires: Date.parse(json.expires),
        }),
      );
      return { approval: approvalView(approval) };
    },
  }),
];
