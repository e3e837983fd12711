import { CcosError } from '../core/error.ts';
import type { HomeFiles } from '../core/home.ts';
import { canonicalJson } from '../core/json.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { KeyPair } from '../crypto/ed25519.ts';
import { openStatement, peekStatement, signStatement } from '../crypto/sealed-statement.ts';
import { insertAct, listActs, listInForce, replaceAct } from '../store/tables/acts.ts';
import type { Change } from '../store/protocol.ts';
import type { Store } from '../store/store.ts';
import { Standing } from './standing.ts';
import type { Act } from './standing.ts';
import { Turns } from './turns.ts';

const PAYLOAD_TYPE = 'application/vnd.ccos.act.v1+json';

interface Parts {
  readonly store: Store;
  readonly operator: KeyPair;
  readonly files: Pick<HomeFiles, 'readLastAct' | 'writeLastAct'>;
}

/** An act with the number it has and the SHA-256 of its payload, which the next one names. */
interface Link {
  readonly n: number;
  readonly digest: string;
  readonly envelope: string;
}

interface Statement {
  readonly n: number;
  readonly prev: string;
  readonly act: Act;
}

/** Commits acts with what they are about: they hold from then on. */
export type RecordActs = <Done>(
  acts: readonly Act[],
  commit: (changes: readonly Change[]) => Promise<Done>,
) => Promise<Done>;

/**
 * What the operator did, as he signed it (INV-TRUST-2). Each statement names its number and the one
 * before, so his signature under the newest is one under all; the newest stands in a file beside the
 * database too. Who writes the database can neither add an act nor take one away.
 */
export class Acts {
  readonly standing = new Standing();
  readonly #parts: Parts;
  #last: Link;
  readonly #turns = new Turns();

  private constructor(parts: Parts, last: Link) {
    this.#parts = parts;
    this.#last = last;
  }

  /** Throws `integrity` where an act is missing, or the database has what an act took back. */
  static async open(parts: Parts): Promise<Acts> {
    const { links, changes } = await readLinks(parts);
    const proven = prove(links, parts);
    const acts = new Acts(parts, proven.last);
    for (const act of proven.acts) acts.standing.apply(act);
    const revived = (await listInForce(parts.store)).find((id) => acts.standing.isWithdrawn(id));
    if (revived !== undefined)
      throw new CcosError('integrity', { what: 'approval', why: 'withdrawn' });
    if (changes.length > 0) await parts.store.commit({ rows: [], changes });
    if (parts.files.readLastAct() !== proven.last.envelope)
      parts.files.writeLastAct(proven.last.envelope); // a crash came between
    return acts;
  }

  /** One at a time: what `work` reads holds until its acts are recorded. */
  turn<Done>(work: (record: RecordActs) => Promise<Done>): Promise<Done> {
    return this.#turns.take(() => work((acts, commit) => this.#record(acts, commit)));
  }

  async #record<Done>(
    acts: readonly Act[],
    commit: (changes: readonly Change[]) => Promise<Done>,
  ): Promise<Done> {
    const { operator, files } = this.#parts;
    let last = this.#last;
    const changes = acts.map((act) => {
      last = signAct(act, last, operator);
      return insertAct(last.n, last.envelope);
    });
    const done = await commit(changes);
    for (const act of acts) this.standing.apply(act);
    this.#last = last;
    if (acts.length > 0) files.writeLastAct(last.envelope);
    return done;
  }
}

/** What stands beside the database of a home before the first act. */
export function signBeginning(operator: KeyPair): string {
  return beginning(operator).envelope;
}

function beginning(operator: KeyPair): Link {
  return signLink({ n: 0, prev: '' }, operator);
}

const signAct = (act: Act, last: Link, operator: KeyPair): Link =>
  signLink({ n: last.n + 1, prev: last.digest, act }, operator);

function signLink(
  statement: Omit<Statement, 'act'> & { readonly act?: Act },
  operator: KeyPair,
): Link {
  const payload = canonicalJson({ format: 'ccos-act/1', ...statement });
  const envelope = signStatement(PAYLOAD_TYPE, payload, operator);
  return { n: statement.n, digest: sha256Hex(payload), envelope };
}

/**
 * The acts as the database has them. A home from before they were signed has them from its migration:
 * they are signed now, and written outside before they are believed, so that it happens once.
 */
async function readLinks(
  parts: Parts,
): Promise<{ readonly links: readonly string[]; readonly changes: readonly Change[] }> {
  const { store, operator, files } = parts;
  const stored = await listActs(store);
  const isMigrated = stored.every((text) => peekStatement(text) === null);
  if (!isMigrated || (stored.length === 0 && files.readLastAct() !== null))
    return { links: stored, changes: [] };
  let last = beginning(operator);
  const links = stored.map((text) => {
    last = signAct(parseAct(text), last, operator);
    return last.envelope;
  });
  if (files.readLastAct() === null) files.writeLastAct(last.envelope);
  if (files.readLastAct() !== last.envelope) throw refused(last.n, 'unsigned');
  return { links, changes: links.map((link, i) => replaceAct(i + 1, link)) };
}

function parseAct(text: string): Act {
  try {
    return JSON.parse(text) as Act; // made by the migration
  } catch {
    throw refused(0, 'unsigned');
  }
}

/** The acts in their order, and the newest as a link. */
function prove(
  links: readonly string[],
  { operator, files }: Parts,
): { readonly acts: readonly Act[]; readonly last: Link } {
  const outside = openStatement(files.readLastAct() ?? '', PAYLOAD_TYPE, operator);
  if (outside === null) throw refused(0, 'signature');
  const newest = JSON.parse(outside) as Statement; // signed by our own key
  if (newest.n > links.length) throw refused(newest.n, 'missing');
  const begin = beginning(operator);
  const proven = walkBack(links, operator);
  // The beginning is the first of all: the file beside the database may know no more than that.
  const chain: readonly Link[] = [begin, ...proven];
  if (chain[newest.n]?.digest !== sha256Hex(outside)) throw refused(newest.n, 'replaced');
  const [first] = proven;
  if (first !== undefined && first.prev !== begin.digest) throw refused(0, 'replaced');
  return { acts: proven.map(({ act }) => act), last: chain.at(-1) ?? begin };
}

/** From the newest, whose signature is verified, to the first, each by the hash that the next one names. */
function walkBack(
  links: readonly string[],
  operator: KeyPair,
): readonly (Link & Omit<Statement, 'n'>)[] {
  const proven: (Link & Omit<Statement, 'n'>)[] = [];
  let expected: string | null = null;
  for (let n = links.length; n > 0; n -= 1) {
    const envelope = links[n - 1] ?? '';
    const payload = readLink(envelope, expected, operator);
    if (payload === null) throw refused(n, 'signature');
    const statement = JSON.parse(payload) as Statement; // signed by our own key, or its hash is
    if (statement.n !== n) throw refused(n, 'missing');
    const { prev, act } = statement;
    proven.push({ n, prev, act, envelope, digest: expected ?? sha256Hex(payload) });
    expected = prev;
  }
  return proven.reverse();
}

function readLink(envelope: string, expected: string | null, operator: KeyPair): string | null {
  if (expected === null) return openStatement(envelope, PAYLOAD_TYPE, operator);
  const payload = peekStatement(envelope);
  return payload !== null && sha256Hex(payload) === expected ? payload : null;
}

const refused = (n: number, why: 'signature' | 'missing' | 'replaced' | 'unsigned'): CcosError =>
  new CcosError('integrity', { what: 'act', n, why });
