// Which tests passed, for `ccos doctor --contract`: dist/test-results.json. The results of a run replace those
// of the same files; others stay as long as what they tested has not been built anew.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './setup.mjs';

const FILE = inRoot('dist', 'test-results.json');

/** `reports` are what vitest's JSON reporter wrote, one for each runtime; a test passes on all of them. */
export function writeResults(reports) {
  const build = buildDigest();
  const tests = new Map();
  const add = (test) => {
    const key = `${test.file}\n${test.title}`;
    tests.set(key, { ...test, passed: test.passed && tests.get(key)?.passed !== false });
  };
  const ran = reports.flatMap(testsOf);
  const files = new Set(ran.map(({ file }) => file));
  for (const test of resultsOf(build)) if (!files.has(test.file)) add(test);
  for (const test of ran) add(test);
  writeFileSync(FILE, JSON.stringify({ commit: commit(), build, tests: [...tests.values()] }));
}

/** Those that are there, of this build. */
function resultsOf(build) {
  const before = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
  return before.build === build ? before.tests : [];
}

/** A skipped test says nothing. */
function testsOf({ testResults }) {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ ancestorTitles, title, status }) => ({
        file: path.relative(inRoot('.'), name).replaceAll(path.sep, '/'),
        title: [...ancestorTitles, title].join(' › '),
        passed: status === 'passed',
      })),
  );
}

/** As host/runtime/contract-files.ts computes it. */
function buildDigest() {
  const hash = createHash('sha256');
  const programs = readdirSync(inRoot('dist')).filter((name) => name.endsWith('.js'));
  for (const name of programs.sort())
    hash.update(`${name}\n`).update(readFileSync(inRoot('dist', name)));
  return hash.digest('hex');
}

function commit() {
  try {
    const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
    return `${git('rev-parse', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' and changes'}`;
  } catch {
    return 'unknown';
  }
}
