import { compile, runBuild } from '../lib/build.mjs';

/** Writes the verify plugin to `out`; `work` takes what is generated on the way. */
export async function build({ out, work }) {
  await compile({ entry: 'verify/assembly/index.ts', out, work });
}

await runBuild(import.meta, build);
