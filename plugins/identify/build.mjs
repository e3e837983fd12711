import { compile, decodingTables, runBuild } from '../lib/build.mjs';

/** Writes the plugin that tells formats apart to `out`; `work` takes what is generated on the way. */
export async function build({ out, work }) {
  await compile({ entry: 'identify/assembly/index.ts', out, work, generated: decodingTables() });
}

await runBuild(import.meta, build);
