import type { LoadedVariant } from '../bundle/variant.ts';
import { CcosError, asCcosError } from '../core/error.ts';
import { canonicalJson } from '../core/json.ts';
import type { Json } from '../core/json.ts';
import { tagList } from '../core/label.ts';
import { answerTime, isToldFailure } from '../core/leak.ts';
import type { LimitValues } from '../core/limits.ts';
import type { World } from '../core/world.ts';
import type { OpenHandle } from '../kernel/calls.ts';
import type { ChannelGrant } from '../kernel/channels.ts';
import type { HostCallRecord } from '../kernel/call-types.ts';
import type { ConversationNames } from '../kernel/conversation-names.ts';
import type { ReleaseGuards } from '../kernel/release/guards.ts';
import type { Session } from '../kernel/sessions.ts';
import { RejectedOutput, claimsLabel } from '../kernel/release/rejection.ts';
import type { TransformRequest } from '../kernel/transform-types.ts';
import type { OpenTransform, Transforms } from '../kernel/transforms.ts';
import type { Sandbox } from '../sandbox/index.ts';
import type { Declassifier } from './declassify.ts';
import { runPlugin } from './plugin-run.ts';

interface Parts {
  readonly transforms: Transforms;
  readonly names: ConversationNames;
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly limits: () => Promise<LimitValues>;
  readonly wait: (millis: number) => Promise<void>;
  readonly declassifier: Pick<Declassifier, 'verify'>;
  /** What stands between an output and an agent. */
  readonly guardsFor: (opened: ConstructorParameters<typeof ReleaseGuards>[0]) => Guards;
}

/** What judges the outputs of one call. */
export type Guards = Pick<ReleaseGuards, 'judge'>;

/** A call with everything that was found out about it. */
export interface TransformCall {
  readonly request: TransformRequest;
  readonly session: Session;
  readonly variant: LoadedVariant;
  readonly grant: ChannelGrant;
}

/** What an agent is told: the value as the host has written it, and its label. */
export interface TransformAnswer {
  readonly call_id: string;
  readonly output: Json;
  readonly labels: readonly string[];
}

/**
 * A released transform, from decisions to answer: plugin, schema, guards, release. Whatever goes wrong, an
 * agent learns one of ten codes, and the answer comes at one of a few times (INV-LEAK-1).
 */
export class Transformer {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(call: TransformCall): Promise<TransformAnswer> {
    const { transforms, world, wait } = this.#parts;
    demandText(call.request);
    const open = await transforms.begin(call.request);
    const told = await this.#answer(call, open).catch(toldFailure);
    const elapsed = world.monotonic() - open.startedAt;
    await wait(answerTime(elapsed) - elapsed);
    if (told instanceof CcosError) throw told;
    return told;
  }

  async #answer(call: TransformCall, open: OpenTransform): Promise<TransformAnswer> {
    const { transforms, declassifier } = this.#parts;
    const hostCalls: HostCallRecord[] = [];
    try {
      const output = await this.#runPlugin(call, open, hostCalls);
      const value = await this.#check(call, open.handles, output);
      const text = canonicalJson(value);
      const claims = this.#claims(call);
      const passed = { text, granted: true, claims, hostCalls };
      const verified = await declassifier.verify(open, { value, text });
      const label = await transforms
        .release(open, { ...passed, verified })
        .catch((failure: unknown) => {
          // Another has had the last use of the approval: this result is redacted as any other.
          if (verified === null || asCcosError(failure).code !== 'conflict') throw failure;
          return transforms.release(open, { ...passed, verified: null });
        });
      return { call_id: call.request.id, output: value, labels: tagList(label) };
    } catch (error) {
      await transforms.fail(open, { error, hostCalls });
      throw error;
    }
  }

  async #runPlugin(
    { request, variant }: TransformCall,
    { handles }: OpenTransform,
    hostCalls: HostCallRecord[],
  ): Promise<Uint8Array> {
    const { sandbox, world, limits } = this.#parts;
    const { output } = await runPlugin(sandbox, world, {
      handles,
      variant,
      limits: await limits(),
      args: request.args,
      hostCalls,
      budget: { bytes: 0 },
    });
    return output;
  }

  /** The value of an output that may leave. Throws {@link RejectedOutput}. */
  async #check(
    { session, variant, grant }: TransformCall,
    handles: readonly OpenHandle[],
    output: Uint8Array,
  ): Promise<Json> {
    const { guardsFor, names, world } = this.#parts;
    const value = variant.readReleased(output);
    if (value === undefined) throw new RejectedOutput({ guard: 'schema' });
    const guards = guardsFor({
      sources: handles.map(({ bytes }) => new TextDecoder().decode(bytes)),
      names: await names.of(session),
      maxWords: grant.maxVerbatimWords,
      seed: Buffer.from(world.randomBytes(4)).readInt32LE(),
    });
    const finding = guards.judge(value, variant.leak?.keysVary ?? true);
    if (finding !== null) throw new RejectedOutput(finding);
    return value;
  }

  /** A manifest that says less of its output than it is, or arguments that speak of labels. */
  #claims({ variant, request }: TransformCall): boolean {
    return !variant.manifest.output.classes.includes('pii.redacted') || claimsLabel(request.args);
  }
}

/**
 * The guards compare with text. What is in a file is known only when it was extracted, and a file as it
 * stands would hide it from them.
 */
function demandText({ blobs }: TransformRequest): void {
  if (blobs.some(({ facts }) => facts.class === 'pii.attachment'))
    throw new CcosError('unsupported_type', {});
}

/** The one code of a failure, without a word of what it was about. */
function toldFailure(failure: unknown): CcosError {
  const error = asCcosError(failure);
  return isToldFailure(error.code) ? new CcosError(error.code, {}) : error;
}
