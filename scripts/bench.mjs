// `npm run bench`: the speeds that matter, each against a peer measured in the same run. What is slow is
// said, not failed: machines differ.
//   NAME…            only these rows: extract-once extract-warm call host-call appends verify gateway guards gate
//                    ocr size
//   --corpus DIR     a folder with PDFs; bundles/documents/samples by default
//   --pdf FILE       the one for extract-once; the largest of the corpus by default
//   --million        verifies 1,000,000 rows and not 100,000
//   --quick          looks at the gateway's memory after 2 s and not after 60
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, inRoot, requireNode, ROOT } from './setup.mjs';

requireNode();
ensurePackages();
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    corpus: { type: 'string', default: inRoot('bundles', 'documents', 'samples') },
    pdf: { type: 'string' },
    million: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const corpus = path.resolve(values.corpus);
const pdfs = readdirSync(corpus)
  .filter((name) => name.toLowerCase().endsWith('.pdf'))
  .map((name) => path.join(corpus, name))
  .sort((a, b) => statSync(b).size - statSync(a).size);
if (pdfs.length === 0) {
  process.stderr.write('no PDF in the corpus\n');
  process.exit(2);
}
const given = {
  pdfs,
  pdf: values.pdf === undefined ? pdfs[0] : path.resolve(values.pdf),
  rows: values.million ? 1_000_000 : 100_000,
  quick: values.quick,
};

process.chdir(ROOT);
const { buildAll } = await import('./build.mjs');
await buildAll();
const { machine } = await import('./bench/measure.mjs');
const { printTable } = await import('./bench/table.mjs');
const ROWS = {
  'extract-once': async () => (await import('./bench/extract-once.mjs')).extractOnce(given),
  'extract-warm': async () => (await import('./bench/extract-warm.mjs')).extractWarm(given),
  call: async () => (await import('./bench/call.mjs')).call(),
  'host-call': async () => (await import('./bench/host-call.mjs')).hostCall(),
  appends: async () => (await import('./bench/chain.mjs')).appends(),
  verify: async () => (await import('./bench/chain.mjs')).verify(given),
  gateway: async () => (await import('./bench/gateway.mjs')).gatewayCost(given),
  guards: async () => (await import('./bench/guards.mjs')).guards(),
  gate: async () => (await import('./bench/gate.mjs')).gate(),
  ocr: async () => (await import('./bench/ocr.mjs')).ocr(),
  size: async () => (await import('./bench/size.mjs')).size(),
};
const unknown = positionals.find((name) => !(name in ROWS));
if (unknown !== undefined) {
  process.stderr.write(`the rows are: ${Object.keys(ROWS).join(' ')}\n`);
  process.exit(2);
}

const table = [];
for (const [name, measure] of Object.entries(ROWS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  process.stderr.write(`measuring ${name}; ${machine()}\n`);
  try {
    table.push(...(await measure()));
  } catch (failure) {
    table.push({
      row: name,
      measured: `${failure} ${failure.cause ?? ''}`.trim(),
      verdict: 'not measured',
    });
  }
}
process.stdout.write(`${machine()}\n`);
printTable(table);
