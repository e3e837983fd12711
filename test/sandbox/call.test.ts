import { describe, expect, test } from 'vitest';
import type { CallOutcome, HostCall } from '../../host/sandbox/index.ts';
import { blobHost, requestFor, sandboxFor } from './harness.ts';
import {
  COUNTER,
  ERROR_SET,
  KERNEL_ECHO,
  callOnce,
  echo,
  importing,
  kernelOutput,
  plugin,
} from './plugins.ts';

function outputOf(outcome: CallOutcome): Uint8Array | undefined {
  return outcome.outcome === 'returned' ? outcome.output : undefined;
}

function numberOf(outcome: CallOutcome): bigint | undefined {
  const output = outputOf(outcome);
  return output && new DataView(output.buffer, output.byteOffset).getBigInt64(0, true);
}

describe('Sandbox.call', () => {
  test('answers host calls with direct memory, byte for byte', async () => {
    const sandbox = sandboxFor();
    for (const size of [0, 1, 1000, 65_536, 1024 * 1024, 20 * 1024 * 1024]) {
      const blob = new Uint8Array(size).map((_, i) => (i * 7919) >> 3);
      const host = blobHost(blob);
      const limits = { timeMs: 20_000, memoryPages: 1024, hostCalls: 10, outputBytes: size };
      const outcome = await sandbox.call(requestFor(echo(size), { ...host, limits }));
      expect(outcome).toMatchObject({ outcome: 'returned', errorSet: false, hostCalls: 2 });
      expect(Buffer.compare(host.written[0] ?? new Uint8Array(1), blob)).toBe(0);
    }
  });

  test('passes arguments as they are, signed and of any size', async () => {
    const sandbox = sandboxFor();
    const calls: HostCall[] = [];
    const onHostCall = (call: HostCall) => {
      calls.push(call);
      return { result: -(2n ** 63n) };
    };
    const minimum = callOnce('q_stat', '(i32.const 0x80000000)');
    const outcome = await sandbox.call(requestFor(minimum, { onHostCall }));
    expect(calls).toEqual([{ name: 'q_stat', args: [-(2n ** 31n)] }]);
    expect(numberOf(outcome)).toBe(-(2n ** 63n));
    const read = callOnce(
      'q_read',
      '(i32.const -1) (i64.const -9223372036854775808) (i32.const 8) (i32.const 16)',
    );
    await sandbox.call(
      requestFor(read, { onHostCall: (call) => (calls.push(call), { result: -3n }) }),
    );
    expect(calls[1]).toEqual({ name: 'q_read', args: [-1n, -(2n ** 63n)], want: 16 });
  });

  test('takes Extism input and output', async () => {
    const input = new TextEncoder().encode('{"abi":1,"text":"Grüße \u0000"}');
    const outcome = await sandboxFor().call(requestFor(KERNEL_ECHO, { input }));
    expect(outputOf(outcome)).toEqual(input);
  });

  test('output_set gives the length that was said, not that of the block', async () => {
    const sandbox = sandboxFor();
    expect(outputOf(await sandbox.call(requestFor(kernelOutput(64, 3))))?.byteLength).toBe(3);
    expect(await sandbox.call(requestFor(kernelOutput(3, 64)))).toMatchObject({ outcome: 'trap' });
  });

  test('reports that an error was set and not its text', async () => {
    const outcome = await sandboxFor().call(requestFor(ERROR_SET));
    expect(outcome).toMatchObject({ outcome: 'returned', errorSet: true });
    expect(outcome).not.toHaveProperty('output');
  });

  test('two tenants: nothing of a call is left for the next in the same process', async () => {
    const sandbox = sandboxFor();
    const host = blobHost(new Uint8Array(0));
    for (let i = 0; i < 5; i += 1) await sandbox.call(requestFor(COUNTER, host));
    expect(host.written).toEqual(Array.from({ length: 5 }, () => Uint8Array.of(1, 1)));
    expect(sandbox.stats()).toMatchObject({ spawned: 1, calls: 5 });
  });

  test('_initialize and __wasm_call_ctors run first, once', async () => {
    const sandbox = sandboxFor();
    const bump = '(i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1)))';
    const run = '(call $out_write (i32.const 0) (i32.const 1))';
    const host = blobHost(new Uint8Array(0));
    for (const names of ['_initialize', '__wasm_call_ctors']) {
      const more = `(func (export "${names}") ${bump})`;
      await sandbox.call(requestFor(plugin({ uses: ['out_write'], more, run }), host));
    }
    expect(host.written).toEqual([Uint8Array.of(1), Uint8Array.of(1)]);
  });

  test('a host call in the start section is answered, or denied when it needs memory', async () => {
    const sandbox = sandboxFor();
    const seen: string[] = [];
    const onHostCall = ({ name }: HostCall) => (seen.push(name), { result: 5n });
    for (const start of ['(start $early)', '(export "_initialize" (func $early))']) {
      const more = `(global $stat (mut i64) (i64.const 0)) (global $wrote (mut i32) (i32.const 0))
        (func $early (global.set $stat (call $q_stat (i32.const 0)))
          (global.set $wrote (call $out_write (i32.const 0) (i32.const 1)))) ${start}`;
      const run = `(i32.store8 (i32.const 0) (i32.wrap_i64 (global.get $stat)))
        (i32.store8 (i32.const 1) (global.get $wrote))
        (call $out_write (i32.const 0) (i32.const 2))`;
      const refused: unknown[] = [];
      const early = plugin({ uses: ['q_stat', 'out_write'], more, run });
      let last: Uint8Array | undefined;
      const outcome = await sandbox.call(
        requestFor(early, {
          onHostCall: (call) => {
            last = call.bytes;
            return onHostCall(call);
          },
          onRefusedHostCall: (call) => refused.push(call),
        }),
      );
      expect(outcome).toMatchObject({ outcome: 'returned', hostCalls: 3 });
      expect(refused).toEqual([{ name: 'out_write', result: -2 }]);
      expect(last).toEqual(Uint8Array.of(5, 254));
    }
    expect(seen).toEqual(['q_stat', 'out_write', 'q_stat', 'out_write']);
  });

  test('waits for an answer that is a promise', async () => {
    const stat = callOnce('q_stat', '(i32.const 3)');
    const onHostCall = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { result: 77n };
    };
    const outcome = await sandboxFor().call(requestFor(stat, { onHostCall }));
    expect(numberOf(outcome)).toBe(77n);
    expect(outcome.times.runMs).toBeGreaterThan(15);
  });

  test('throws what the host function throws, and goes on with the next call', async () => {
    const sandbox = sandboxFor();
    const stat = callOnce('q_stat', '(i32.const 0)');
    const failing = requestFor(stat, { onHostCall: () => Promise.reject(new Error('disk')) });
    await expect(sandbox.call(failing)).rejects.toThrow('disk');
    const tooMuch = { onHostCall: () => ({ result: 0n, bytes: new Uint8Array(1) }) };
    await expect(sandbox.call(requestFor(stat, tooMuch))).rejects.toThrow(RangeError);
    expect(await sandbox.call(requestFor(COUNTER))).toMatchObject({ outcome: 'returned' });
  });

  test('refuses every import that is not both granted and of the ABI', async () => {
    const sandbox = sandboxFor();
    const foreign = [
      importing('wasi_snapshot_preview1', 'clock_time_get'),
      importing('wasi_snapshot_preview1', 'random_get'),
      importing('extism:host/env', 'http_request'),
      importing('extism:host/env', 'var_get'),
      importing('extism:host/env', 'config_get'),
      importing('extism:host/env', 'log_info'),
      importing('env', 'Date.now'),
      importing('env', 'seed'),
      importing('main', 'run'),
      importing('ccos:host/1', 'constructor'),
      importing('__proto__', 'toString'),
      importing('ccos:host/1', 'q_stat', '(memory 1)'),
      importing('ccos:host/1', 'q_stat', '(global i32)'),
    ];
    for (const it of foreign) {
      expect(await sandbox.call(requestFor(it))).toMatchObject({
        outcome: 'refused',
        hostCalls: 0,
      });
    }
    const ungranted = { ...callOnce('q_stat', '(i32.const 0)'), imports: [] };
    expect(await sandbox.call(requestFor(ungranted))).toMatchObject({ outcome: 'refused' });
  });

  test('refuses what is not WebAssembly, has another hash, or lacks the export', async () => {
    const sandbox = sandboxFor();
    const { module } = COUNTER;
    const garbage = { ...COUNTER, module: { ...module, bytes: Uint8Array.of(0, 97, 115, 109) } };
    const other = { ...COUNTER, module: { ...module, sha256: '0'.repeat(64) } };
    for (const it of [garbage, other]) {
      expect(await sandbox.call(requestFor(it))).toMatchObject({ outcome: 'refused' });
    }
    const missing = requestFor(COUNTER, { exportName: 'toString' });
    expect(await sandbox.call(missing)).toMatchObject({ outcome: 'refused' });
    const notFunction = requestFor(COUNTER, { exportName: 'memory' });
    expect(await sandbox.call(notFunction)).toMatchObject({ outcome: 'refused' });
  });
});
