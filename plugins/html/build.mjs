import { compile, decodingTables, runBuild } from '../lib/build.mjs';
import { entitiesSource } from './entities.mjs';

/** Writes the HTML plugin to `out`; `work` takes what is generated on the way. */
export async function build({ out, work }) {
  const generated = { ...decodingTables(), 'entities.ts': entitiesSource() };
  await compile({ entry: 'html/assembly/index.ts', out, work, generated });
}

await runBuild(import.meta, build);
