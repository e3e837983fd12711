// Row 3: a warm call of a plugin that does next to nothing with 64 KiB, in process and over HTTP, against
// a bare Extism call; the fsync floor says what part of it is the disk.
import { createPlugin } from '@extism/extism';
import { approvedHome, openInProcess, startGateway } from './home.mjs';
import { TRIVIAL_BYTES, TRIVIAL_TYPE, trivialPlugin } from './home.mjs';
import { fsyncFloor, median, percentile, timed } from './measure.mjs';
import { against, ms, verdict } from './table.mjs';

const CALLS = 400;
const WARM_UP = 50;
const TARGET_P50 = 2;
const TARGET_P99 = 10;
const READ_AT = 4096;

export async function call() {
  const home = await approvedHome();
  const floor = fsyncFloor(home.directory);
  const bytes = new Uint8Array(TRIVIAL_BYTES).fill(7);
  const bare = await sample(await bareExtism(bytes));
  const inProcess = await throughServices(home, bytes);
  const http = await throughGateway(home, bytes);
  const row = (name, times) => ({
    row: `3 warm trivial call, 64 KiB, ${name}`,
    measured: `p50 ${ms(median(times))}, p99 ${ms(percentile(times, 0.99))}`,
    target: `p50 ${TARGET_P50} ms, p99 ${TARGET_P99} ms`,
    peers: [
      against('bare Extism', median(times), median(bare)),
      against(`fsync (${ms(floor)})`, median(times), floor),
    ],
    verdict: `${verdict(median(times), TARGET_P50)}, ${verdict(percentile(times, 0.99), TARGET_P99)}`,
  });
  return [row('in process', inProcess), row('over HTTP', http)];
}

async function throughServices(home, bytes) {
  const { services, close } = await openInProcess(home);
  const request = { bytes, declaredType: TRIVIAL_TYPE, session: 'bench' };
  try {
    return await sample(() => services.extractor.extract(request));
  } finally {
    await close();
  }
}

async function throughGateway(home, bytes) {
  const gateway = await startGateway(home);
  try {
    return await sample(() => gateway.extract(bytes, TRIVIAL_TYPE));
  } finally {
    await gateway.stop();
  }
}

/** A fresh instance for each call, as ours is; the module is compiled once. */
async function bareExtism(bytes) {
  const { module: plugin } = await trivialPlugin();
  const module = await WebAssembly.compile(plugin.bytes);
  return async () => {
    let memory;
    const functions = {
      'ccos:host/1': {
        q_read: () => {
          new Uint8Array(memory.buffer).set(bytes, READ_AT);
          return bytes.length;
        },
        out_write: (_, from, length) => {
          new Uint8Array(memory.buffer).slice(from, from + length);
          return length;
        },
      },
    };
    const instance = await createPlugin(module, { useWasi: false, functions });
    ({ memory } = (await instance.getInstance()).exports);
    await instance.call('run');
    await instance.close();
  };
}

async function sample(work) {
  const times = [];
  for (let i = 0; i < WARM_UP + CALLS; i += 1) {
    const millis = await timed(work);
    if (i >= WARM_UP) times.push(millis);
  }
  return times;
}
