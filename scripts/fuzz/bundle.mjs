// Bundles the fuzzer of test/fuzz, because Node 20 runs no TypeScript.
import { build } from 'esbuild';
import { pathToFileURL } from 'node:url';
import { inRoot, ROOT } from '../setup.mjs';

export const WORKER = inRoot('dist', 'fuzz', 'worker.js');

export async function loadFuzz() {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/fuzz/worker.ts', 'test/fuzz/bare.ts', 'test/fuzz/formats.ts'],
    outdir: inRoot('dist', 'fuzz'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  const load = (name) => import(pathToFileURL(inRoot('dist', 'fuzz', name)).href);
  return { ...(await load('bare.js')), ...(await load('formats.js')) };
}
