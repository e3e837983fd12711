// The host as three programs: the command line with its chunks, the state worker, and the sandbox
// process, which is one file because it may read nothing but itself.
import { build } from 'esbuild';
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildSandbox } from './build-sandbox.mjs';
import { inRoot } from './setup.mjs';

/** Packages that stay outside: native code, a WebAssembly file of their own, or CommonJS inside. */
const EXTERNAL = [
  '@libsql/client',
  '@cedar-policy/cedar-wasm',
  '@hono/node-server',
  'hash-wasm',
  'pino',
  'tweetnacl',
  'ws',
];

export const COMMON = {
  absWorkingDir: inRoot('.'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: EXTERNAL,
  legalComments: 'none',
  logLevel: 'warning',
  minifySyntax: true,
};

/** Built beside and moved in, so that what runs from dist/ meanwhile finds whole files. */
export async function buildHostFiles(dist) {
  const work = path.join(dist, 'work', 'host');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  await buildInto(work);
  const built = readdirSync(work);
  for (const name of built) renameSync(path.join(work, name), path.join(dist, name));
  for (const name of readdirSync(dist))
    if (name.endsWith('.js') && !built.includes(name)) rmSync(path.join(dist, name));
  rmSync(work, { recursive: true, force: true });
}

async function buildInto(dist) {
  await Promise.all([
    build({
      ...COMMON,
      entryPoints: { main: 'host/main.ts', 'first-party': 'host/first-party.ts' },
      outdir: dist,
      splitting: true,
      chunkNames: 'chunk-[hash]',
      // A small nursery for new objects: a gateway that waits for chats should not hold 30 MB for it.
      banner: { js: '#!/usr/bin/env -S node --max-semi-space-size=1' },
    }),
    build({
      ...COMMON,
      entryPoints: { 'state-worker': 'host/store/worker/main.ts' },
      outdir: dist,
    }),
    buildSandbox(dist),
  ]);
  chmodSync(path.join(dist, 'main.js'), 0o755);
}
