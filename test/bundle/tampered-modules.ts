import { assemble, CAPABILITY, IMPORTS, rawModule, wat } from './support.ts';
import { DECLARED } from './tampered.ts';
import type { Tampered } from './tampered.ts';

const importing = (module: string, name: string, type = '(func (param i64) (result i64))') =>
  assemble(wat(`(import "${module}" "${name}" ${type})`));

/** A module that imports this; whether its manifest says so makes no difference. */
function foreign(id: Tampered['id'], module: string, name: string): readonly Tampered[] {
  return [true, false].map((declared) => ({
    id,
    what: `${module} ${name}, ${declared ? 'declared' : 'not declared'}`,
    code: 'bundle_imports',
    make: (maker) =>
      maker.withModule(
        importing(module, name),
        declared ? [...DECLARED, `${module}.${name}`].sort() : DECLARED,
      ),
  }));
}

function declaring(what: string, imports: readonly string[], changes = {}): Tampered {
  return {
    id: 'N19',
    what,
    code: 'bundle_imports',
    make: (maker) => maker.withModule(assemble(wat()), imports, changes),
  };
}

function memory(what: string, make: () => Uint8Array): Tampered {
  return { id: 'N20', what, code: 'bundle_module', make: (maker) => maker.withModule(make()) };
}

const withMemory = (text: string, features = {}) => assemble(wat('', text), features);

/** N17 to N20: what the code of a plugin asks of the host. */
export const TAMPERED_MODULES: readonly Tampered[] = [
  ...foreign('N17', 'wasi_snapshot_preview1', 'fd_write'),
  ...foreign('N17', 'wasi_snapshot_preview1', 'random_get'),
  ...foreign('N17', 'wasi:random/random', 'get-random-bytes'),
  ...foreign('N17', 'env', 'emscripten_resize_heap'),
  ...foreign('N18', 'extism:host/env', 'http_request'),
  ...foreign('N18', 'extism:host/env', 'config_get'),
  declaring('an import that is declared and not used', [...DECLARED, 'ccos:host/1.q_stat']),
  declaring('an import that is used and not declared', DECLARED.slice(1)),
  declaring('the same function of another version', [
    'ccos:host/2.out_write',
    'ccos:host/1.q_read',
  ]),
  declaring('an import without its effect', DECLARED, { effects: [] }),
  {
    id: 'N19',
    what: 'the same functions of another module name',
    code: 'bundle_imports',
    make: (maker) =>
      maker.withModule(
        assemble(wat().replace(IMPORTS, IMPORTS.replaceAll('ccos:host/1', 'ccos:host/2'))),
      ),
  },
  {
    id: 'N19',
    what: 'a function of ours with another type',
    code: 'bundle_imports',
    make: (maker) =>
      maker.withModule(importing('ccos:host/1', 'fail', '(func (param i64))'), [
        'ccos:host/1.fail',
        ...DECLARED,
      ]),
  },
  memory('no maximum', () => withMemory('(memory (export "memory") 1)')),
  memory('a maximum above its own limit', () =>
    withMemory(`(memory (export "memory") 1 ${String(CAPABILITY.limits.memoryPages + 1)})`),
  ),
  memory('imported', () =>
    assemble(wat('(import "env" "memory" (memory 1 4))', '(export "memory" (memory 0))')),
  ),
  memory('shared', () => withMemory('(memory (export "memory") 1 4 shared)', { threads: true })),
  memory('of 64 bits', () => rawModule([5, 1, 5, 1, 4])),
  memory('a second one', () => rawModule([5, 2, 1, 1, 4, 1, 1, 4])),
];
