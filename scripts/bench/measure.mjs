// How things are timed: medians over rounds in which the contenders take turns, so that whatever else the
// machine does falls on all of them.
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (values) => percentile(values, 0.5);

/** Milliseconds that `work` takes. */
export async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The median milliseconds of each contender, by name, after a round that does not count. */
export async function interleaved(rounds, contenders) {
  const names = Object.keys(contenders);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const millis = await timed(contenders[name]);
      if (round > 0) times[name].push(millis);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}

/** The median milliseconds of writing 4 KiB and waiting until the disk has them. */
export function fsyncFloor(folder) {
  const file = path.join(folder, 'fsync');
  const descriptor = openSync(file, 'w');
  const page = Buffer.alloc(4096, 1);
  const times = [];
  for (let i = 0; i < 50; i += 1) {
    const started = performance.now();
    writeSync(descriptor, page);
    fdatasyncSync(descriptor);
    times.push(performance.now() - started);
  }
  closeSync(descriptor);
  rmSync(file);
  return median(times);
}

export function machine() {
  const load = loadavg()[0].toFixed(1);
  return `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}, load ${load}`;
}

const TICKS_PER_SECOND = 100; // USER_HZ, which Linux has fixed for programs

/** Processor seconds that a process has used, by /proc; its ended children included. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  return (user + system + childUser + childSystem) / TICKS_PER_SECOND;
}
