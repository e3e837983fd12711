import { CcosError } from '../core/error.ts';
import { newId } from '../core/id.ts';
import type { RunId } from '../core/id.ts';
import type { Label } from '../core/label.ts';
import { FIXED } from '../core/limits.ts';
import { LOCAL_SESSION } from '../core/run.ts';
import type { RunKind } from '../core/run.ts';
import type { World } from '../core/world.ts';
import type { Change, Guard } from '../store/protocol.ts';
import {
  countCommands,
  endCommands,
  endRun,
  findRun,
  findSessionRun,
  hasLeakBits,
  insertRun,
  isActive,
  raiseTaint,
  readTaint,
  spendLeakBits,
} from '../store/tables/runs.ts';
import type { RunRecord } from '../store/tables/runs.ts';
import { ensureSession } from '../store/tables/sessions.ts';
import type { Store } from '../store/store.ts';

/** A run, with its taint floor: the tags and origins of everything that it was told. */
export interface Run extends RunRecord {
  readonly taint: Label;
}

/** A part of a transaction: what it changes, and what must still hold when it does. */
export interface Step {
  readonly changes: readonly Change[];
  readonly guards: readonly Guard[];
}

/**
 * Runs: what a call is part of. Nothing here commits: a run is raised and charged in the same
 * transaction as that which does so, and a guard that fails there is a `conflict` ({@link explain}).
 */
export class Runs {
  readonly #store: Store;
  readonly #world: World;
  readonly #tenant: string;

  constructor(parts: { readonly store: Store; readonly world: World; readonly tenant: string }) {
    this.#store = parts.store;
    this.#world = parts.world;
    this.#tenant = parts.tenant;
  }

  /** A run that `opens` makes. */
  prepare(session: string, kind: RunKind): { readonly id: RunId; readonly opens: Change } {
    const id = newId('run', this.#world);
    const created = this.#world.now();
    const leakBits = FIXED.runLeakBits;
    const run = { id, session, kind, state: 'active', created, ended: null, leakBits } as const;
    return { id, opens: insertRun(run) };
  }

  /** The run of one command at the terminal, in the session that is always there. */
  command(): { readonly id: RunId; readonly opens: readonly Change[] } {
    const { id, opens } = this.prepare(LOCAL_SESSION, 'command');
    const place = { connection: LOCAL_SESSION, channel: '', thread: '', sender: '' };
    const session = {
      ...place,
      id: LOCAL_SESSION,
      tenant: this.#tenant,
      connector: 'terminal',
      state: 'active',
      created: this.#world.now(),
    } as const;
    return { id, opens: [ensureSession(session), opens] };
  }

  ends(run: string, state: 'done' | 'failed' | 'cancelled'): Change {
    return endRun(run, state, this.#world.now());
  }

  /** Throws `not_found`; a run of another session looks the same. */
  async get(id: string, session?: string): Promise<Run> {
    const run = await this.lookUp(id, session);
    if (run === null) throw new CcosError('not_found', { what: 'run' });
    return run;
  }

  async lookUp(id: string, session?: string): Promise<Run | null> {
    const record = await findRun(this.#store, id);
    if (record === null || (session !== undefined && record.session !== session)) return null;
    return this.#withTaint(record);
  }

  /** The run that a session has without anybody asking for one. */
  async ofSession(session: string): Promise<Run> {
    const known = await this.currentOf(session);
    if (known === null) throw new CcosError('run_terminal', {});
    return this.#withTaint(known);
  }

  /** The same without its floor; null where it has ended. */
  currentOf(session: string): Promise<RunRecord | null> {
    return findSessionRun(this.#store, session);
  }

  /** INV-RUN-1: whatever is released to a run raises its floor, and nothing lowers it. */
  raises(run: string, label: Label): Step {
    return { changes: raiseTaint(run, label), guards: [isActive(run)] };
  }

  /** Reserves `bits` of what the run may be told, before it is told. */
  spends(run: string, bits: number): Step {
    if (!Number.isSafeInteger(bits) || bits < 0) throw new CcosError('internal', { why: 'bits' });
    return { changes: [spendLeakBits(run, bits)], guards: [hasLeakBits(run, bits)] };
  }

  /** Why a transaction with a step of this run was a `conflict`. */
  async explain(run: string, bits = 0): Promise<CcosError> {
    const record = await findRun(this.#store, run);
    if (record?.state !== 'active') return new CcosError('run_terminal', {});
    if (record.leakBits < bits)
      return new CcosError('budget_exhausted', { budget: 'leak_bits', left: record.leakBits });
    return new CcosError('conflict', {});
  }

  /** At the start: how many commands a crash cut off, and what says that they have failed. */
  async lostCommands(): Promise<{ readonly count: number; readonly changes: readonly Change[] }> {
    const count = await countCommands(this.#store);
    return { count, changes: [endCommands(this.#world.now())] };
  }

  async #withTaint(record: RunRecord): Promise<Run> {
    return { ...record, taint: await readTaint(this.#store, record.id) };
  }
}
