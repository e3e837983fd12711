import type { Change, Guard } from '../protocol.ts';
import type { Store } from '../store.ts';

/** A call that has begun and not ended: after a crash, what is left here is `lost`. */
export const beginCall = (call: string, capability: string): Change => ({
  sql: 'INSERT INTO open_call(call, capability) VALUES (?,?)',
  args: [call, capability],
});

/** Only while the call is open. */
export const isOpenCall = (call: string): Guard => ({
  sql: 'SELECT 1 FROM open_call WHERE call = ?',
  args: [call],
  rows: 1,
});

export const endCall = (call: string): Change => ({
  sql: 'DELETE FROM open_call WHERE call = ?',
  args: [call],
});

export async function listOpenCalls(
  store: Store,
): Promise<readonly { readonly call: string; readonly capability: string }[]> {
  const rows = await store.select({ sql: 'SELECT call, capability FROM open_call', args: [] });
  return rows.map(([call, capability]) => ({ call: String(call), capability: String(capability) }));
}

/** The state's knowledge of a blob; one in quarantine without it was never acknowledged. */
export const knowBlob = (ref: string, session: string, expires: number): Change => ({
  sql: 'INSERT INTO blob_row(ref, session, expires) VALUES (?,?,?)',
  args: [ref, session, expires],
});

export const forgetBlobs = (scope: {
  readonly session?: string;
  readonly expiredAt?: number;
  readonly refs?: readonly string[];
}): Change => {
  if (scope.session !== undefined)
    return { sql: 'DELETE FROM blob_row WHERE session = ?', args: [scope.session] };
  if (scope.refs !== undefined)
    return {
      sql: 'DELETE FROM blob_row WHERE ref IN (SELECT value FROM json_each(?))',
      args: [JSON.stringify(scope.refs)],
    };
  if (scope.expiredAt !== undefined)
    return { sql: 'DELETE FROM blob_row WHERE expires <= ?', args: [scope.expiredAt] };
  return { sql: 'DELETE FROM blob_row', args: [] };
};
