import { entitiesSource } from '../html/entities.mjs';
import { compile, decodingTables, runBuild } from '../lib/build.mjs';

/** Writes the mail plugin to `out`; `work` takes what is generated on the way. */
export async function build({ out, work }) {
  const generated = { ...decodingTables(), 'entities.ts': entitiesSource() };
  await compile({ entry: 'mail/assembly/index.ts', out, work, generated });
}

await runBuild(import.meta, build);
