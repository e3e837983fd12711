import { z } from 'zod';
import { CcosError } from '../../core/error.ts';
import { EVENT_TYPES } from '../../core/event.ts';
import type { Row } from '../../core/event.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Audit } from '../../kernel/audit.ts';
import { queryCount, route } from '../route.ts';

const ID = z
  .string()
  .max(64)
  .regex(/^[a-zA-Z0-9_.:-]+$/);
const SEQ = queryCount(Number.MAX_SAFE_INTEGER);

function seqOf(params: Readonly<Record<string, string>>): number {
  const { success, data } = SEQ.safeParse(params['seq']);
  if (!success) throw new CcosError('invalid_input', { field: 'seq' });
  return data;
}

export const auditRoutes = [
  route({
    method: 'GET',
    path: '/v1/admin/audit/log',
    summary: 'Rows of the causal chain, oldest first',
    query: z.strictObject({
      session: ID.optional(),
      run: ID.optional(),
      capability: ID.optional(),
      type: z.enum(EVENT_TYPES).optional(),
      since: z.iso.datetime().optional(),
      after: SEQ.optional(),
      limit: queryCount(10_000).optional(),
    }),
    async handle({ audit }, { query: { limit = 50, ...filter } }) {
      const given = Object.fromEntries(
        Object.entries(filter).filter(([, value]) => value !== undefined),
      );
      return { rows: await audit.rows({ ...given, limit }) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/audit/rows/:seq',
    summary: 'One row of the chain',
    async handle({ audit }, { params }) {
      return { row: await audit.row(seqOf(params)) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/admin/audit/calls',
    summary: 'The host calls of plugins, call by call',
    query: z.strictObject({ call: ID.optional(), limit: queryCount(1000).optional() }),
    async handle({ audit }, { query: { call, limit = 20 } }) {
      const ids = call === undefined ? await audit.callIds(limit) : [call];
      const calls = await Promise.all(ids.map((id) => describeCall(audit, id)));
      const described = calls.filter((entry) => entry !== null);
      if (call !== undefined && described.length === 0)
        throw new CcosError('not_found', { what: 'call' });
      return { calls: described };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/audit/verify',
    summary: 'Proves the chain from its first row',
    json: z.strictObject({ checkpoint: z.string().max(4096).optional() }),
    async handle({ audit }, { json }) {
      return audit.verify(json.checkpoint ?? null);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/admin/audit/checkpoint',
    summary: 'A signed note over everything up to now',
    handle: ({ audit }) => audit.checkpoint(),
  }),
  route({
    method: 'GET',
    path: '/v1/admin/audit/prove/:seq',
    summary: 'That one row is in the chain, by C2SP tlog-proof',
    handle: ({ audit }, { params }) => audit.prove(seqOf(params)),
  }),
  route({
    method: 'GET',
    path: '/v1/admin/audit/export',
    summary: 'The files of the chain as C2SP tlog-tiles',
    handle: ({ audit }) => audit.exported(),
  }),
  route({
    method: 'GET',
    path: '/v1/admin/audit/export/file',
    summary: 'One file of an export',
    query: z.strictObject({ size: SEQ, path: z.string().max(100) }),
    handle: ({ audit }, { query }) => audit.readFile(query.size, query.path),
  }),
];

/** A call with what every host call needs to be read alone: plugin, version, code, decision. */
async function describeCall(audit: Audit, id: string): Promise<JsonObject | null> {
  const rows = await audit.callRows(id);
  const called = rows.find(({ type }) => type === 'capability.call');
  if (called === undefined) return null;
  const result = rows.find(({ type }) => type === 'capability.result');
  const { capability, version, code_sha256, bundle, variant } = called.data;
  const plugin = [bundle, variant].map(textOf).join(':');
  const hostCalls = rows
    .filter(({ type }) => type === 'plugin.host_call')
    .map((row) =>
      hostCall(row, { plugin, version: version ?? null, code_sha256: code_sha256 ?? null }),
    );
  return {
    call_id: id,
    capability: capability ?? null,
    plugin,
    version: version ?? null,
    code_sha256: code_sha256 ?? null,
    at: called.ts,
    outcome: result?.data['outcome'] ?? 'open',
    duration_ms: result?.data['duration_ms'] ?? null,
    host_calls: hostCalls,
  };
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

function hostCall({ seq, data }: Row, plugin: JsonObject): JsonObject {
  const { call, ...record } = data;
  return { seq, ...plugin, ...record };
}
