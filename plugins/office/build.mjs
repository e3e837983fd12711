import { compile, decodingTables, runBuild } from '../lib/build.mjs';
import { entitiesSource } from '../html/entities.mjs';

/** Writes the office plugin to `out`; `work` takes what is generated on the way. */
export async function build({ out, work }) {
  const generated = { ...decodingTables(), 'entities.ts': entitiesSource() };
  await compile({ entry: 'office/assembly/index.ts', out, work, generated });
}

await runBuild(import.meta, build);
