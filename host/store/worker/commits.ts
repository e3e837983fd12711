import { asCcosError } from '../../core/error.ts';
import type { Commitments } from '../../core/event.ts';
import { withCommitments } from '../chain-format.ts';
import type { Commit, CommitAnswer } from '../protocol.ts';
import type { ChainLog } from './chain-log.ts';
import type { Quarantine, SealedBlob } from './quarantine.ts';

/** A commit of the group on its way: its blob sealed, and its answer once there is one. */
interface Pending {
  readonly commit: Commit;
  readonly sealed: SealedBlob | null;
  answer: CommitAnswer | null;
  stored: boolean;
}

/**
 * Commits with their blobs, in the order of {@link Commit}: the blobs that come before, the rows, the
 * blobs that come after, one transaction each for all commits that waited together. A commit that fails
 * leaves no blob behind, and what failed keeps no other from succeeding.
 */
export class Commits {
  readonly #chain: ChainLog;
  readonly #quarantine: Quarantine;

  constructor(chain: ChainLog, quarantine: Quarantine) {
    this.#chain = chain;
    this.#quarantine = quarantine;
  }

  async commit(commits: readonly Commit[]): Promise<readonly CommitAnswer[]> {
    if (commits.every(({ blob }) => blob === null)) return this.#chain.commit(commits);
    const group: Pending[] = [];
    for (const commit of commits) group.push(await this.#seal(commit));
    await this.#store(waiting(group).filter((one) => whenOf(one) === 'before'));
    await this.#write(waiting(group));
    await this.#store(group.filter((one) => succeeded(one) && whenOf(one) === 'after'));
    for (const one of group) if (one.stored && !succeeded(one)) await this.#discard(one);
    return group.map(({ answer }) => answer ?? failed(null));
  }

  async #seal(commit: Commit): Promise<Pending> {
    if (commit.blob === null) return { commit, sealed: null, answer: null, stored: false };
    try {
      const sealed = await this.#quarantine.seal(commit.blob);
      return { commit, sealed, answer: null, stored: false };
    } catch (failure) {
      return { commit, sealed: null, answer: failed(failure), stored: false };
    }
  }

  async #store(group: readonly Pending[]): Promise<void> {
    if (group.length === 0) return;
    try {
      await this.#quarantine.store(group.flatMap(({ sealed }) => sealed ?? []));
      for (const one of group) one.stored = true;
    } catch (failure) {
      const [only] = group;
      if (only !== undefined && group.length === 1) only.answer = failed(failure);
      else for (const one of group) await this.#store([one]); // so that only the blob at fault fails
    }
  }

  async #write(group: readonly Pending[]): Promise<void> {
    const answers = await this.#chain.commit(group.map(filled));
    for (const [i, one] of group.entries()) {
      const answer = answers[i] ?? failed(null);
      one.answer = answer.ok ? { ...answer, commitments: commitmentsOf(one) } : answer;
    }
  }

  /** Nothing knows it any more; what cannot be destroyed now is swept at the next start. */
  async #discard({ sealed }: Pending): Promise<void> {
    if (sealed === null) return;
    try {
      await this.#quarantine.purge({ kind: 'refs', refs: [sealed.ref] });
    } catch {
      return;
    }
  }
}

const waiting = (group: readonly Pending[]): readonly Pending[] =>
  group.filter(({ answer }) => answer === null);

const succeeded = ({ answer }: Pending): boolean => answer?.ok === true;

const whenOf = ({ commit }: Pending): 'before' | 'after' | undefined => commit.blob?.when;

const commitmentsOf = ({ sealed }: Pending): Commitments | null => sealed?.commitments ?? null;

function filled(one: Pending): Commit {
  const { commit } = one;
  const rows = commit.rows.map((row) => withCommitments(row, commitmentsOf(one)));
  return { ...commit, rows };
}

function failed(failure: unknown): CommitAnswer {
  const { code, detail } = asCcosError(failure);
  return { ok: false, code, detail };
}
