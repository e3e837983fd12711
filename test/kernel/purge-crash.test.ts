import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { readRows } from '../../host/store/tables/chain.ts';
import { listOpenPurges } from '../../host/store/tables/purges.ts';
import { buildChild } from '../support/crash.ts';
import { makeTestHome, openTestGateway, openTestStore } from '../support/home.ts';

const program = buildChild('purge-child');

/** Resolves with the signal that ended it. */
async function purgeAndDie(home: string, moment: string): Promise<unknown> {
  const args = [await program, home, moment];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) =>
    child.on('close', (_, signal) => {
      resolve(signal);
    }),
  );
}

test.each([
  ['before', 0, 3],
  ['after', 2, 1],
])(
  'Blobs.recover (INV-QUAR-2, D1.1-c): killed %s the shredding, the next start says that %i blobs are gone',
  async (moment, count, left) => {
    const home = makeTestHome();
    expect(await purgeAndDie(home.directory, moment)).toBe('SIGKILL');
    const cut = await openTestStore(home);
    expect(await listOpenPurges(cut)).toMatchObject([{ scope: 'session' }]);
    expect(await readRows(cut, { type: 'quarantine.purged', limit: 9 })).toEqual([]);
    await cut.close();
    const { services, close } = await openTestGateway(home);
    const types = ['quarantine.purge', 'quarantine.purged'];
    const rows = (await services.audit.rows({ after: 0, limit: 1000 })).filter(({ type }) =>
      types.includes(type),
    );
    expect(rows.map(({ type, data }) => [type, data])).toEqual([
      ['quarantine.purge', { scope: 'session' }],
      ['quarantine.purged', { scope: 'session', count, recovered: true }],
    ]);
    expect(rows[1]?.parent).toBe(rows[0]?.id);
    expect(await services.blobs.stats()).toMatchObject({ blobs: left });
    expect(await services.blobs.purge({ kind: 'all' })).toEqual({ count: left });
    await close();
    const again = (await openTestGateway(home)).services.audit;
    expect(await again.rows({ type: 'quarantine.purged', limit: 9 })).toHaveLength(2);
  },
  60_000,
);
