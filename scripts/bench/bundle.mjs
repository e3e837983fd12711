// Bundles host.ts into dist/bench/ and imports it, once. The folder is two levels below the root, as
// host/runtime is, which is how the host finds its files.
import { build } from 'esbuild';
import { pathToFileURL } from 'node:url';
import { COMMON } from '../build-host.mjs';
import { inRoot } from '../setup.mjs';

let loaded;

export function loadHost() {
  loaded ??= bundled();
  return loaded;
}

async function bundled() {
  const outfile = inRoot('dist', 'bench', 'host.js');
  await build({
    ...COMMON,
    entryPoints: ['scripts/bench/host.ts'],
    external: [...COMMON.external, 'wabt'],
    outfile,
  });
  const host = await import(pathToFileURL(outfile).href);
  host.tuneForGateway(); // this process does what a gateway does
  return host;
}
