import { Worker } from 'node:worker_threads';
import { CcosError } from '../core/error.ts';
import type { Commitments, Envelope, RowInput } from '../core/event.ts';
import { newId } from '../core/id.ts';
import type { World } from '../core/world.ts';
import { withCommitments } from './chain-format.ts';
import type {
  BlobPut,
  Change,
  Commit,
  CommitAnswer,
  Guard,
  Opened,
  Operation,
  Operations,
  Response,
  SqlValue,
  StampedRow,
  WorkerSettings,
} from './protocol.ts';

/** What a caller wants to become durable together. */
export interface Transaction {
  readonly rows: readonly RowInput[];
  readonly changes?: readonly Change[];
  readonly guards?: readonly Guard[];
  readonly blob?: BlobPut;
  /** Whether a checkpoint is to cover it at once. */
  readonly checkpoint?: boolean;
}

/** A committed row: where it stands in the chain. */
export interface Committed {
  readonly seq: number;
  readonly ids: readonly string[];
  /** Of the blob that was put away with it. */
  readonly commitments: Commitments | null;
}

/** The state of a home. Every call is answered by the worker that owns the databases. */
export interface Store {
  /** How many rows the chain had when it was opened. */
  readonly openedSize: number;
  readonly migratedFrom: number | null;
  /** Blobs without a row with the state, swept when it was opened. */
  readonly recovered: number;
  /** Resolves after the fsync. */
  readonly commit: (transaction: Transaction) => Promise<Committed>;
  /** Called with the rows of each commit once it is durable. */
  readonly onCommit: (listener: (rows: readonly CommittedRow[]) => void) => () => void;
  readonly ask: <Name extends Exclude<Operation, 'commit' | 'close'>>(
    operation: Name,
    ask: Operations[Name]['ask'],
  ) => Promise<Operations[Name]['answer']>;
  readonly select: (query: Change) => Promise<readonly (readonly SqlValue[])[]>;
  readonly close: () => Promise<void>;
}

/** A row that has just become durable, before it has been read back. */
export interface CommittedRow extends StampedRow {
  readonly seq: number;
}

export interface StoreOptions extends WorkerSettings {
  readonly workerFile: URL;
  readonly world: World;
  readonly envelope: () => Envelope;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (failure: CcosError) => void;
}
interface WaitingCommit {
  readonly commit: Commit;
  readonly resolve: (committed: Committed) => void;
  readonly reject: (failure: CcosError) => void;
}

/** Messages of commits that may be on their way at once: one is written while the next is sent. */
const COMMITS_IN_FLIGHT = 2;

export async function openStore(options: StoreOptions): Promise<Store> {
  const { workerFile, world, envelope, ...settings } = options;
  const worker = new Worker(workerFile, { workerData: settings, name: 'ccos-state' });
  const opened = await firstMessage(worker);
  if (!opened.opened) {
    await worker.terminate();
    throw new CcosError(opened.code, opened.detail);
  }
  return connect(worker, { opened, world, envelope });
}

function connect(
  worker: Worker,
  context: {
    readonly opened: Opened & { opened: true };
    readonly world: World;
    readonly envelope: () => Envelope;
  },
): Store {
  const { opened, world, envelope } = context;
  const channel = new Channel(worker);
  const listeners = new Set<(rows: readonly CommittedRow[]) => void>();
  const queue = new CommitQueue(channel, (rows) => {
    for (const listener of listeners) listener(rows);
  });
  return {
    openedSize: opened.size,
    migratedFrom: opened.migratedFrom,
    recovered: opened.recovered,
    commit({ rows, changes = [], guards = [], blob = null, checkpoint = false }) {
      const ts = new Date(world.now()).toISOString();
      const stamped = rows.map((row) => ({ ...row, ts, id: row.id ?? newId('e', world) }));
      const commit = { rows: stamped, changes, guards, blob, checkpoint };
      return queue.add({ ...commit, envelope: envelope() });
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask: (operation, ask) => channel.ask(operation, ask),
    select: (query) => channel.ask('select', query),
    async close() {
      try {
        await channel.ask('close', null);
      } finally {
        await worker.terminate();
      }
    },
  };
}

/** Requests and answers over the worker's port. */
class Channel {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #ended = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (response: Response) => {
      this.#answer(response);
    });
    worker.on('error', () => {
      this.#failAll();
    });
    worker.on('exit', () => {
      this.#failAll();
    });
  }

  ask<Name extends Operation>(
    operation: Name,
    ask: Operations[Name]['ask'],
  ): Promise<Operations[Name]['answer']> {
    if (this.#ended) return Promise.reject(new CcosError('not_ready', { part: 'state' }));
    const id = this.#next++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#worker.postMessage({ id, operation, ask });
    return answer as Promise<Operations[Name]['answer']>; // the worker's handlers have these types
  }

  #answer(response: Response): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if (waiting === undefined) return;
    if ('code' in response) waiting.reject(new CcosError(response.code, response.detail));
    else waiting.resolve(response.answer);
  }

  #failAll(): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.values())
      reject(new CcosError('not_ready', { part: 'state' }));
    this.#waiting.clear();
  }
}

/** Collects commits while others are on their way, so that many share a message and a transaction. */
class CommitQueue {
  readonly #channel: Channel;
  readonly #committed: (rows: readonly CommittedRow[]) => void;
  #waiting: WaitingCommit[] = [];
  #inFlight = 0;

  constructor(channel: Channel, committed: (rows: readonly CommittedRow[]) => void) {
    this.#channel = channel;
    this.#committed = committed;
  }

  add(commit: Commit): Promise<Committed> {
    const done = new Promise<Committed>((resolve, reject) => {
      this.#waiting.push({ commit, resolve, reject });
    });
    if (this.#waiting.length === 1) {
      queueMicrotask(() => {
        this.#send();
      });
    }
    return done;
  }

  #send(): void {
    if (this.#inFlight >= COMMITS_IN_FLIGHT || this.#waiting.length === 0) return;
    const sent = this.#waiting;
    this.#waiting = [];
    this.#inFlight += 1;
    this.#channel
      .ask(
        'commit',
        sent.map(({ commit }) => commit),
      )
      .then(
        (answers) => {
          this.#settle(sent, answers);
        },
        (failure: unknown) => {
          for (const { reject } of sent) reject(failure as CcosError); // Channel rejects with no other
        },
      )
      .finally(() => {
        this.#inFlight -= 1;
        this.#send();
      });
  }

  #settle(sent: readonly WaitingCommit[], answers: readonly CommitAnswer[]): void {
    for (const [i, { commit, resolve, reject }] of sent.entries()) {
      const answer = answers[i];
      if (answer?.ok !== true) {
        reject(new CcosError(answer?.code ?? 'internal', answer?.detail ?? {}));
        continue;
      }
      const { seq, commitments } = answer;
      resolve({ seq, ids: commit.rows.map(({ id }) => id), commitments });
      this.#committed(
        commit.rows.map((row, at) => ({
          ...withCommitments(row, commitments),
          seq: seq + at,
        })),
      );
    }
  }
}

function firstMessage(worker: Worker): Promise<Opened> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: Opened) => {
      resolve(message);
    });
    worker.once('error', () => {
      reject(new CcosError('not_ready', { part: 'state' }));
    });
  });
}
