// Each invariant of policies/INVARIANTS.md is cited by the code that enforces it and by a test.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './setup.mjs';

const idsIn = (text) => new Set(text.match(/INV-[A-Z]+-\d+/g));
const idsUnder = (folder, ending) =>
  idsIn(
    readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => readFileSync(path.join(inRoot(folder), name), 'utf8'))
      .join('\n'),
  );

const declared = idsIn(readFileSync(inRoot('policies', 'INVARIANTS.md'), 'utf8'));
const enforced = idsUnder('host', '.ts');
const tested = idsUnder('test', '.ts');
const complaints = [
  ...[...declared].filter((id) => !enforced.has(id)).map((id) => `${id}: no code names it`),
  ...[...declared].filter((id) => !tested.has(id)).map((id) => `${id}: no test names it`),
  ...[...enforced, ...tested].filter((id) => !declared.has(id)).map((id) => `${id}: not declared`),
];
for (const line of complaints) process.stdout.write(`${line}\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
