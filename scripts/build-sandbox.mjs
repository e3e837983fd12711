/**
 * Bundles the sandbox process into one file, which is all that the process may read. Also run by itself:
 * `node scripts/build-sandbox.mjs [folder]`.
 */
import { build } from 'esbuild';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The SDK's ways to WASI, files and workers are not in the bundle; what it uses of Node it may not have. */
const withoutPowers = {
  name: 'without-powers',
  setup(builder) {
    builder.onResolve(
      { filter: /^(wasi|node:os|node:fs\/promises|node:worker_threads)$/ },
      ({ path }) => ({
        path,
        namespace: 'without-powers',
      }),
    );
    builder.onLoad({ filter: /.*/, namespace: 'without-powers' }, () => ({
      contents: `function no() { throw new Error('not in the sandbox'); }
        export { no as WASI, no as Worker, no as open, no as readFile };
        export const devNull = '';`,
    }));
  },
};

/** Writes `sandbox-process.js` into `outDir` and returns its path. */
export async function buildSandbox(outDir) {
  const outfile = path.resolve(outDir, 'sandbox-process.js');
  await build({
    absWorkingDir: root,
    entryPoints: ['host/sandbox/process/main.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    plugins: [withoutPowers],
    external: ['node:*'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildSandbox(process.argv[2] ?? path.join(root, 'dist'));
}
