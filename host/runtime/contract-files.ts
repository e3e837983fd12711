import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';
import type { ContractCoverage } from '../core/contract.ts';
import { coverageOf, parseContract } from '../core/contract.ts';
import { DIST, POLICIES } from './paths.ts';

/** What `npm test` writes. */
const resultsSchema = z.object({
  commit: z.string(),
  /** SHA-256 of what was tested, as {@link buildDigest} has it. */
  build: z.string(),
  tests: z.array(z.object({ file: z.string(), title: z.string(), passed: z.boolean() })),
});

/** The contract of this program against the results of its tests. */
export function readContractCoverage(): ContractCoverage {
  const contract = parseContract(readFileSync(new URL('CONTRACT.md', POLICIES), 'utf8'));
  const results = readResults();
  return {
    sentences: coverageOf(contract, results?.tests ?? []),
    results: results && { commit: results.commit, same_build: results.build === buildDigest() },
  };
}

function readResults(): z.infer<typeof resultsSchema> | null {
  const file = new URL('test-results.json', DIST);
  return existsSync(file) ? resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

/** Over the names and bytes of the built program, in the order of the names; scripts/test.mjs has the same. */
function buildDigest(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(DIST)
    .filter((found) => found.endsWith('.js'))
    .sort())
    hash.update(`${name}\n`).update(readFileSync(new URL(name, DIST)));
  return hash.digest('hex');
}
