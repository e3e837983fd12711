// Row 7: what a gateway costs that does nothing: processor time until it listens, and resident memory of
// its processes before the first call and after the sandbox has been let go again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { approvedHome, startGateway } from './home.mjs';
import { cpuSeconds, median } from './measure.mjs';
import { against, mib, verdict } from './table.mjs';

const STARTS = 5;
const TARGET_CPU = 1;
const TARGET_BYTES = 150 * 1024 * 1024;
const IDLE_SECONDS = 60;
const QUICK_SECONDS = 2;
/** The process is let go at `idleSeconds`; memory is looked at a little later. */
const SETTLE_MILLIS = 2000;

export async function gatewayCost({ pdfs, quick }) {
  const home = await approvedHome();
  const idleSeconds = quick ? QUICK_SECONDS : IDLE_SECONDS;
  const cpu = { gateway: [], node: [] };
  for (let i = 1; i < STARTS; i += 1) {
    const gateway = await startGateway(home);
    cpu.gateway.push(cpuSeconds(gateway.pid));
    await gateway.stop();
    cpu.node.push((await bareServer()).cpu);
  }
  const gateway = await startGateway(home, { sandbox: { idleSeconds } });
  cpu.gateway.push(cpuSeconds(gateway.pid));
  const before = treeMemory(gateway.pid);
  for (const file of pdfs) await gateway.extract(readFileSync(file), 'application/pdf');
  const busy = treeMemory(gateway.pid);
  await sleep(idleSeconds * 1000 + SETTLE_MILLIS);
  const after = treeMemory(gateway.pid);
  await gateway.stop();
  const { memory } = await bareServer();
  const memoryRow = (name, bytes) => ({
    row: `7 gateway memory ${name}`,
    measured: mib(bytes),
    target: mib(TARGET_BYTES),
    peers: against(`a bare Node server (${mib(memory)})`, bytes, memory),
    verdict: verdict(bytes, TARGET_BYTES),
  });
  const used = median(cpu.gateway);
  return [
    {
      row: '7 gateway processor time until ready',
      measured: `${used.toFixed(2)} s`,
      target: `${TARGET_CPU.toFixed(2)} s`,
      peers: against('a bare Node server', used, median(cpu.node)),
      verdict: verdict(used, TARGET_CPU),
    },
    memoryRow('before the first call', before),
    memoryRow(`${idleSeconds} s after ${pdfs.length} PDFs (${mib(busy)} at the last)`, after),
  ];
}

/** A Node process that serves nothing over HTTP. */
async function bareServer() {
  const script = `require('node:http').createServer().listen(0, () => console.log('ready'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const cost = { cpu: cpuSeconds(child.pid), memory: treeMemory(child.pid) };
  child.kill('SIGKILL');
  await once(child, 'exit');
  return cost;
}

/** Resident bytes of a process and of those that it has started, by /proc. */
function treeMemory(pid) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statusOf(name) ?? []);
  const tree = (of) => [
    of,
    ...processes.filter(({ parent }) => parent === of).flatMap((child) => tree(child.pid)),
  ];
  const members = new Set(tree(pid));
  return processes
    .filter((one) => members.has(one.pid))
    .reduce((sum, { resident }) => sum + resident, 0);
}

function statusOf(name) {
  try {
    const status = readFileSync(`/proc/${name}/status`, 'utf8');
    const field = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return { pid: Number(name), parent: field('PPid'), resident: field('VmRSS') * 1024 };
  } catch {
    return undefined; // it ended while we looked
  }
}
