import { compile, runBuild } from '../lib/build.mjs';

/** Writes the network plugin to `out`; `work` takes what is generated on the way. */
export async function build({ out, work }) {
  await compile({ entry: 'net/assembly/index.ts', out, work });
}

await runBuild(import.meta, build);
