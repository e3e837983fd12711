import { readRows } from '../store/tables/chain.ts';
import type { Store } from '../store/store.ts';
import type { Judged } from './gate.ts';

/** What a run was told, and by what: the commitment to it dies with it. */
interface Told {
  readonly commit: string;
  readonly via: string;
}

const SHOWN = 5;

/** The newest of what was released to a run: where the tags of its floor come from. */
export async function lineageOf(
  store: Store,
  { session, run }: { readonly session: string; readonly run: string },
): Promise<readonly Told[]> {
  const rows = await readRows(store, { session, run, type: 'capability.result', limit: 100 });
  const told = rows.flatMap(({ data }) => {
    const { output_commit: commit, capability: via } = data;
    return typeof commit === 'string' && typeof via === 'string' ? [{ commit, via }] : [];
  });
  return told.slice(-SHOWN).reverse();
}

/** The same decision with where the value came from in its reason and its row (D2.2-a). */
export function withLineage(judged: Judged, told: readonly Told[]): Judged {
  if (told.length === 0) return judged;
  const from = told.map(({ commit, via }) => `derived from ${commit} via ${via}`);
  const reason = [judged.verdict.reason, ...from].join('; ');
  const derived = told.map((one) => ({ ...one }));
  return {
    ...judged,
    verdict: { ...judged.verdict, reason },
    row: { ...judged.row, data: { ...judged.row.data, reason, derived_from: derived } },
  };
}
