import { parseVerifierKey, openCheckpoint } from '../../crypto/note.ts';
import type { Checkpoint } from '../../crypto/note.ts';
import { hash } from 'node:crypto';
import { MerkleTree, digestFromHex, digestToBase64, digestToHex } from '../../crypto/merkle.ts';
import type { Digest } from '../../crypto/merkle.ts';
import { CcosError } from '../../core/error.ts';
import { GENESIS, isLinked } from '../chain-format.ts';
import type { ChainFault, ChainReport, SqlValue } from '../protocol.ts';
import { EMPTY_HEAD } from './chain-log.ts';
import type { ChainState, Head } from './chain-log.ts';
import type { CheckpointLog } from './checkpoint-log.ts';
import type { Database } from './database.ts';

/** Rows that are read and proved before commits may go on. */
const PAGE = 1024;

/** One page of rows: bodies behind a NUL each, and their stored hashes. */
interface Page {
  readonly bytes: Buffer;
  readonly text: string;
  readonly hashes: string;
  readonly seqs: readonly number[];
}

class Fault extends Error {
  readonly seq: number;
  readonly why: ChainFault;
  constructor(seq: number, why: ChainFault) {
    super(why);
    this.seq = seq;
    this.why = why;
  }
}

/** Where a walk over the chain stands. */
interface Walk {
  head: Head;
  readonly tree: MerkleTree;
}

/** Proves the chain from its first row: hashes, links, roots, signatures (INV-CHAIN-1, INV-CHAIN-3). */
export class ChainCheck {
  readonly #database: Database;
  readonly #origin: string;
  readonly #key;

  constructor(database: Database, verifierKey: string) {
    const { name, key } = parseVerifierKey(verifierKey);
    this.#database = database;
    this.#origin = name;
    this.#key = key;
  }

  /**
   * At a start: the newest checkpoint and every row after it; the older rows are covered by its root.
   * Throws `integrity` where database and log do not belong together: the one that is behind the other
   * was cut, or put back by an older copy.
   */
  async open(log: CheckpointLog): Promise<ChainState> {
    const [row] = await this.#database.select({
      sql: 'SELECT size, CAST(note AS BLOB), CAST(frontier AS BLOB), head FROM checkpoint ORDER BY size DESC LIMIT 1',
      args: [],
    });
    const walk = row === undefined ? emptyWalk() : this.#resume(row);
    const checkpointed = walk.tree.size;
    const outside = log.last(this.#origin, this.#key);
    try {
      await this.#requireNoneBeforeFirst();
      if (outside === null || outside.size < checkpointed)
        throw new Fault(Math.max(1, checkpointed), 'checkpoint');
      if (checkpointed > 0) await this.#requireHead(walk.head);
      await this.#walkToCheckpoint(walk, outside);
      await this.#walkTo(walk, Infinity);
    } catch (failure) {
      if (failure instanceof Fault) throw integrity(failure.seq, failure.why);
      throw failure;
    }
    return { head: walk.head, frontier: walk.tree.frontier(), checkpointed };
  }

  /** The whole chain, and every checkpoint in the database, outside it, and in `note`. */
  async verify(log: CheckpointLog | null, note: string | null): Promise<ChainReport> {
    const walk = emptyWalk();
    try {
      await this.#requireNoneBeforeFirst();
      const expected = await this.#expectedRoots(log, note);
      let checked = 0;
      for (const checkpoint of expected) {
        await this.#walkToCheckpoint(walk, checkpoint);
        checked += 1;
      }
      await this.#walkTo(walk, Infinity);
      return {
        ok: true,
        rows: walk.head.seq,
        checkpoints: checked,
        root: rootOfTree(walk.tree),
        head: walk.head.hex,
      };
    } catch (failure) {
      if (!(failure instanceof Fault)) throw failure;
      return { ok: false, rows: walk.head.seq, bad_seq: failure.seq, why: failure.why };
    }
  }

  async #expectedRoots(
    log: CheckpointLog | null,
    note: string | null,
  ): Promise<readonly Checkpoint[]> {
    const rows = await this.#database.select({
      sql: 'SELECT size, CAST(note AS BLOB) FROM checkpoint ORDER BY size',
      args: [],
    });
    const inside = rows.map(([size, text]) => {
      const checkpoint = this.#readOrFault(textOf(text), Number(size));
      if (checkpoint.size !== Number(size)) throw new Fault(Number(size), 'checkpoint');
      return checkpoint;
    });
    const outside = log?.last(this.#origin, this.#key) ?? null;
    const newest = inside.at(-1)?.size ?? 0;
    if (log !== null && (outside === null || outside.size < newest))
      throw new Fault(Math.max(1, newest), 'checkpoint');
    const exported = note === null ? null : this.#readOrFault(note, 0);
    return [...inside, outside, exported]
      .filter((checkpoint) => checkpoint !== null)
      .sort((a, b) => a.size - b.size);
  }

  /** Stands where the newest checkpoint in the database was signed. */
  #resume([sized, text, frontier, head]: readonly SqlValue[]): Walk {
    const size = Number(sized);
    const checkpoint = this.#read(textOf(text), size);
    const roots = textOf(frontier).split(' ').filter(Boolean).map(digestFromHex);
    const tree = new MerkleTree({ size, roots });
    const isWhole = roots.length === countOnes(size);
    if (!isWhole || checkpoint.size !== size || checkpoint.rootBase64 !== rootOfTree(tree))
      throw integrity(size, 'checkpoint');
    return { head: { seq: size, hex: size === 0 ? GENESIS : textOf(head) }, tree };
  }

  async #walkToCheckpoint(walk: Walk, { size, rootBase64 }: Checkpoint): Promise<void> {
    await this.#walkTo(walk, size);
    if (walk.head.seq < size) throw new Fault(walk.head.seq + 1, 'truncated');
    if (rootOfTree(walk.tree) !== rootBase64) throw new Fault(size, 'checkpoint');
  }

  /** A walk goes up from row 1, and would not meet a row below it. */
  async #requireNoneBeforeFirst(): Promise<void> {
    const rows = await this.#database.select({
      sql: 'SELECT 1 FROM chain WHERE seq < 1 LIMIT 1',
      args: [],
    });
    if (rows.length > 0) throw new Fault(1, 'gap');
  }

  async #requireHead(head: Head): Promise<void> {
    const [row] = await this.#database.select({
      sql: 'SELECT hex(hash) FROM chain WHERE seq = ?',
      args: [head.seq],
    });
    if (row === undefined) throw new Fault(head.seq, 'truncated');
    if (textOf(row[0]).toLowerCase() !== head.hex) throw new Fault(head.seq, 'hash');
  }

  async #walkTo(walk: Walk, size: number): Promise<void> {
    while (walk.head.seq < size) {
      const page = await this.#page(walk.head.seq, Math.min(PAGE, size - walk.head.seq));
      if (page.seqs.length === 0) return;
      checkPage(page, walk);
      await new Promise((resolve) => setImmediate(resolve)); // lets waiting commits through
    }
  }

  async #page(after: number, limit: number): Promise<Page> {
    const [row] = await this.#database.select({
      sql: `SELECT CAST(char(0) || group_concat(body, char(0) ORDER BY seq) AS BLOB),
              group_concat(hex(hash), '' ORDER BY seq), group_concat(seq, ',' ORDER BY seq)
            FROM (SELECT seq, body, hash FROM chain WHERE seq > ? ORDER BY seq LIMIT ?)`,
      args: [after, limit],
    });
    const bytes = Buffer.from(row?.[0] instanceof Uint8Array ? row[0] : []);
    const seqs =
      row?.[2] === null || row === undefined ? [] : textOf(row[2]).split(',').map(Number);
    return {
      bytes,
      text: bytes.toString('latin1'),
      hashes: textOf(row?.[1] ?? '').toLowerCase(),
      seqs,
    };
  }

  #read(note: string, size: number): Checkpoint {
    try {
      return openCheckpoint(note, this.#origin, this.#key);
    } catch {
      throw integrity(size, 'signature');
    }
  }

  #readOrFault(note: string, size: number): Checkpoint {
    try {
      return openCheckpoint(note, this.#origin, this.#key);
    } catch {
      throw new Fault(size, 'signature');
    }
  }
}

const emptyWalk = (): Walk => ({ head: EMPTY_HEAD, tree: new MerkleTree() });
const rootOfTree = (tree: MerkleTree): string => digestToBase64(tree.root());
/** A frontier has one root for each bit of its size. */
const countOnes = (size: number): number => size.toString(2).replaceAll('0', '').length;

function checkPage(page: Page, walk: Walk): void {
  let at = 0;
  for (const [i, seq] of page.seqs.entries()) {
    const expected = walk.head.seq + 1;
    if (seq !== expected) throw new Fault(expected, 'gap');
    const next = page.text.indexOf('\0', at + 1);
    const end = next < 0 ? page.text.length : next;
    const digest: Digest = hash('sha256', page.bytes.subarray(at, end), 'binary');
    const hex = digestToHex(digest);
    if (hex !== page.hashes.slice(i * 64, i * 64 + 64)) throw new Fault(seq, 'hash');
    if (!isLinked(page.text.slice(at + 1, end), seq, walk.head.hex)) throw new Fault(seq, 'link');
    walk.tree.append(digest);
    walk.head = { seq, hex };
    at = end;
  }
  if (at !== page.text.length) throw new Fault(walk.head.seq, 'hash');
}

const integrity = (seq: number, why: ChainFault): CcosError =>
  new CcosError('integrity', { what: 'chain', bad_seq: seq, why });

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'string' ? value : '';
}
