// Rows 5 and 6: durable appends to the chain, and the proof of a long one.
import { createHash, randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeHome, openStore } from './home.mjs';
import { fsyncFloor, timed } from './measure.mjs';
import { against, mib, ms, perSecond, verdict } from './table.mjs';

const AT_ONCE = 64;
const APPEND_MILLIS = 3000;
const TARGET_APPENDS = 25_000;
const TARGET_STALL = 10;
const TARGET_VERIFIED = 100_000;
/** Growth that is noise: the pages in flight and what the collector has not taken yet. */
const FLAT_BYTES = 64 * 1024 * 1024;
const ROWS_PER_COMMIT = 500;

export async function appends() {
  const home = await makeHome();
  const floor = fsyncFloor(home.directory);
  const store = await openStore(home);
  const single = await appendFor(store, 1);
  const stall = await warmDelay();
  const many = await appendFor(store, AT_ONCE);
  stall.disable();
  await store.close();
  const longest = stall.max / 1e6 - 1; // the monitor's own millisecond is in it
  return [
    {
      row: `5a durable appends, ${AT_ONCE} at once`,
      measured: perSecond(many),
      target: perSecond(TARGET_APPENDS),
      peers: [
        against(`one after the other (${perSecond(single)})`, many, single),
        `fsync floor ${ms(floor)}`,
      ],
      verdict: verdict(many, TARGET_APPENDS, true),
    },
    {
      row: '5b the longest stall of the main thread meanwhile',
      measured: ms(longest),
      target: ms(TARGET_STALL),
      verdict: verdict(longest, TARGET_STALL),
    },
  ];
}

async function warmDelay() {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sleep(50);
  delay.reset();
  return delay;
}

/** Rows per second that `atOnce` writers, each of which waits for its own, make durable. */
async function appendFor(store, atOnce) {
  const end = performance.now() + APPEND_MILLIS;
  const started = performance.now();
  let rows = 0;
  const writer = async () => {
    while (performance.now() < end) {
      await store.commit({ rows: [benchRow()] });
      rows += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, writer));
  return (rows * 1000) / (performance.now() - started);
}

export async function verify({ rows }) {
  const home = await makeHome();
  await fill(home, rows);
  const store = await openStore(home);
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 10);
  let report;
  const millis = await timed(async () => (report = await store.ask('verify', { note: null })));
  clearInterval(watch);
  await store.close();
  if (!report.ok || report.rows < rows) throw new Error('the chain did not verify');
  const rate = (report.rows * 1000) / millis;
  const hashing = hashRate();
  return [
    {
      row: `6a audit verify of ${report.rows.toLocaleString('en')} rows`,
      measured: perSecond(rate),
      target: perSecond(TARGET_VERIFIED),
      peers: against(`SHA-256 alone (${perSecond(hashing)})`, rate, hashing),
      verdict: verdict(rate, TARGET_VERIFIED, true),
    },
    {
      row: '6b memory that it adds',
      measured: mib(most - before),
      target: `flat (${mib(FLAT_BYTES)})`,
      verdict: verdict(most - before, FLAT_BYTES),
    },
  ];
}

async function fill(home, rows) {
  const store = await openStore(home);
  for (let left = rows; left > 0; left -= ROWS_PER_COMMIT) {
    const count = Math.min(left, ROWS_PER_COMMIT);
    await store.commit({ rows: Array.from({ length: count }, benchRow) });
  }
  await store.close();
}

/** Of the size of a host call's row, the most frequent kind. */
function benchRow() {
  const ref = `q_${randomBytes(16).toString('hex')}`;
  const data = { call: ref, function: 'q_read', ref, offset: 0, length: 65_536, bytes: 65_536 };
  return { type: 'plugin.host_call', session: 's', data: { ...data, outcome: 'ok', micros: 40 } };
}

/** Hashes per second of what such a row has in bytes. */
function hashRate() {
  const body = randomBytes(500);
  const started = performance.now();
  for (let i = 0; i < 100_000; i += 1) createHash('sha256').update(body).digest();
  return 100_000_000 / (performance.now() - started);
}
