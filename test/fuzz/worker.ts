// One format in a thread of its own, so that a run that never ends can be ended. It writes the number of the
// round that it is at into shared memory, and tells what came of all of them.
import { parentPort, workerData } from 'node:worker_threads';
import { BareFuzzer } from './bare.ts';

interface Task {
  readonly name: string;
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  readonly at: Int32Array;
}

const REPORT_EVERY = 500;

const { name, seed, from, to, at } = workerData as Task; // of scripts/fuzz.mjs
const fuzzer = await BareFuzzer.open(name);
const counts: Record<string, number> = {};
let slowest = { round: from, millis: 0 };
let largest = 0;

for (let round = from; round < to; round++) {
  Atomics.store(at, 0, round);
  const { verdict, millis, memoryBytes, blob } = await fuzzer.run(seed, round);
  if (millis > slowest.millis) slowest = { round, millis };
  largest = Math.max(largest, memoryBytes);
  if ('fault' in verdict) {
    const { fault, cause } = verdict;
    const why = cause instanceof Error ? cause.message : JSON.stringify(cause);
    parentPort?.postMessage({ fault, why, round, blob });
  } else counts[verdict.outcome] = (counts[verdict.outcome] ?? 0) + 1;
  if ((round + 1) % REPORT_EVERY === 0 || round + 1 === to)
    parentPort?.postMessage({ done: round + 1, counts, slowest, largest });
}
