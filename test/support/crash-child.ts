import { writeSync } from 'node:fs';
import { openGateway } from '../../host/gateway.ts';
import { openHome } from '../../host/runtime/home.ts';
import { event } from './chat-event.ts';
import { silentLog } from '../../host/runtime/silent-log.ts';
import { readVersion } from '../../host/runtime/version.ts';

/**
 * A gateway that works as fast as it can until it is killed: rows that name `n`, and documents that are
 * read, and messages that are said and taken back. What it has been told is durable it says on standard
 * output: `row SEQ N`, `call ID`, `message ID`, `deleted ID`.
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

/** Of each three messages one is taken back, and one is edited. */
async function converse(): Promise<never> {
  const [channel] = await services.channels.list();
  const receive = (said: Readonly<Record<string, unknown>>): Promise<void> =>
    services.inbound.receive(channel?.id ?? '', event(said));
  for (;;) {
    const mine = ++n;
    const id = `crash-${String(process.pid)}-${String(mine)}`;
    await receive({ id, text: `text of ${id}`, sender_name: `name in ${id}` });
    say(`message ${id}`);
    if (mine % 3 === 0) await receive({ kind: 'edit', id, text: `edit of ${id}` });
    if (mine % 3 !== 1) continue;
    await receive({ kind: 'delete', id });
    say(`deleted ${id}`);
  }
}

await readOne(); // starts a sandbox process; from here on every moment is a good one to be killed
await Promise.all([...Array.from({ length: WRITERS }, write), read(), read(), converse()]);
