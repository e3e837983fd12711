import { newId } from '../../host/core/id.ts';
import { openGateway } from '../../host/gateway.ts';
import { openHome } from '../../host/runtime/home.ts';
import { silentLog } from '../../host/runtime/silent-log.ts';
import { readVersion } from '../../host/runtime/version.ts';
import { world } from '../../host/runtime/world.ts';
import type { BlobFacts } from '../../host/store/protocol.ts';
import { knowBlob } from '../../host/store/tables/calls.ts';
import type { Store } from '../../host/store/store.ts';

/**
 * A gateway that puts three blobs away, two of them of the session `one`, and kills itself while it
 * purges that session: `before` the keys are destroyed, or `after`.
 */
const [home = '', moment] = process.argv.slice(2);
const { services } = await openGateway({
  home: openHome(home),
  log: silentLog,
  version: readVersion(),
  mode: 'in_process',
  lockWaitMillis: 0,
  warm: false,
  shutdown: () => undefined,
});
const { store, blobs } = services;
for (const session of ['one', 'one', 'two']) {
  const created = world.now();
  const ref = newId('q', world);
  const expires = created + 3_600_000;
  const facts: BlobFacts = {
    ...{ ref, tenant: 'local', session, class: 'pii.attachment', created, expires, bytes: 1 },
  };
  await store.ask('blobPut', { facts, bytes: Uint8Array.of(1) });
  await store.commit({ rows: [], changes: [knowBlob(ref, session, expires)] });
}
const ask = store.ask.bind(store);
const dying: Store['ask'] = async (operation, asked) => {
  if (operation !== 'blobPurge') return ask(operation, asked);
  if (moment === 'before') process.kill(process.pid, 'SIGKILL');
  const answer = await ask(operation, asked);
  process.kill(process.pid, 'SIGKILL');
  return answer;
};
Object.assign(store, { ask: dying });
await blobs.purge({ kind: 'session', session: 'one' });
