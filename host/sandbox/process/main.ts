/** The sandbox process: reads `load` and `call`, answers `loaded` and `result`, ends with its input. */
import { FIXED } from '../../core/limits.ts';
import {
  KIND,
  PROTOCOL,
  ProtocolError,
  SHA256_BYTES,
  frame,
  resultHead,
  takeCall,
} from '../protocol.ts';
import { engine, type Module } from './engine.ts';
import { openPipe, type Pipe } from './pipe.ts';
import { run } from './run.ts';

const MiB = 1024 * 1024;

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Compiles what arrived, if it is what the host said; the hash is taken here, of these bytes. */
async function load(modules: Map<string, Module>, body: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const said = toHex(body.subarray(0, SHA256_BYTES));
  const bytes = body.slice(SHA256_BYTES);
  const is = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  if (is !== said) return false;
  try {
    modules.set(is, await engine.compile(bytes));
    return true;
  } catch {
    return false;
  }
}

async function call(
  pipe: Pipe,
  modules: ReadonlyMap<string, Module>,
  body: Uint8Array,
): Promise<void> {
  const { head, input } = takeCall(body);
  const module = modules.get(head.sha256);
  if (module === undefined) throw new ProtocolError('module');
  const result = await run({ module, call: head, input, pipe });
  const rssMiB = Math.round(process.memoryUsage.rss() / MiB);
  pipe.write(resultHead({ ...result, rssMiB }));
  if (result.output !== undefined) pipe.write(result.output);
}

async function serve(): Promise<void> {
  const pipe = openPipe();
  const modules = new Map<string, Module>();
  pipe.write(frame(KIND.ready, new TextEncoder().encode(PROTOCOL)));
  for (;;) {
    const head = pipe.readHead(FIXED.frameBytes);
    if (head === undefined) return;
    const body = new Uint8Array(head.bodyBytes);
    pipe.readInto(body);
    if (head.kind === KIND.load) {
      const accepted = await load(modules, body);
      pipe.write(frame(KIND.loaded, Uint8Array.of(accepted ? 1 : 0)));
    } else if (head.kind === KIND.call) await call(pipe, modules, body);
    else throw new ProtocolError('kind');
  }
}

await serve();
