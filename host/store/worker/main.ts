import { parentPort, workerData } from 'node:worker_threads';
import { asCcosError } from '../../core/error.ts';
import type { Commit, Opened, Request, Response, WorkerSettings } from '../protocol.ts';
import { openState } from './state.ts';
import type { OpenState } from './state.ts';

/** The state worker: owns the databases, answers one request after another, groups waiting commits. */
const port = parentPort;
if (port === null) throw new Error('state worker started as a program');

const queue: Request[] = [];
let draining = false;

function send(message: Opened | Response): void {
  port?.postMessage(message);
}

async function drain(state: OpenState): Promise<void> {
  draining = true;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (next.operation === 'commit') await answerCommits(state, [next, ...takeCommits()]);
    else if (next.operation === 'verify')
      void answer(state, next); // pages give way to commits
    else await answer(state, next);
  }
  draining = false;
}

/** The commits at the front of the queue: they arrived while the last transaction was written. */
function takeCommits(): readonly Request[] {
  const end = queue.findIndex(({ operation }) => operation !== 'commit');
  return queue.splice(0, end < 0 ? queue.length : end);
}

async function answerCommits(state: OpenState, requests: readonly Request[]): Promise<void> {
  const asks = requests.map(({ ask }) => ask as readonly Commit[]); // sent by store.ts
  const answers = await state.handlers.commit(asks.flat());
  let at = 0;
  for (const [i, { id }] of requests.entries()) {
    const count = asks[i]?.length ?? 0;
    send({ id, answer: answers.slice(at, at + count) });
    at += count;
  }
}

async function answer(state: OpenState, { id, operation, ask }: Request): Promise<void> {
  try {
    const handle = state.handlers[operation] as (ask: unknown) => Promise<unknown>; // sent by store.ts
    send({ id, answer: await handle(ask) });
  } catch (failure) {
    const { code, detail } = asCcosError(failure);
    send({ id, code, detail });
  }
}

try {
  const state = await openState(workerData as WorkerSettings); // made by store.ts
  port.on('message', (request: Request) => {
    queue.push(request);
    if (!draining) void drain(state);
  });
  const { size, migratedFrom, recovered } = state;
  send({ opened: true, size, migratedFrom, recovered });
} catch (failure) {
  const { code, detail } = asCcosError(failure);
  send({ opened: false, code, detail });
}
