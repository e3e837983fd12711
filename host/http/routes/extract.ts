import { z } from 'zod';
import { CcosError } from '../../core/error.ts';
import { LIMITS } from '../../core/limits.ts';
import { refusedInput } from '../../kernel/call-rows.ts';
import { route } from '../route.ts';

const MEDIA_TYPE = z
  .string()
  .max(200)
  .regex(/^[\w.+-]+\/[\w.+-]+(\s*;\s*[\w-]+="?[\w.:+-]+"?)*$/);

export const extractRoutes = [
  route({
    method: 'POST',
    path: '/v1/admin/extract',
    summary: 'The text of a document that the operator has',
    query: z.strictObject({ type: MEDIA_TYPE.optional() }),
    maxBytes: LIMITS.inputBytes[1],
    async handle({ extractor }, { query, bytes, signal }) {
      const declared = query.type === undefined ? {} : { declaredType: query.type };
      return { ...(await extractor.extract({ bytes, session: 'local', signal, ...declared })) };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/refusals',
    summary: 'That a command could not read its local file',
    json: z.strictObject({
      code: z.enum(['file_not_found', 'not_a_file', 'too_large']),
      what: z.enum(['extract', 'bundle']),
    }),
    async handle({ store }, { json }) {
      await store.commit({ rows: [refusedInput(new CcosError(json.code), json.what)] });
      return {};
    },
  }),
];
