import { compile, decodingTables, runBuild } from '../lib/build.mjs';
import { entitiesSource } from '../html/entities.mjs';

/** Writes the plugin for the old office formats to `out`; `work` takes what is generated on the way. */
export async function build({ out, work }) {
  const generated = { ...decodingTables(), 'entities.ts': entitiesSource() };
  await compile({ entry: 'legacy/assembly/index.ts', out, work, generated });
}

await runBuild(import.meta, build);
