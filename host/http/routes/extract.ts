import { z } from 'zod';
import { CcosError } from '../../core/error.ts';
import { LIMITS } from '../../core/limits.ts';
import { refusedInput } from '../../kernel/call-rows.ts';
import { PASSWORD_HEADER, passwordOf } from '../../core/document-password.ts';
import { route } from '../route.ts';

const MEDIA_TYPE = z
  .string()
  .max(200)
  .regex(/^[\w.+-]+\/[\w.+-]+(\s*;\s*[\w-]+="?[\w.:+-]+"?)*$/);

/** Of a document that is being read, made up by who waits for it. */
const WAITER = z.string().regex(/^[0-9a-f-]{36}$/);

/** UTF-8 as base64. */
const PASSWORD = z.string().transform((header, context) => {
  const password = passwordOf(header);
  if (password === undefined) context.addIssue({ code: 'custom' });
  return password ?? '';
});

export const extractRoutes = [
  route({
    method: 'POST',
    path: '/v1/admin/extract',
    summary: 'The text of a document that the operator has',
    query: z.strictObject({ type: MEDIA_TYPE.optional(), waiter: WAITER.optional() }),
    headers: z.object({ [PASSWORD_HEADER]: PASSWORD.optional() }),
    maxBytes: LIMITS.inputBytes[1],
    async handle({ extractor, progress }, { query, headers, bytes, signal }) {
      const { type, waiter } = query;
      const password = headers[PASSWORD_HEADER];
      const request = {
        bytes,
        session: 'local',
        signal,
        ...(type !== undefined && { declaredType: type }),
        ...(password !== undefined && { password }),
      };
      if (waiter === undefined) return { ...(await extractor.extract(request)) };
      return progress.follow(waiter, async (onProgress) => ({
        ...(await extractor.extract({ ...request, onProgress })),
      }));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/extract/progress',
    summary: 'How far a document is that is being read; nothing where nothing is known',
    query: z.strictObject({ waiter: WAITER }),
    handle: ({ progress }, { query }) => Promise.resolve({ ...progress.of(query.waiter) }),
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
