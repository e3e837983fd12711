import { createHash } from 'node:crypto';
import loadWabt from 'wabt';
import type { PluginModule } from '../../host/sandbox/index.ts';

const HOST = 'ccos:host/1';
const KERNEL = 'extism:host/env';

/** The real types of the ABI's functions, as a plugin imports them. */
const HOST_TYPES = {
  q_stat: '(param i32) (result i64)',
  q_read: '(param i32 i64 i32 i32) (result i32)',
  out_write: '(param i32 i32) (result i32)',
  child_new: '(param i32 i32) (result i32)',
  child_write: '(param i32 i32 i32) (result i32)',
  fail: '(param i32)',
  progress: '(param i32 i32)',
};
const KERNEL_TYPES = {
  alloc: '(param i64) (result i64)',
  free: '(param i64)',
  load_u8: '(param i64) (result i32)',
  store_u8: '(param i64 i32)',
  store_u64: '(param i64 i64)',
  input_length: '(result i64)',
  input_load_u8: '(param i64) (result i32)',
  output_set: '(param i64 i64)',
  error_set: '(param i64)',
};
type HostName = keyof typeof HOST_TYPES;
type KernelName = keyof typeof KERNEL_TYPES;

const wabt = await loadWabt();

export interface TestPlugin {
  readonly module: PluginModule;
  readonly imports: readonly string[];
}

export function moduleOf(bytes: Uint8Array): PluginModule {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
}

export function assemble(wat: string): PluginModule {
  const parsed = wabt.parseWat('plugin.wat', wat, { exceptions: true, bulk_memory: true });
  return moduleOf(new Uint8Array(parsed.toBinary({}).buffer));
}

interface Parts {
  readonly uses?: readonly (HostName | KernelName)[];
  readonly memory?: string;
  /** Instructions of the export `run`. */
  readonly run?: string;
  /** Anything else at module level. */
  readonly more?: string;
}

function isKernel(name: HostName | KernelName): name is KernelName {
  return name in KERNEL_TYPES;
}

/** A plugin with the named imports, a memory, and one export `run: () -> i32`. */
export function plugin({
  uses = [],
  memory = '1 16',
  run = 'i32.const 0',
  more = '',
}: Parts): TestPlugin {
  const lines = uses.map((name) => {
    const module = isKernel(name) ? KERNEL : HOST;
    const type = isKernel(name) ? KERNEL_TYPES[name] : HOST_TYPES[name];
    return `(import "${module}" "${name}" (func $${name} ${type}))`;
  });
  const wat = `(module ${lines.join('\n')}
    (memory (export "memory") ${memory})
    ${more}
    (func (export "run") (result i32) (local $i i64) (local $n i32) (local $a i64) ${run}))`;
  const imports = uses.map((name) => `${isKernel(name) ? KERNEL : HOST}.${name}`);
  return { module: assemble(wat), imports };
}

/** Reads handle 0 in one go of `bytes` and writes it out again. */
export function echo(bytes: number): TestPlugin {
  const pages = Math.ceil(bytes / 65_536) + 1;
  return plugin({
    uses: ['q_read', 'out_write'],
    memory: `${String(pages)} ${String(pages)}`,
    run: `i32.const 16
      (call $q_read (i32.const 0) (i64.const 0) (i32.const 16) (i32.const ${String(bytes)}))
      call $out_write`,
  });
}

/** Calls `body` for ever. */
function forever(body: string): string {
  return `(loop $again ${body} (br $again)) unreachable`;
}

export const HANG = plugin({ run: forever('') });
export const HANG_IN_START = plugin({ more: `(func $start ${forever('')}) (start $start)` });
export const HANG_IN_INITIALIZE = plugin({ more: `(func (export "_initialize") ${forever('')})` });
export const TRAP = plugin({ run: 'unreachable' });
export const TRAP_IN_START = plugin({ more: '(func $start unreachable) (start $start)' });
export const RECURSE = plugin({
  more: '(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))',
  run: 'call $deep',
});
/** Recurses to the end of the stack with a host call at every level, so that one of them has no room. */
export const RECURSE_INTO_HOST = plugin({
  uses: ['out_write'],
  more: `(func $deep (result i32) (local i64 i64 i64 i64)
    (drop (call $out_write (i32.const 0) (i32.const 8))) (i32.add (call $deep) (i32.const 1)))`,
  run: 'call $deep',
});
export const GROW = plugin({
  memory: '1 65536',
  run: `(loop $again (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable`,
});
/** As {@link GROW}, but content with what it got. */
export const GROW_AND_RETURN = plugin({
  memory: '1 65536',
  run: `(loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) i32.const 0`,
});
export const TOO_LARGE_FROM_THE_START = plugin({ memory: '4096 4096' });
export const TABLE_GROW = plugin({
  more: '(table $t 1 100000000 funcref)',
  run: '(drop (table.grow $t (ref.null func) (i32.const 50000000))) i32.const 0',
});
export const FLOOD = plugin({
  uses: ['q_stat'],
  run: forever('(drop (call $q_stat (i32.const 0)))'),
});
export const FLOOD_REFUSED = plugin({
  uses: ['out_write'],
  run: forever('(drop (call $out_write (i32.const -1) (i32.const -1)))'),
});
export const ALLOC_WITHOUT_END = plugin({
  uses: ['alloc', 'store_u8'],
  run: forever('(call $store_u8 (call $alloc (i64.const 1048576)) (i32.const 1))'),
});
export const ALLOC_MANY = plugin({
  uses: ['alloc'],
  run: forever('(drop (call $alloc (i64.const 0)))'),
});
export const ALLOC_NEGATIVE = plugin({
  uses: ['alloc'],
  run: '(drop (call $alloc (i64.const -1))) i32.const 0',
});
export const ERROR_SET = plugin({
  uses: ['alloc', 'store_u8', 'error_set'],
  run: `(local.set $a (call $alloc (i64.const 4)))
    (call $store_u8 (local.get $a) (i32.const 27))
    (call $error_set (local.get $a)) i32.const 0`,
});
/** State that would survive if the instance did: counts in memory, a global, and returns it as output. */
export const COUNTER = plugin({
  uses: ['out_write'],
  more: '(global $g (mut i32) (i32.const 0))',
  run: `(global.set $g (i32.add (global.get $g) (i32.const 1)))
    (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1)))
    (i32.store8 (i32.const 1) (global.get $g))
    (call $out_write (i32.const 0) (i32.const 2))`,
});
/** Copies the Extism input to the Extism output, byte by byte, as a PDK does. */
export const KERNEL_ECHO = plugin({
  uses: ['alloc', 'store_u8', 'input_length', 'input_load_u8', 'output_set'],
  run: `(local.set $a (call $alloc (call $input_length)))
    (block $done (loop $next
      (br_if $done (i64.ge_u (local.get $i) (call $input_length)))
      (call $store_u8 (i64.add (local.get $a) (local.get $i)) (call $input_load_u8 (local.get $i)))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br $next)))
    (call $output_set (local.get $a) (call $input_length)) i32.const 0`,
});
/** An output of `size` bytes by Extism's kernel. */
export function kernelOutput(size: number, said = size): TestPlugin {
  return plugin({
    uses: ['alloc', 'output_set'],
    run: `(call $output_set (call $alloc (i64.const ${String(size)})) (i64.const ${String(said)})) i32.const 0`,
  });
}
/** Calls one host function with the given operands, and returns its result as output: 8 bytes. */
export function callOnce(name: HostName, operands: string, more = ''): TestPlugin {
  const wide = HOST_TYPES[name].includes('result i64');
  const call = `(call $${name} ${operands})`;
  return plugin({
    uses: [name, 'alloc', 'store_u64', 'output_set'],
    more,
    run: `(local.set $i ${wide ? call : `(i64.extend_i32_s ${call})`})
      (local.set $a (call $alloc (i64.const 8)))
      (call $store_u64 (local.get $a) (local.get $i))
      (call $output_set (local.get $a) (i64.const 8)) i32.const 0`,
  });
}
/** Module text with one import of any module, field and type. */
export function importing(module: string, field: string, type = '(func)'): TestPlugin {
  const wat = `(module (import "${module}" "${field}" ${type})
    (memory (export "memory") 1 1) (func (export "run") (result i32) i32.const 0))`;
  return { module: assemble(wat), imports: [`${module}.${field}`] };
}
/** A module of about `bytes`, all of it code in functions of about 1 KB. */
export function bulky(bytes: number): TestPlugin {
  const step =
    '(local.set 0 (i32.mul (i32.add (local.get 0) (i32.const 1234567)) (i32.const 7654321)))';
  const one = `(func (param i32) (result i32) ${step.repeat(56)} local.get 0)`;
  return plugin({ more: one.repeat(Math.ceil(bytes / 1024)) });
}
