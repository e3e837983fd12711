import { describe, expect, test } from 'vitest';
import type { CallRequest, HostCall, RefusedHostCall } from '../../host/sandbox/index.ts';
import { blobHost, logged, requestFor, sandboxFor } from './harness.ts';
import * as plugins from './plugins.ts';

const GRACE_MS = 1000;
const healthy = plugins.echo(100);

async function outcomeOf(plugin: plugins.TestPlugin, changes: Partial<CallRequest> = {}) {
  return sandboxFor().call(requestFor(plugin, changes));
}

describe('Sandbox.call with a hostile plugin', () => {
  test.each([
    ['in its export', plugins.HANG],
    ['in its start section', plugins.HANG_IN_START],
    ['in _initialize', plugins.HANG_IN_INITIALIZE],
  ])('a hang %s is killed at its limit, and the next call is served', async (_, plugin) => {
    const sandbox = sandboxFor();
    const limits = { ...requestFor(plugin).limits, timeMs: 300 };
    sandbox.warm(plugin.module);
    const before = performance.now();
    const outcome = await sandbox.call(requestFor(plugin, { limits }));
    expect(outcome.outcome).toBe('timeout');
    const { spawnMs = 0, queueMs } = outcome.times;
    expect(performance.now() - before - spawnMs - queueMs).toBeLessThan(300 + GRACE_MS);
    const host = blobHost(new Uint8Array(100));
    expect((await sandbox.call(requestFor(healthy, host))).outcome).toBe('returned');
  });

  test('a slow host function is within the time limit too', async () => {
    const stat = plugins.callOnce('q_stat', '(i32.const 0)');
    const limits = { ...requestFor(stat).limits, timeMs: 100 };
    const never = () => new Promise<never>(() => undefined);
    expect(await outcomeOf(stat, { limits, onHostCall: never })).toMatchObject({
      outcome: 'timeout',
      hostCalls: 1,
    });
  });

  test.each([
    ['unreachable', plugins.TRAP, 'trap'],
    ['unreachable in its start section', plugins.TRAP_IN_START, 'trap'],
    ['recursion without end', plugins.RECURSE, 'trap'],
    ['an alloc of 2^64-1 bytes', plugins.ALLOC_NEGATIVE, 'memory'],
    ["Extism's memory without end", plugins.ALLOC_WITHOUT_END, 'memory'],
    ['empty Extism blocks without end', plugins.ALLOC_MANY, 'memory'],
    ['memory.grow without end, then a trap', plugins.GROW, 'memory'],
    ['a first memory over the cap of the process', plugins.TOO_LARGE_FROM_THE_START, 'memory'],
    ['an Extism output over the limit', plugins.kernelOutput(1024 * 1024 + 1), 'output_limit'],
    ['an Extism output of 2^64-1 bytes', plugins.kernelOutput(1, -1), 'output_limit'],
    ['host calls without end', plugins.FLOOD, 'host_call_limit'],
    ['refused host calls without end', plugins.FLOOD_REFUSED, 'host_call_limit'],
  ])('%s', async (_, plugin, outcome) => {
    expect((await outcomeOf(plugin)).outcome).toBe(outcome);
  });

  test('memory.grow without end stops at the cap of the process, whatever the module declares', async () => {
    const seen: bigint[] = [];
    const more = `(func $fill (loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))))`;
    const plugin = plugins.plugin({
      uses: ['q_stat'],
      memory: '1 65536',
      more,
      run: '(call $fill) (drop (call $q_stat (memory.size))) i32.const 0',
    });
    const onHostCall = ({ args }: HostCall) => (seen.push(args[0] ?? 0n), { result: 0n });
    expect((await outcomeOf(plugin, { onHostCall })).outcome).toBe('returned');
    expect(seen).toEqual([1024n]);
  });

  test('memory over the limit of the call, under that of the process, is seen', async () => {
    const limits = { ...requestFor(healthy).limits, memoryPages: 512 };
    expect((await outcomeOf(plugins.GROW_AND_RETURN, { limits })).outcome).toBe('memory');
  });

  test('recursion that leaves a host function without a stack cannot cut a frame in two', async () => {
    const limits = { timeMs: 20_000, memoryPages: 16, hostCalls: 1e6, outputBytes: 8 };
    const sizes = new Set<number>();
    const onHostCall = ({ bytes }: HostCall) => {
      sizes.add(bytes?.byteLength ?? -1);
      return { result: 8n };
    };
    const { outcome } = await outcomeOf(plugins.RECURSE_INTO_HOST, { limits, onHostCall });
    expect(['trap', 'crashed']).toContain(outcome);
    expect(sizes).toEqual(new Set([8]));
  });

  test('a huge table ends this call at most', async () => {
    const sandbox = sandboxFor();
    await sandbox.call(requestFor(plugins.TABLE_GROW));
    const host = blobHost(new Uint8Array(100));
    expect((await sandbox.call(requestFor(healthy, host))).outcome).toBe('returned');
  });

  test.each([
    ['length 2^32-1', '(i32.const 0) (i32.const -1)', -5],
    ['pointer 2^32-1', '(i32.const -1) (i32.const 1)', -5],
    ['a sum that wraps around', '(i32.const -16) (i32.const 32)', -5],
    ['one byte past the end', '(i32.const 65535) (i32.const 2)', -5],
    ['more than one call may carry', '(i32.const 0) (i32.const 1001)', -4],
  ])('out_write with %s is refused in the process and heard of', async (_, operands, error) => {
    const plugin = plugins.callOnce('out_write', operands);
    const limits = { ...requestFor(plugin).limits, outputBytes: 1000 };
    const refused: RefusedHostCall[] = [];
    const asked: HostCall[] = [];
    const outcome = await outcomeOf(plugin, {
      limits,
      onHostCall: (call) => (asked.push(call), { result: 0n }),
      onRefusedHostCall: (call) => refused.push(call),
    });
    expect(outcome).toMatchObject({ outcome: 'returned', hostCalls: 1 });
    expect(refused).toEqual([{ name: 'out_write', result: error }]);
    expect(asked).toEqual([]);
    const output = outcome.outcome === 'returned' ? outcome.output : undefined;
    expect(new DataView((output ?? new Uint8Array(8)).buffer).getBigInt64(0, true)).toBe(
      BigInt(error),
    );
  });

  test.each([
    ['length 2^32-1', '(i32.const 0) (i64.const 0) (i32.const 0) (i32.const -1)'],
    ['a sum that wraps around', '(i32.const 0) (i64.const 0) (i32.const -8) (i32.const 16)'],
    ['a pointer past the end', '(i32.const 0) (i64.const 0) (i32.const 65537) (i32.const 0)'],
  ])('q_read with %s gets no byte', async (_, operands) => {
    const refused: RefusedHostCall[] = [];
    const host = blobHost(new Uint8Array(1000).fill(9));
    const plugin = plugins.callOnce('q_read', operands);
    await outcomeOf(plugin, { ...host, onRefusedHostCall: (call) => refused.push(call) });
    expect(refused).toEqual([{ name: 'q_read', result: -5 }]);
  });

  test.each([0, 1, -1, 2 ** 31 - 1, -(2 ** 31)])(
    'a forged handle %i arrives as it is',
    async (handle) => {
      const asked: HostCall[] = [];
      const onHostCall = (call: HostCall) => (asked.push(call), { result: -1n });
      const plugin = plugins.callOnce('q_stat', `(i32.const ${String(handle)})`);
      await outcomeOf(plugin, { onHostCall });
      expect(asked).toEqual([{ name: 'q_stat', args: [BigInt(handle)] }]);
    },
  );

  test.each([
    ['floats', '(param f64) (result i64)', '(drop (call $f (f64.const nan)))'],
    ['a fraction', '(param f32) (result i64)', '(drop (call $f (f32.const 0.5)))'],
    ['no argument', '(result i64)', '(drop (call $f))'],
    ['a reference', '(param funcref) (result i64)', '(drop (call $f (ref.null func)))'],
    ['an i64 in place of an i32', '(param i64) (result i64)', '(drop (call $f (i64.const 1)))'],
  ])('an import declared with %s is a bad argument', async (_, type, run) => {
    const wat = `(module (import "ccos:host/1" "q_stat" (func $f ${type}))
      (memory (export "memory") 1 1) (func (export "run") (result i32) ${run} i32.const 0))`;
    const plugin = { module: plugins.assemble(wat), imports: ['ccos:host/1.q_stat'] };
    const refused: RefusedHostCall[] = [];
    const asked: HostCall[] = [];
    await outcomeOf(plugin, {
      onHostCall: (call) => (asked.push(call), { result: 0n }),
      onRefusedHostCall: (call) => refused.push(call),
    });
    expect(refused).toEqual([{ name: 'q_stat', result: -5 }]);
    expect(asked).toEqual([]);
  });

  test('bytes that are not UTF-8, and escapes in an error, pass through nobody', async () => {
    logged.length = 0;
    const sandbox = sandboxFor();
    const host = blobHost(Uint8Array.of(0xff, 0xfe, 0x1b, 0x5b));
    const outcome = await sandbox.call(requestFor(plugins.echo(4), host));
    expect(outcome.outcome).toBe('returned');
    expect(host.written).toEqual([Uint8Array.of(0xff, 0xfe, 0x1b, 0x5b)]);
    await sandbox.call(requestFor(plugins.ERROR_SET));
    await sandbox.call(requestFor(plugins.TRAP));
    expect(JSON.stringify(logged)).not.toMatch(/\\u001b|unreachable|Error/);
  });

  test('every tenth hostile: the others have what they have alone', async () => {
    const sandbox = sandboxFor({ processes: 2 });
    const bad = [plugins.HANG, plugins.TRAP, plugins.GROW, plugins.FLOOD, plugins.RECURSE];
    const calls = Array.from({ length: 100 }, async (_, i) => {
      const hostile = i % 10 === 9 ? bad[((i - 9) / 10) % bad.length] : undefined;
      if (hostile !== undefined) {
        const limits = { ...requestFor(hostile).limits, timeMs: 300 };
        return sandbox.call(requestFor(hostile, { limits }));
      }
      const blob = new Uint8Array(100).fill(i);
      const host = blobHost(blob);
      const outcome = await sandbox.call(requestFor(healthy, host));
      expect(host.written).toEqual([blob]);
      return outcome;
    });
    const outcomes = await Promise.all(calls);
    expect(outcomes.filter(({ outcome }) => outcome === 'returned')).toHaveLength(90);
  });
});
