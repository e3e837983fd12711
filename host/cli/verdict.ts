import type { ChainVerdict, ProofVerdict } from './application.ts';
import { escapeText } from './escape.ts';
import { rowPage } from './audit-row.ts';

/** What is wrong with a chain; `N` is the first row that is not as it was. */
const FAULTS: Readonly<Record<string, string>> = {
  gap: 'row N is missing',
  hash: 'row N is not what its hash was made of',
  link: 'row N does not follow the row before it',
  checkpoint: 'the rows up to N are not those of a checkpoint',
  truncated: 'row N and what came after it are missing',
  signature: 'the checkpoint over N rows is not signed by this key, or was changed',
};

/** What is wrong with a proof. */
const PROOF_FAULTS: Readonly<Record<string, string>> = {
  format: 'it is not a proof as ccos audit prove writes it',
  signature: 'its checkpoint is not signed by this key, or was changed',
  inclusion: 'its row is not in the chain of its checkpoint, or was changed',
  row: 'its row says that it stands elsewhere',
};

/** One line, in words; `--json` has the code. */
export function chainLine(verdict: ChainVerdict): string {
  if (!verdict.ok) {
    const { why, bad_seq: bad } = verdict;
    const what =
      why === 'signature' && bad === 0
        ? 'the checkpoint that was given is not signed by this key, or was changed'
        : (FAULTS[why] ?? 'row N is not as it was').replace('N', String(bad));
    return escapeText(`not intact: ${what} (${why})`);
  }
  const { rows, checkpoints, root } = verdict;
  return escapeText(
    `intact: ${String(rows)} rows, ${String(checkpoints)} checkpoints, root ${root}`,
  );
}

/** The row that was proved, under the line that says so. */
export function proofPage(verdict: ProofVerdict): string {
  if (!verdict.ok)
    return escapeText(`not proved: ${PROOF_FAULTS[verdict.why] ?? ''} (${verdict.why})`);
  const { seq, size, origin, root, row } = verdict;
  const head = `proved: row ${String(seq)} is one of ${String(size)} of ${origin}, root ${root}`;
  return `${escapeText(head)}\n\n${rowPage(row)}`;
}
