import { writeSync } from 'node:fs';
import { openGateway } from '../../host/gateway.ts';
import { openHome } from '../../host/runtime/home.ts';
import { silentLog } from '../../host/runtime/silent-log.ts';
import { readVersion } from '../../host/runtime/version.ts';

/**
 * A gateway that works as fast as it can until it is killed: rows that name `n`, and documents that are
 * read. What it has been told is durable it says on standard output: `row SEQ N`, `call ID`.
 */
const WRITERS = 16;
const say = (line: string): number => writeSync(1, `${line}\n`);

const [home = ''] = process.argv.slice(2);
const { services } = await openGateway({
  home: openHome(home),
  log: silentLog,
  version: readVersion(),
  mode: 'in_process',
  lockWaitMillis: 0,
  warm: true,
  shutdown: () => undefined,
});
let n = 0;
async function write(): Promise<never> {
  for (;;) {
    const mine = ++n;
    const { seq } = await services.store.commit({
      rows: [{ type: 'request.refused', data: { n: mine } }],
    });
    say(`row ${String(seq)} ${String(mine)}`);
  }
}

async function readOne(): Promise<void> {
  const bytes = Buffer.from(`document ${String(++n)}`);
  const { call_id } = await services.extractor.extract({ bytes, session: 'local' });
  say(`call ${call_id}`);
}

async function read(): Promise<never> {
  for (;;) await readOne();
}

await readOne(); // starts a sandbox process; from here on every moment is a good one to be killed
await Promise.all([...Array.from({ length: WRITERS }, write), read(), read()]);
