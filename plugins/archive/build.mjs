import { compile, decodingTables, runBuild } from '../lib/build.mjs';

/** Writes the archive plugin to `out`; `work` takes what is generated on the way. */
export async function build({ out, work }) {
  const generated = decodingTables();
  await compile({ entry: 'archive/assembly/index.ts', out, work, generated });
}

await runBuild(import.meta, build);
