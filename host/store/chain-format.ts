import { CcosError } from '../core/error.ts';
import type { Commitments, Envelope, RowInput } from '../core/event.ts';
import { canonicalJson } from '../core/json.ts';
import { FIXED } from '../core/limits.ts';
import { leafHash } from '../crypto/merkle.ts';
import type { Digest } from '../crypto/merkle.ts';

/** The hash that the first row names as its predecessor. */
export const GENESIS = '0'.repeat(64);

/** A row ready to be stored: its canonical bytes and their leaf hash. */
export interface SealedRow {
  readonly seq: number;
  readonly body: string;
  readonly digest: Digest;
}

/** The row with the commitments that it waits for. */
export function withCommitments<Row extends RowInput>(row: Row, made: Commitments | null): Row {
  if (row.commitAs === undefined || made === null) return row;
  const fields = Object.entries(row.commitAs).map(([field, of]) => [field, made[of]] as const);
  return { ...row, data: { ...row.data, ...Object.fromEntries(fields) } };
}

/** INV-CHAIN-1: row n is RFC 8785 JSON that names n and the hash of row n-1. */
export function sealRow(
  input: RowInput & { readonly id: string; readonly ts: string },
  link: { readonly seq: number; readonly prevHex: string },
  envelope: Envelope,
): SealedRow {
  const body = canonicalJson({
    data: input.data,
    id: input.id,
    parent: input.parent ?? null,
    policy: envelope.policy,
    prev_hash: link.prevHex,
    run: input.run ?? null,
    seq: link.seq,
    session: input.session ?? null,
    step: input.step ?? null,
    tenant: envelope.tenant,
    ts: input.ts,
    type: input.type,
  });
  if (Buffer.byteLength(body) > FIXED.chainRowBytes)
    throw new CcosError('internal', { why: 'row_too_large' });
  return { seq: link.seq, body, digest: leafHash(body) };
}

/**
 * Whether `body` says that it is row `seq` after `prevHex`, without parsing it. In canonical JSON a
 * quote inside a string is escaped, so these words occur only as keys; `data` comes first, hence the
 * search from the end.
 */
export function isLinked(body: string, seq: number, prevHex: string): boolean {
  const link = `,"prev_hash":"${prevHex}","run":`;
  const at = body.lastIndexOf(link);
  return at > 0 && body.indexOf(`,"seq":${String(seq)},"session":`, at + link.length) > 0;
}
