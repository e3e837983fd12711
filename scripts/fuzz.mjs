// `npm run fuzz`: seeded mutations of small documents of every format, read by the plugins. Text or a typed
// error is all that may come of one; the same seed makes the same runs.
//   --runs N      of each format; 1000 by default
//   --format F    only these, with commas between; all but pdf by default
//   --seed S      any word; "ccos" by default
//   --from N      the number of the first run, to see one again
//   --gateway N   so many of them through the whole gateway too; one in a hundred by default
//   --out DIR     where inputs are kept of which something else came; dist/fuzz by default
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { ensurePackages, inRoot, requireNode, ROOT } from './setup.mjs';

requireNode();
ensurePackages();
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    format: { type: 'string' },
    seed: { type: 'string', default: 'ccos' },
    from: { type: 'string', default: '0' },
    gateway: { type: 'string' },
    out: { type: 'string', default: inRoot('dist', 'fuzz') },
  },
});
const out = path.resolve(values.out);
process.chdir(ROOT);
const { buildAll } = await import('./build.mjs');
await buildAll();
const { loadFuzz, WORKER } = await import('./fuzz/bundle.mjs');
const { FORMATS } = await loadFuzz();
const SLOW = ['pdf'];
const names =
  values.format?.split(',') ?? Object.keys(FORMATS).filter((name) => !SLOW.includes(name));
const unknown = names.find((name) => !Object.hasOwn(FORMATS, name));
const runs = countOf(values.runs);
const from = countOf(values.from);
if (unknown !== undefined || runs === 0) {
  process.stderr.write(`--runs takes a number, --format ${Object.keys(FORMATS).join(',')}\n`);
  process.exit(2);
}
const throughGateway = countOf(values.gateway ?? String(Math.ceil(runs / 100)));
/** Longer than the longest call of the gateway. */
const HANG_MILLIS = 61_000;
const say = (line) => process.stdout.write(`${line}\n`);

mkdirSync(out, { recursive: true });
let faults = 0;
for (const name of names) report(name, await fuzz(name));
if (throughGateway > 0) {
  const { fuzzGateway } = await import('./fuzz/gateway.mjs');
  const through = { names, seed: values.seed, from, runs: throughGateway, keep };
  for (const [name, counts] of await fuzzGateway(through))
    say(`${name} (gateway): ${list(counts)}`);
}
say(faults === 0 ? 'nothing but texts and typed errors' : `${faults} runs came to something else`);
process.exitCode = faults === 0 ? 0 : 1;

function countOf(text) {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

/** All runs of one format; after one that never ends it goes on behind it. */
async function fuzz(name) {
  const total = { counts: {}, slowest: { round: from, millis: 0 }, largest: 0, millis: 0 };
  const started = performance.now();
  for (let next = from; next < from + runs;) {
    const { done, part } = await fuzzPart(name, next);
    merge(total, part);
    next = done;
  }
  return { ...total, millis: performance.now() - started };
}

function fuzzPart(name, first) {
  const at = new Int32Array(new SharedArrayBuffer(4)).fill(first);
  const workerData = { name, seed: values.seed, from: first, to: from + runs, at };
  const worker = new Worker(WORKER, { workerData });
  let part = { counts: {}, slowest: { round: first, millis: 0 }, largest: 0 };
  let seen = { round: -1, since: 0 };
  return new Promise((resolve, reject) => {
    const watch = setInterval(() => {
      const round = Atomics.load(at, 0);
      if (round !== seen.round) seen = { round, since: performance.now() };
      else if (performance.now() - seen.since > HANG_MILLIS) end(round);
    }, 1000);
    function end(hung) {
      clearInterval(watch);
      if (hung !== undefined) keep(name, hung, { fault: 'hang', why: 'it did not end' });
      void worker.terminate();
      resolve({ done: hung === undefined ? from + runs : hung + 1, part });
    }
    worker.on('message', (message) => {
      if ('fault' in message) keep(name, message.round, message);
      else part = message;
      if (message.done === from + runs) end();
    });
    worker.on('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
  });
}

function merge(total, { counts, slowest, largest }) {
  for (const [outcome, count] of Object.entries(counts))
    total.counts[outcome] = (total.counts[outcome] ?? 0) + count;
  if (slowest.millis > total.slowest.millis) total.slowest = slowest;
  total.largest = Math.max(total.largest, largest);
}

function keep(name, round, { fault, why, blob }) {
  faults += 1;
  const file = path.join(out, `${name}-${values.seed}-${round}.bin`);
  if (blob !== undefined) writeFileSync(file, blob);
  say(`FAULT ${name} ${round}: ${fault}: ${why}${blob === undefined ? '' : `; ${file}`}`);
}

function report(name, { counts, slowest, largest, millis }) {
  const rate = Math.round((runs / millis) * 1000);
  const mib = Math.round(largest / 1024 / 1024);
  say(
    `${name}: ${list(counts)}; slowest ${Math.round(slowest.millis)} ms (run ${slowest.round}), ` +
      `most memory ${mib} MiB, ${rate} runs/s`,
  );
}

function list(counts) {
  return Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([outcome, count]) => `${outcome} ${count}`)
    .join(', ');
}
