import { compile, decodingTables, runBuild } from '../lib/build.mjs';

/** Writes the plugin for the old office formats to `out`; `work` takes what is generated on the way. */
export async function build({ out, work }) {
  await compile({ entry: 'legacy/assembly/index.ts', out, work, generated: decodingTables() });
}

await runBuild(import.meta, build);
