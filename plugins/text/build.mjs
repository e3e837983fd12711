import { compile, decodingTables, runBuild } from '../lib/build.mjs';

/** Writes the plain-text plugin to `out`; `work` takes what is generated on the way. */
export async function build({ out, work }) {
  await compile({ entry: 'text/assembly/index.ts', out, work, generated: decodingTables() });
}

await runBuild(import.meta, build);
