import type { Json } from '../core/json.ts';
import type { Row } from '../core/event.ts';
import { escapeText, safeJson } from './escape.ts';
import type { Output } from './output.ts';
import { page } from './page.ts';
import { localTime } from './time.ts';

/** Rows of the chain under headings, the facts of each in one cell. */
export function rowTable(out: Output, rows: readonly Row[]): string {
  return out.table(
    [
      { title: 'SEQ', kept: true, right: true },
      { title: 'TIME', kept: true },
      { title: 'TYPE', kept: true },
      { title: 'FACTS' },
    ],
    rows.map(({ seq, ts, type, data }) => [String(seq), localTime(ts), type, facts(data)]),
  );
}

export function rowPage(row: Row): string {
  const head = page([
    ['seq', row.seq],
    ['id', row.id],
    ['time', localTime(row.ts)],
    ['type', row.type],
    ['tenant', row.tenant],
    ['parent', row.parent ?? undefined],
    ['session', row.session ?? undefined],
    ['run', row.run ?? undefined],
    ['step', row.step ?? undefined],
    ['policy', `${row.policy.pack} sha256:${row.policy.sha256}`],
    ['previous', row.prev_hash],
    ['hash', row.hash],
  ]);
  return `${head}\n${escapeText(safeJson(row.data, 2))}`;
}

function facts(data: Row['data']): string {
  return Object.entries(data)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${word(value)}`)
    .join(' ');
}

function word(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A row where rows come one by one. */
export function rowLine({ seq, ts, type, data }: Row): string {
  return `${String(seq)}  ${localTime(ts)}  ${type}  ${facts(data)}`;
}
