import { beforeAll, expect, test } from 'vitest';
import { runBare } from '../support/bare-sandbox.ts';
import { ccosJson } from '../support/ccos-command.ts';
import { up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestHome } from '../support/home.ts';
import { EXTRACTION, extractWith, installPlugins, says } from '../support/plugin-bundle.ts';
import type { BundledPlugin } from '../support/plugin-bundle.ts';
import { plugin } from '../sandbox/plugins.ts';

/** A plugin passes every number that it could not have been given. */
interface Forged {
  readonly call: string;
  readonly outcome: string;
}

/** Handle, offset, pointer, length. */
const read = (...[handle, offset, pointer, length]: readonly [string, string, string, string]) =>
  `(call $q_read (i32.const ${handle}) (i64.const ${offset}) (i32.const ${pointer}) (i32.const ${length}))`;

const FORGED: readonly Forged[] = [
  { call: read('1', '0', '4096', '64'), outcome: 'noSuchHandle' },
  { call: read('-1', '0', '4096', '64'), outcome: 'noSuchHandle' },
  { call: read('2147483647', '0', '4096', '64'), outcome: 'noSuchHandle' },
  { call: read('65536', '0', '4096', '64'), outcome: 'noSuchHandle' },
  { call: read('4294967295', '0', '4096', '64'), outcome: 'noSuchHandle' },
  { call: read('0', '-1', '4096', '64'), outcome: 'outOfRange' },
  { call: read('0', '14', '4096', '64'), outcome: 'outOfRange' },
  { call: read('0', '9007199254740993', '4096', '64'), outcome: 'outOfRange' },
  { call: read('0', '9223372036854775807', '4096', '64'), outcome: 'outOfRange' },
  { call: read('0', '-9223372036854775808', '4096', '64'), outcome: 'outOfRange' },
  { call: read('0', '4294967296', '4096', '64'), outcome: 'outOfRange' },
  { call: read('0', '0', '4096', '4294967295'), outcome: 'badArgument' },
  { call: read('0', '0', '4294967295', '64'), outcome: 'badArgument' },
  { call: read('0', '0', '65530', '64'), outcome: 'badArgument' },
  { call: '(i32.wrap_i64 (call $q_stat (i32.const 7)))', outcome: 'noSuchHandle' },
  { call: '(i32.wrap_i64 (call $q_stat (i32.const -1)))', outcome: 'noSuchHandle' },
  { call: '(call $out_write (i32.const 65530) (i32.const 64))', outcome: 'badArgument' },
  { call: '(call $out_write (i32.const -1) (i32.const -1))', outcome: 'badArgument' },
];

const DOCUMENT = 'some document'; // 13 bytes
const OUTPUT = JSON.stringify(EXTRACTION);

/** Makes every call; traps where one is not answered by an error, or has put a byte into memory. */
const FORGER: BundledPlugin = {
  name: 'forger',
  plugin: plugin({
    uses: ['q_stat', 'q_read', 'out_write'],
    memory: '1 1',
    more: `(data (i32.const 0) "${OUTPUT.replaceAll('"', '\\"')}")`,
    run: `${FORGED.map(({ call }) => `(if (i32.ge_s ${call} (i32.const 0)) (then unreachable))`).join('\n')}
      (local.set $n (i32.const 4096))
      (loop $again
        (if (i32.load8_u (local.get $n)) (then unreachable))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const 65536))))
      (call $out_write (i32.const 0) (i32.const ${String(OUTPUT.length)}))`,
  }),
};

/** Runs host calls from the start section, when there is no instance whose memory could be meant. */
const EARLY: BundledPlugin = {
  name: 'early',
  plugin: plugin({
    uses: ['q_read', 'out_write'],
    more: `(func $early ${read('0', '0', '4096', '13')} drop) (start $early)`,
    run: '(call $out_write (i32.const 4096) (i32.const 13))',
  }),
};

const home = makeTestHome().directory;
let gateway: Up;

beforeAll(async () => {
  gateway = await up(home);
  const good = { name: 'good', plugin: says(OUTPUT) };
  await installPlugins(home, [FORGER, EARLY, good]);
  return async () => {
    await gateway.stop();
  };
});

interface HostCall {
  readonly function: string;
  readonly outcome: string;
  readonly bytes: number;
  readonly ref?: string;
}

async function hostCalls(): Promise<readonly HostCall[]> {
  const { calls } = await ccosJson<{ calls: readonly { host_calls: readonly HostCall[] }[] }>(
    home,
    ...['audit', 'calls', '--limit', '1'],
  );
  return calls[0]?.host_calls ?? [];
}

test('attack 51: each is answered by its error, brings no byte, and is in the chain', async () => {
  const answer = await extractWith(gateway, 'forger', DOCUMENT);
  expect(answer.status).toBe(200); // it did not trap
  const calls = (await hostCalls()).slice(0, -1);
  expect(calls.map(({ outcome }) => outcome)).toEqual(FORGED.map(({ outcome }) => outcome));
  expect(calls.map(({ bytes }) => bytes)).toEqual(FORGED.map(() => 0));
  const named = calls.filter(({ outcome }) => outcome === 'noSuchHandle');
  expect(named.filter(({ ref }) => ref !== undefined)).toEqual([]);
});

test('attack 51: a read before there is an instance gives nothing', async () => {
  const { status, body } = await extractWith(gateway, 'early', DOCUMENT);
  expect(status).not.toBe(200);
  expect(body).not.toContain(DOCUMENT);
  expect((await extractWith(gateway, 'good')).status).toBe(200);
});

test('attack 51: handles are of one call: there is nothing left from the call before', async () => {
  await extractWith(gateway, 'good', 'the secret of somebody else');
  expect((await extractWith(gateway, 'forger', DOCUMENT)).status).toBe(200);
});

test('attack 51: a host that answers any handle would hand over the blob of another call', async () => {
  const blobs = ['mine', 'the secret of somebody else'].map((text) => Buffer.from(text));
  const thief = plugin({
    uses: ['q_read', 'out_write'],
    run: `i32.const 4096 ${read('1', '0', '4096', '64')} call $out_write`,
  });
  const written: Uint8Array[] = [];
  await runBare(thief.module.bytes, thief.imports, {
    onHostCall({ name, args: [handle = 0n], bytes }) {
      if (name === 'q_read') {
        const blob = Uint8Array.from(blobs[Number(handle)] ?? []);
        return { result: BigInt(blob.length), bytes: blob };
      }
      if (bytes !== undefined) written.push(bytes);
      return { result: 0n };
    },
  });
  expect(Buffer.concat(written).toString()).toBe('the secret of somebody else');
});
