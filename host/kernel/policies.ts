import type { StoredPack } from '../core/home.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import type { LintProblem } from '../policy/lint.ts';
import type { MatteringFact } from '../policy/mattering.ts';
import { factsThatMatter } from '../policy/mattering.ts';
import type { Question } from '../policy/question.ts';
import { SAMPLES } from '../policy/sample.ts';
import type { Cell } from '../policy/table.ts';
import { policyTable } from '../policy/table.ts';
import type { Rule } from '../policy/rule.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { AskedQuestion } from './question-schema.ts';
import { toAsked } from './question-schema.ts';

/** The pack that decides. It is replaced as a whole, and only by an approval. */
export interface InForce {
  engine: PolicyEngine;
  pack: StoredPack;
}

interface Parts {
  readonly inForce: InForce;
  /** The id of the key that signs packs in this home. */
  readonly signer: string;
}

/** A decision that was not made: nothing is recorded and nothing follows. */
export interface DryRun {
  readonly verdict: Verdict;
  readonly facts: readonly MatteringFact[];
  readonly policy: { readonly version: string; readonly sha256: string };
}

/** What the operator's own files say: those of a whole pack, or some in the place of those in force. */
export interface GivenFiles {
  readonly files: ReadonlyMap<string, string>;
  readonly whole: boolean;
}

/** Looking at policy: what holds, what it would say, what is wrong with files of it. */
export class Policies {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  show(): {
    readonly version: string;
    readonly sha256: string;
    readonly signer: string;
    readonly files: readonly { readonly name: string; readonly sha256: string }[];
    readonly rules: readonly Rule[];
  } {
    const { inForce, signer } = this.#parts;
    const { version, sha256, rules } = inForce.engine;
    const files = [...inForce.pack.files].map(([name, text]) => ({
      name,
      sha256: sha256Hex(text),
    }));
    return { version, sha256, signer, files, rules };
  }

  table(): readonly Cell[] {
    return policyTable(this.#parts.inForce.engine);
  }

  /** The same decision as the gate would make, and what it hangs on. */
  evaluate(question: Question): DryRun {
    const { engine } = this.#parts.inForce;
    const { version, sha256 } = engine;
    const verdict = engine.decide(question);
    return { verdict, facts: factsThatMatter(engine, question), policy: { version, sha256 } };
  }

  /** A question of each kind, for whoever writes one. */
  examples(): Readonly<Record<string, AskedQuestion>> {
    const examples = Object.entries(SAMPLES).map(([action, sample]) => [action, toAsked(sample)]);
    return Object.fromEntries(examples) as Record<string, AskedQuestion>;
  }

  async lint(given: GivenFiles): Promise<readonly LintProblem[]> {
    const { lintPack } = await import('../policy/lint.ts');
    return lintPack(this.packOf(given));
  }

  /** The pack that the given files make; without any, the one in force. */
  packOf({ files, whole }: GivenFiles): ReadonlyMap<string, string> {
    const { pack } = this.#parts.inForce;
    return new Map([...(whole ? [] : pack.files), ...files]);
  }
}
