import { CcosError } from '../core/error.ts';
import type { Cedar } from './cedar.ts';
import { loadCedar } from './cedar.ts';
import type { PolicyEngine } from './engine.ts';
import { makeEngine } from './engine.ts';
import type { Rule } from './rule.ts';
import { CONSTITUTION_FILE, joined, readRules, refused, ruleNumber } from './rule.ts';
import { isShallow } from './shape.ts';

/** The files of a pack: name (no folder) to text. One `*.cedarschema`, any number of `*.cedar`. */
export type PackSource = ReadonlyMap<string, string>;

/** Which pack it is; the digest is computed, and its signature checked, by whoever read the files. */
export interface PackIdentity {
  readonly version: string;
  /** Hex. */
  readonly sha256: string;
}

export interface ParsedPack {
  readonly schema: string;
  readonly rules: readonly Rule[];
}

/**
 * A pack that parses, validates strictly and without warnings, and whose rules are all named.
 * Throws `integrity` with `why`: one of the words of {@link readRules}, `files`, `depth`,
 * `duplicate`, `schema` or `validation`, and the rule's id where one is known; `policy_unavailable` without Cedar.
 */
export async function loadPack(source: PackSource, identity: PackIdentity): Promise<PolicyEngine> {
  const cedar = await loadCedar();
  try {
    return parseEngine(cedar, source, identity);
  } catch (failure) {
    // What Cedar throws quotes the text.
    throw failure instanceof CcosError ? failure : refused('syntax');
  }
}

function parseEngine(cedar: Cedar, source: PackSource, identity: PackIdentity): PolicyEngine {
  const pack = parsePack(cedar, source);
  const name = takeName();
  try {
    return keepPack(cedar, { name, pack, identity });
  } catch (failure) {
    freeNames.push(name);
    throw failure;
  }
}

interface Named {
  readonly name: string;
  readonly pack: ParsedPack;
  readonly identity: PackIdentity;
}

function keepPack(cedar: Cedar, { name, pack, identity }: Named): PolicyEngine {
  if (cedar.preparseSchema(name, pack.schema).type !== 'success') throw refused('schema');
  validate(cedar, pack);
  const parsed = cedar.preparsePolicySet(name, { staticPolicies: joined(pack.rules) });
  if (parsed.type !== 'success') throw refused('syntax');
  const dispose = (): void => void freeNames.push(name);
  return makeEngine({ cedar, name, identity, rules: pack.rules, dispose });
}

export function parsePack(cedar: Cedar, source: PackSource): ParsedPack {
  const names = [...source.keys()].sort();
  const schemas = names.filter((name) => name.endsWith('.cedarschema'));
  const policies = names.filter((name) => name.endsWith('.cedar'));
  const schema = source.get(schemas[0] ?? '');
  const complete = schemas.length + policies.length === names.length && schemas.length === 1;
  if (schema === undefined || !complete || !policies.includes(CONSTITUTION_FILE))
    throw refused('files');
  if (![...source.values()].every(isShallow)) throw refused('depth');
  const rules = policies.flatMap((name) => readRules(cedar, name, source.get(name) ?? ''));
  refuseDuplicates(rules);
  return { schema, rules };
}

function refuseDuplicates(rules: readonly Rule[]): void {
  const seen = new Set<string>();
  for (const { id } of rules) {
    if (seen.has(id)) throw refused('duplicate', id);
    seen.add(id);
  }
}

/** A warning refuses too: Cedar warns of a rule that can never apply, which in a forbid is a hole. */
function validate(cedar: Cedar, { schema, rules }: ParsedPack): void {
  const answer = cedar.validate({ schema, policies: { staticPolicies: joined(rules) } });
  if (answer.type !== 'success') throw refused('schema');
  const [problem] = [...answer.validationErrors, ...answer.validationWarnings];
  if (problem !== undefined) throw refused('validation', rules[ruleNumber(problem.policyId)]?.id);
  if (answer.otherWarnings.length > 0) throw refused('validation');
}

let names = 0;
const freeNames: string[] = [];

/** Cedar keeps what it parsed under a global name; another one leaves the active pack alone. */
function takeName(): string {
  names += 1;
  return freeNames.pop() ?? `pack-${String(names)}`;
}
