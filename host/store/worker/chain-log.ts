import { CcosError, asCcosError } from '../../core/error.ts';
import { readKeyPair } from '../../crypto/ed25519.ts';
import type { KeyPair } from '../../crypto/ed25519.ts';
import { MerkleTree, digestToBase64, digestToHex } from '../../crypto/merkle.ts';
import type { Frontier } from '../../crypto/merkle.ts';
import { signCheckpoint } from '../../crypto/note.ts';
import { GENESIS, sealRow } from '../chain-format.ts';
import type { SealedRow } from '../chain-format.ts';
import type { Change, Commit, CommitAnswer, SqlValue } from '../protocol.ts';
import type { CheckpointLog } from './checkpoint-log.ts';
import type { Database } from './database.ts';

/** Rows between two checkpoints that nobody asked for. */
const CHECKPOINT_EVERY = 1000;
/** Rows in one INSERT: SQLite allows 32,766 parameters, and long statements gain nothing. */
const ROWS_PER_INSERT = 100;

/** The end of the chain. */
export interface Head {
  readonly seq: number;
  readonly hex: string;
}

export const EMPTY_HEAD: Head = { seq: 0, hex: GENESIS };

export interface ChainState {
  readonly head: Head;
  readonly frontier: Frontier;
  readonly checkpointed: number;
}

/** The writer of the chain: seals rows, commits them in groups, signs checkpoints. */
export class ChainLog {
  readonly #database: Database;
  readonly #log: CheckpointLog;
  readonly #origin: string;
  readonly #key: KeyPair;
  #head: Head;
  #tree: MerkleTree;
  #checkpointed: number;
  /** Somebody asked for a checkpoint that is not written yet. */
  #owed = false;

  constructor(
    database: Database,
    log: CheckpointLog,
    from: { readonly origin: string; readonly keyPem: string; readonly state: ChainState },
  ) {
    this.#database = database;
    this.#log = log;
    this.#origin = from.origin;
    this.#key = readKeyPair(from.keyPem);
    this.#head = from.state.head;
    this.#tree = new MerkleTree(from.state.frontier);
    this.#checkpointed = from.state.checkpointed;
  }

  get size(): number {
    return this.#head.seq;
  }

  /** Commits that were waiting together share a transaction; one with guards has its own. */
  async commit(commits: readonly Commit[]): Promise<readonly CommitAnswer[]> {
    const answers: CommitAnswer[] = [];
    let group: Commit[] = [];
    for (const commit of commits) {
      if (commit.guards.length === 0) {
        group.push(commit);
        continue;
      }
      answers.push(...(await this.#commitGroup(group)), await this.#commitGuarded(commit));
      group = [];
    }
    answers.push(...(await this.#commitGroup(group)));
    this.#owed ||= commits.some(({ checkpoint }) => checkpoint);
    if (this.#owed || this.#head.seq - this.#checkpointed >= CHECKPOINT_EVERY)
      await this.#tryCheckpoint();
    return answers;
  }

  /** The rows are durable without it: one that cannot be written now is tried again after the next. */
  async #tryCheckpoint(): Promise<void> {
    try {
      await this.checkpoint();
    } catch {
      return; // whoever asks for a checkpoint is told why
    }
  }

  /** Signs the present size and root, outside the database and then in it. */
  async checkpoint(): Promise<string> {
    const size = this.#head.seq;
    const rootBase64 = digestToBase64(this.#tree.root());
    const note = signCheckpoint({ origin: this.#origin, size, rootBase64 }, this.#key);
    const frontier = this.#tree.frontier().roots.map(digestToHex).join(' ');
    if (size !== this.#checkpointed) this.#log.append(note);
    await this.#database.batch([
      {
        sql: 'INSERT OR IGNORE INTO checkpoint(size, note, frontier, head) VALUES (?,?,?,?)',
        args: [size, note, frontier, this.#head.hex],
      },
    ]);
    this.#checkpointed = size;
    this.#owed = false;
    return note;
  }

  async #commitGroup(group: readonly Commit[]): Promise<readonly CommitAnswer[]> {
    if (group.length === 0) return [];
    try {
      const first = await this.#write(group);
      return group.map((_, i) => written(first[i]));
    } catch (failure) {
      if (group.length === 1) return [refused(failure)];
      const alone: CommitAnswer[] = []; // so that only the commit at fault fails
      for (const commit of group) alone.push(...(await this.#commitGroup([commit])));
      return alone;
    }
  }

  async #commitGuarded(commit: Commit): Promise<CommitAnswer> {
    try {
      for (const { sql, args, rows } of commit.guards) {
        const found = await this.#database.select({ sql, args });
        if (found.length !== rows) throw new CcosError('conflict', {});
      }
      const [seq = 0] = await this.#write([commit]);
      return written(seq);
    } catch (failure) {
      return refused(failure);
    }
  }

  /** Resolves with the first sequence number of each commit; the head moves only when all is durable. */
  async #write(group: readonly Commit[]): Promise<readonly number[]> {
    const tree = new MerkleTree(this.#tree.frontier());
    const firsts: number[] = [];
    const values: SqlValue[][] = [];
    let head = this.#head;
    for (const { rows, envelope } of group) {
      firsts.push(head.seq + 1);
      for (const row of rows) {
        const link = { seq: head.seq + 1, prevHex: head.hex };
        const sealed: SealedRow = sealRow(row, link, envelope);
        const hex = digestToHex(sealed.digest);
        tree.append(sealed.digest);
        values.push([sealed.seq, hex, sealed.body]);
        head = { seq: sealed.seq, hex };
      }
    }
    await this.#database.batch([...inserts(values), ...group.flatMap(({ changes }) => changes)]);
    this.#head = head;
    this.#tree = tree;
    return firsts;
  }
}

function inserts(rows: readonly (readonly SqlValue[])[]): readonly Change[] {
  const changes: Change[] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
    const part = rows.slice(at, at + ROWS_PER_INSERT);
    const places = part.map(() => '(?,unhex(?),?)').join(',');
    changes.push({
      sql: `INSERT INTO chain(seq, hash, body) VALUES ${places}`,
      args: part.flat(),
    });
  }
  return changes;
}

const written = (seq = 0): CommitAnswer => ({ ok: true, seq, commitments: null });

function refused(failure: unknown): CommitAnswer {
  const { code, detail } = asCcosError(failure);
  return { ok: false, code, detail };
}
