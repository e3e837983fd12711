import { spawn } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect } from 'vitest';
import type { Row } from '../../host/core/event.ts';
import { readRows } from '../../host/store/tables/chain.ts';
import type { Services } from '../../host/http/services.ts';
import { listOpenCalls } from '../../host/store/tables/calls.ts';
import { openChat } from './chat.ts';
import { GENERAL } from './chat-event.ts';
import { approveDocuments, makeTestFolder, makeTestHome, openTestGateway } from './home.ts';

/** A child that starts is killed after at most this long, one that has read a document after this. */
const STARTING_MILLIS = 2500;
const WORKING_MILLIS = 700;

/** What a child was told is durable before it was killed. */
interface Acknowledged {
  readonly rows: readonly (readonly [seq: number, n: number])[];
  readonly calls: readonly string[];
  readonly messages: readonly string[];
  readonly deleted: readonly string[];
}

export interface CrashFigures {
  readonly kills: number;
  readonly beforeOpen: number;
  readonly rows: number;
  readonly calls: number;
  readonly messages: number;
  readonly lost: number;
  readonly unacknowledged: number;
  readonly chain: number;
}

/**
 * Kills a working gateway `kills` times at random moments and opens its home after each: no row and no
 * call that was acknowledged is lost, no number is missing, the chain verifies, no call stays open.
 */
export async function crash(kills: number): Promise<CrashFigures> {
  const home = makeTestHome();
  const gateway = await openTestGateway(home);
  await approveDocuments(gateway);
  const { channel } = await openChat(gateway);
  await gateway.close();
  const program = await buildChild('crash-child');
  const sum = {
    beforeOpen: 0,
    rows: 0,
    calls: 0,
    messages: 0,
    lost: 0,
    unacknowledged: 0,
    chain: 0,
  };
  for (let kill = 0; kill < kills; kill += 1) {
    const told = await workUntilKilled([program, home.directory], kill % 5 === 4);
    if (told === null) sum.beforeOpen += 1;
    const { lost, unacknowledged, chain } = await examine({ home, channel }, sum.chain, told);
    sum.rows += told?.rows.length ?? 0;
    sum.calls += told?.calls.length ?? 0;
    sum.messages += told?.messages.length ?? 0;
    sum.lost += lost;
    sum.unacknowledged += unacknowledged;
    sum.chain = chain;
  }
  return { kills, ...sum };
}

/** The child as one file that Node 20 can run, in a package of its own that no other build touches. */
export async function buildChild(name: string): Promise<string> {
  const folder = makeTestFolder();
  cpSync('dist', join(folder, 'dist'), { recursive: true });
  for (const name of ['node_modules', 'package.json'])
    symlinkSync(resolve(name), join(folder, name));
  const outfile = join(folder, 'test', 'support', `${name}.js`);
  await build({
    entryPoints: [`test/support/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  return outfile;
}

/** Null where the kill came before anything was acknowledged. */
function workUntilKilled(
  args: readonly string[],
  whileStarting: boolean,
): Promise<Acknowledged | null> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const output: Buffer[] = [];
  const killWithin = (millis: number): void => {
    setTimeout(() => child.kill('SIGKILL'), Math.random() * millis); // eslint-disable-line no-restricted-syntax -- a moment that nobody chose
  };
  if (whileStarting) killWithin(STARTING_MILLIS);
  let opened = false;
  child.stdout.on('data', (chunk: Buffer) => {
    output.push(chunk);
    if (!opened && !whileStarting) killWithin(WORKING_MILLIS);
    opened = true;
  });
  return new Promise((settle, fail) => {
    child.on('close', (code) => {
      if (code !== null) fail(new Error(`the child ended by itself, with ${String(code)}`));
      settle(opened ? parse(Buffer.concat(output).toString()) : null);
    });
  });
}

function parse(output: string): Acknowledged {
  const lines = output.split('\n').slice(0, -1); // the last one may be cut
  const words = lines.map((line) => line.split(' '));
  const idsOf = (wanted: string): readonly string[] =>
    words.flatMap(([what, id = '']) => (what === wanted ? [id] : []));
  return {
    rows: words.flatMap(([what, seq, n]) =>
      what === 'row' ? [[Number(seq), Number(n)] as const] : [],
    ),
    calls: idsOf('call'),
    messages: idsOf('message'),
    deleted: idsOf('deleted'),
  };
}

async function examine(
  { home, channel }: { readonly home: ReturnType<typeof makeTestHome>; readonly channel: string },
  before: number,
  told: Acknowledged | null,
): Promise<Pick<CrashFigures, 'lost' | 'unacknowledged' | 'chain'>> {
  const gateway = await openTestGateway(home);
  const { store, audit } = gateway.services;
  const rows = await readRows(store, { after: before, limit: 1_000_000 });
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => before + 1 + i));
  const kept = rows.filter(({ type }) => type === 'request.refused');
  const bySeq = new Map(kept.map(({ seq, data }) => [seq, data['n']]));
  for (const [seq, n] of told?.rows ?? []) expect(bySeq.get(seq)).toBe(n);
  const lost = checkCalls(rows, told?.calls ?? []);
  expect(await listOpenCalls(store)).toEqual([]);
  await checkMessages(gateway.services, channel, told);
  expect(await audit.verify(null)).toMatchObject({ ok: true, rows: before + rows.length });
  await gateway.close();
  return {
    lost,
    unacknowledged: kept.length - (told?.rows.length ?? 0),
    chain: before + rows.length,
  };
}

/** Every call has one result: `ok` where that was told, `lost` where the kill came between. */
function checkCalls(rows: readonly Row[], told: readonly string[]): number {
  const of = (type: string): readonly Row[] => rows.filter((row) => row.type === type);
  const outcomes = new Map(
    of('capability.result').map(({ data }) => [data['call'], data['outcome']]),
  );
  const called = of('capability.call').map(({ data }) => data['call']);
  expect(outcomes.size).toBe(of('capability.result').length);
  expect([...outcomes.keys()].sort()).toEqual([...called].sort());
  for (const call of told) expect(outcomes.get(call)).toBe('ok');
  return [...outcomes.values()].filter((outcome) => outcome === 'lost').length;
}

/**
 * Every message that was acknowledged is there, whole, until it is taken back, and then no key of it; no
 * blob is known that is not there, and none is there that is not known.
 */
async function checkMessages(
  { store, sessions, messages, blobs }: Services,
  channel: string,
  told: Acknowledged | null,
): Promise<void> {
  const query = (sql: string): Promise<readonly (readonly unknown[])[]> =>
    store.select({ sql, args: [] });
  const known = await query('SELECT ref FROM blob_row');
  const live = await query(`SELECT b.ref FROM event e JOIN event_blob b ON b.event = e.id
    WHERE e.state <> 'deleted'`);
  const doomed = await query(`SELECT b.ref FROM event e JOIN event_blob b ON b.event = e.id
    WHERE e.state = 'deleted' AND b.ref IN (SELECT ref FROM blob_row)`);
  expect(doomed).toEqual([]);
  expect((await blobs.stats()).blobs).toBe(known.length);
  const refs = new Set(known.map(([ref]) => ref));
  for (const [ref] of live) expect(refs.has(ref)).toBe(true);
  const deleted = new Set(told?.deleted);
  for (const id of told?.messages ?? []) {
    const [native = ''] = await sessions.pseudonyms([['message', channel, GENERAL, id]]);
    const found = await messages.find(channel, native);
    expect(found).not.toBeNull();
    if (deleted.has(id)) expect(found?.state).toBe('deleted');
  }
}

export const figuresLine = (figures: CrashFigures): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
