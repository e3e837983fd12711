import type { RunKind, RunState } from '../../core/run.ts';
import type { Label } from '../../core/label.ts';
import { labelOf } from '../../core/label.ts';
import type { Change, Guard, SqlValue } from '../protocol.ts';
import type { Store } from '../store.ts';

/** A row of `run`; times in milliseconds since the epoch. */
export interface RunRecord {
  readonly id: string;
  readonly session: string;
  readonly kind: RunKind;
  readonly state: RunState;
  readonly created: number;
  readonly ended: number | null;
  /** What it may still be told, in bits. */
  readonly leakBits: number;
}

const COLUMNS = 'id, session, kind, state, created, ended, leak_bits';

export async function findRun(store: Store, id: string): Promise<RunRecord | null> {
  const [row] = await store.select({ sql: `SELECT ${COLUMNS} FROM run WHERE id = ?`, args: [id] });
  return row === undefined ? null : toRecord(row);
}

/** The run that a session has without anybody asking for one, while it lasts. */
export async function findSessionRun(store: Store, session: string): Promise<RunRecord | null> {
  const [row] = await store.select({
    sql: `SELECT ${COLUMNS} FROM run WHERE session = ? AND kind = 'session' AND ended IS NULL`,
    args: [session],
  });
  return row === undefined ? null : toRecord(row);
}

export const insertRun = (run: RunRecord): Change => ({
  sql: `INSERT INTO run(${COLUMNS}) VALUES (?,?,?,?,?,NULL,?)`,
  args: [run.id, run.session, run.kind, run.state, run.created, run.leakBits],
});

/** A run that has ended stays as it ended. */
export const endRun = (id: string, state: RunState, at: number): Change => ({
  sql: 'UPDATE run SET state = ?, ended = ? WHERE id = ? AND ended IS NULL',
  args: [state, at, id],
});

export async function countCommands(store: Store): Promise<number> {
  const [row] = await store.select({
    sql: `SELECT count(*) FROM run WHERE kind = 'command' AND ended IS NULL`,
    args: [],
  });
  return Number(row?.[0] ?? 0);
}

/** When none can be running: the commands that a crash cut off. */
export const endCommands = (at: number): Change => ({
  sql: `UPDATE run SET state = 'failed', ended = ? WHERE kind = 'command' AND ended IS NULL`,
  args: [at],
});

export async function readTaint(store: Store, run: string): Promise<Label> {
  const rows = await store.select({
    sql: 'SELECT kind, value FROM run_taint WHERE run = ?',
    args: [run],
  });
  const of = (wanted: string): readonly string[] =>
    rows.filter(([kind]) => kind === wanted).map(([, value]) => String(value));
  return labelOf(of('tag'), of('origin'));
}

/** INV-RUN-1: a union by construction, and the table refuses to lose a row. */
export function raiseTaint(run: string, { tags, origins }: Label): readonly Change[] {
  const values = [
    ...[...tags].map((tag) => ['tag', tag] as const),
    ...[...origins].map((origin) => ['origin', origin] as const),
  ];
  return values.map(([kind, value]) => ({
    sql: 'INSERT OR IGNORE INTO run_taint(run, kind, value) VALUES (?,?,?)',
    args: [run, kind, value],
  }));
}

export const isActive = (run: string): Guard => ({
  sql: `SELECT 1 FROM run WHERE id = ? AND state = 'active'`,
  args: [run],
  rows: 1,
});

export const hasLeakBits = (run: string, bits: number): Guard => ({
  sql: `SELECT 1 FROM run WHERE id = ? AND state = 'active' AND leak_bits >= ?`,
  args: [run, bits],
  rows: 1,
});

export const spendLeakBits = (run: string, bits: number): Change => ({
  sql: 'UPDATE run SET leak_bits = leak_bits - ? WHERE id = ?',
  args: [bits, run],
});

function toRecord(row: readonly SqlValue[]): RunRecord {
  return {
    id: String(row[0]),
    session: String(row[1]),
    kind: String(row[2]) as RunKind, // written by the functions of this file only
    state: String(row[3]) as RunState, // likewise
    created: Number(row[4]),
    ended: row[5] === null || row[5] === undefined ? null : Number(row[5]),
    leakBits: Number(row[6]),
  };
}
