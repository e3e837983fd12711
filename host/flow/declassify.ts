import type { Registry } from '../bundle/registry.ts';
import type { LoadedVariant } from '../bundle/variant.ts';
import { CcosError, asCcosError } from '../core/error.ts';
import { canonicalJson } from '../core/json.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { FIXED } from '../core/limits.ts';
import type { LimitValues } from '../core/limits.ts';
import { parseStrictJson } from '../core/strict-json.ts';
import type { World } from '../core/world.ts';
import type { Actions } from '../kernel/actions.ts';
import type { HostCallRecord } from '../kernel/calls.ts';
import type { Covering, Declassifications } from '../kernel/declassifications.ts';
import type { Verified } from '../kernel/transform-types.ts';
import type { OpenTransform } from '../kernel/transforms.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { runPlugin } from './plugin-run.ts';

interface Parts {
  readonly registry: Registry;
  readonly actions: Actions;
  readonly declassifications: Declassifications;
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly limits: () => Promise<LimitValues>;
}

/** A result that has passed every check of a release, as a value and as exactly what would leave. */
interface Result {
  readonly value: Json;
  readonly text: string;
}

/** Has the verifier that an approval names look at a result. */
export class Declassifier {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * What makes exactly this result public; null where no approval covers it, and where its verifier does
   * not say `{"ok": true}` of it, whatever else it does: the result stays what it is (D0.1-e).
   */
  async verify(open: OpenTransform, result: Result): Promise<Verified | null> {
    const { target, run } = open.request;
    const covering = await this.#parts.declassifications.covering({
      capability: target.capability.id,
      publisher: target.plugin.publisher,
      run: run.id,
      bytes: Buffer.byteLength(result.text),
    });
    const verifier = covering === null ? undefined : await this.#verifier(covering);
    if (covering === null || verifier === undefined) return null;
    const args = { output: result.value };
    if (!verifier.validatesInput(args)) return null;
    const call = await this.#ask(open, verifier, args);
    if (call === null) return null;
    const { approval, guards } = covering;
    return { approval, guards, verifier: covering.verifier, call, text: result.text };
  }

  /** Exactly the code that the approval names, while it may be called. */
  async #verifier({ verifier, verifierSha256 }: Covering): Promise<LoadedVariant | undefined> {
    const found = (await this.#parts.registry.variants()).find(
      ({ manifest, target }) =>
        manifest.kind === 'verifier' &&
        target.capability.enabled &&
        target.capability.id === verifier &&
        target.codeSha256 === verifierSha256,
    );
    return found?.load();
  }

  /** The id of the call that passed it. It is the operator, by his approval, who has the verifier called. */
  async #ask(
    { request, label }: OpenTransform,
    variant: LoadedVariant,
    args: { readonly output: Json },
  ): Promise<string | null> {
    const { actions } = this.#parts;
    const call = await actions.begin({
      caller: { kind: 'operator', id: 'operator' },
      ...{ session: request.session, run: request.run.id, target: variant.target, floor: label },
      ...{ hosts: [], args: canonicalJson(args), opens: [] },
    });
    const hostCalls: HostCallRecord[] = [];
    const outcome = await this.#judgement(variant, args, hostCalls);
    await actions.conclude(call, { outcome, hostCalls });
    return outcome === 'passed' ? call.id : null;
  }

  async #judgement(
    variant: LoadedVariant,
    args: { readonly output: Json },
    hostCalls: HostCallRecord[],
  ): Promise<string> {
    const { sandbox, world, limits } = this.#parts;
    try {
      const { output } = await runPlugin(sandbox, world, {
        ...{ variant, args, hostCalls },
        handles: [],
        limits: await limits(),
        budget: { bytes: 0 },
      });
      return saysYes(variant, output) ? 'passed' : 'refused';
    } catch (failure) {
      return asCcosError(failure).code;
    }
  }
}

function saysYes(variant: LoadedVariant, output: Uint8Array): boolean {
  const value = parseStrictJson(output, {
    depth: FIXED.schemaDepth,
    canonical: false,
    refuse: (why) => new CcosError('transform_rejected', { why }),
  });
  if (!variant.validatesOutput(value)) throw new CcosError('transform_rejected', { why: 'schema' });
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    (value as JsonObject)['ok'] === true
  );
}
