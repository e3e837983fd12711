import { expect } from 'vitest';
import type { Row } from '../../host/core/event.ts';
import type { Services } from '../../host/http/services.ts';

/** How many rows of each type. */
type Counts = Readonly<Record<string, number>>;

/**
 * H3: the chain verifies, and since `after` it has grown by exactly these rows. A type that is not named
 * is not there.
 */
export async function checkChain(
  { audit }: Pick<Services, 'audit'>,
  after: number,
  expected: Counts,
): Promise<void> {
  expect(await audit.verify(null)).toMatchObject({ ok: true });
  expect(countTypes(await rowsSince({ audit }, after))).toEqual(expected);
}

function countTypes(rows: readonly Pick<Row, 'type'>[]): Counts {
  const counts: Record<string, number> = {};
  for (const { type } of rows) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

export async function rowsSince(
  { audit }: Pick<Services, 'audit'>,
  after: number,
): Promise<readonly Row[]> {
  return audit.rows({ after, limit: 100_000 });
}

export async function chainEnd({ audit }: Pick<Services, 'audit'>): Promise<number> {
  return (await audit.rows({ limit: 1 })).at(-1)?.seq ?? 0;
}
