// The static checks, cheapest first; all of them run, and the first failure decides. What passed before
// and has not changed is not read again: a fresh clone has no cache and checks everything.
import { ensurePackages, inRoot, node, requireNode } from './setup.mjs';

requireNode();
ensurePackages();

const tool = (...names) => inRoot('node_modules', ...names);
const config = (name) => inRoot('.config', name);
const cache = (name) => inRoot('node_modules', '.cache', 'ccos', name);
const CHECKS = [
  [
    'format',
    [
      tool('prettier', 'bin', 'prettier.cjs'),
      '--config',
      config('prettier.json'),
      '--check',
      '--log-level',
      'warn',
      '--cache',
      '--cache-location',
      cache('prettier'),
      '.',
    ],
  ],
  [
    'types',
    [
      tool('typescript', 'bin', 'tsc'),
      '--noEmit',
      '--incremental',
      '--tsBuildInfoFile',
      cache('types'),
    ],
  ],
  [
    'layers',
    [
      tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
      '--config',
      config('dependency-cruiser.cjs'),
      'host',
    ],
  ],
  ['invariants', [inRoot('scripts', 'check-invariants.mjs')]],
  ['dead code', [tool('knip', 'bin', 'knip.js'), '--config', config('knip.json')]],
  [
    'lint',
    [
      tool('eslint', 'bin', 'eslint.js'),
      '--config',
      config('eslint.config.js'),
      '--max-warnings',
      '0',
      '--cache',
      '--cache-strategy',
      'content',
      '--cache-location',
      cache('lint'),
      'host',
      'test',
    ],
  ],
];

const failed = [];
for (const [name, args] of CHECKS) {
  process.stdout.write(`check: ${name}\n`);
  if (node(args) !== 0) failed.push(name);
}
if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
