import { CcosError } from '../core/error.ts';
import type { Row } from '../core/event.ts';
import { digestFromHex, inclusionProof } from '../crypto/merkle.ts';
import { parseVerifierKey, openCheckpoint } from '../crypto/note.ts';
import { writeProof } from '../store/proof.ts';
import { listTiles, readTile } from '../store/tiles.ts';
import { listCallIds, readCallRows, readRows } from '../store/tables/chain.ts';
import type { RowFilter } from '../store/tables/chain.ts';
import type { ChainReport } from '../store/protocol.ts';
import type { Store } from '../store/store.ts';
import type { Gate } from './gate.ts';

export type { RowFilter } from '../store/tables/chain.ts';

/** The audit trail: reading it, proving it, and taking it elsewhere. */
export class Audit {
  readonly #store: Store;
  readonly #gate: Gate;
  readonly #verifierKey: string;

  constructor(parts: { readonly store: Store; readonly gate: Gate; readonly verifierKey: string }) {
    this.#store = parts.store;
    this.#gate = parts.gate;
    this.#verifierKey = parts.verifierKey;
  }

  get verifierKey(): string {
    return this.#verifierKey;
  }

  rows(filter: RowFilter): Promise<readonly Row[]> {
    return readRows(this.#store, filter);
  }

  async row(seq: number): Promise<Row> {
    const [row] = await readRows(this.#store, { after: seq - 1, limit: 1 });
    if (row?.seq === seq) return row;
    throw await this.#noRow();
  }

  callIds(limit: number): Promise<readonly string[]> {
    return listCallIds(this.#store, limit);
  }

  callRows(call: string): Promise<readonly Row[]> {
    return readCallRows(this.#store, call);
  }

  verify(checkpoint: string | null): Promise<ChainReport> {
    return this.#store.ask('verify', { note: checkpoint });
  }

  /** A signed note over everything up to now. */
  async checkpoint(): Promise<{
    readonly note: string;
    readonly verifier_key: string;
    readonly size: number;
  }> {
    const note = await this.#store.ask('checkpoint', null);
    return { note, verifier_key: this.#verifierKey, size: this.#open(note).size };
  }

  /** C2SP tlog-proof: the row, its index, the hashes up to the root, and the checkpoint. */
  async prove(
    seq: number,
  ): Promise<{ readonly proof: string; readonly seq: number; readonly body: string }> {
    const note = await this.#store.ask('checkpoint', null);
    const { size } = this.#open(note);
    if (!Number.isSafeInteger(seq) || seq < 1 || seq > size) throw await this.#noRow();
    const leaves = (await this.#store.ask('leaves', { from: 1, to: size })).map(digestFromHex);
    const hashes = inclusionProof(leaves, seq - 1);
    const [body = ''] = await this.#store.ask('bodies', { from: seq, limit: 1 });
    return { proof: writeProof({ seq, body, hashes, checkpoint: note }), seq, body };
  }

  /** What `readFile` can give of a log of the present size (C2SP tlog-tiles). */
  async exported(): Promise<{
    readonly files: readonly string[];
    readonly size: number;
    readonly origin: string;
    readonly verifier_key: string;
    readonly checkpoint: string;
  }> {
    const judged = this.#gate.judge({
      action: 'administer',
      principal: { kind: 'operator', id: 'operator' },
      task: 'exportAudit',
      publisherTrusted: false,
      approved: false,
    });
    await this.#gate.admit([judged], { rows: [{ type: 'trace.exported', data: {} }] });
    const checkpoint = await this.#store.ask('checkpoint', null);
    const { size, origin } = this.#open(checkpoint);
    const files = listTiles(size);
    return { files, size, origin, verifier_key: this.#verifierKey, checkpoint };
  }

  readFile(size: number, path: string): Promise<Uint8Array> {
    return readTile(this.#store, size, path);
  }

  async #noRow(): Promise<CcosError> {
    const [newest] = await this.rows({ limit: 1 });
    return new CcosError('not_found', { what: 'row', newest: newest?.seq ?? 0 });
  }

  #open(note: string): { readonly size: number; readonly origin: string } {
    const { name, key } = parseVerifierKey(this.#verifierKey);
    return openCheckpoint(note, name, key);
  }
}
