import { CcosError } from '../core/error.ts';
import { newId } from '../core/id.ts';
import type { CallId } from '../core/id.ts';
import type { JsonObject } from '../core/json.ts';
import { join, labelOf } from '../core/label.ts';
import type { Label } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { BlobAccess, JudgedRef } from '../kernel/blob-access.ts';
import type { ChannelGrant, Channels } from '../kernel/channels.ts';
import type { Denials } from '../kernel/denials.ts';
import { NeedsApproval } from '../kernel/gate.ts';
import type { Gate, Judged, Place } from '../kernel/gate.ts';
import type { Run } from '../kernel/runs.ts';
import type { Session } from '../kernel/sessions.ts';
import type { Credential } from '../kernel/tokens.ts';
import type { LoadedVariant, OfferedVariant } from '../bundle/variant.ts';
import type { DecidedBlob } from '../kernel/transform-types.ts';
import type { AgentPlane, Looked } from './agent-plane.ts';
import type { TransformAnswer, Transformer } from './transform.ts';

interface Parts {
  readonly gate: Gate;
  readonly denials: Denials;
  readonly access: BlobAccess;
  readonly channels: Channels;
  readonly agents: AgentPlane;
  readonly transformer: Pick<Transformer, 'run'>;
  readonly world: World;
  readonly retentionMillis: () => number;
}

/** What an agent wants done. `args` go to the plugin as they are: nothing in them is looked up. */
export interface ExecuteRequest {
  readonly capability: string;
  readonly args: JsonObject;
  readonly refs: readonly string[];
  readonly justification: Parameters<BlobAccess['judge']>[0]['justification'];
  readonly run?: string | undefined;
}

/** Everything that a call is about, when all of it was found and nothing was decided yet. */
interface Asked {
  readonly id: CallId;
  readonly request: ExecuteRequest;
  readonly credential: Credential;
  readonly looked: Looked;
  readonly run: Run;
  readonly variant: LoadedVariant;
  readonly refs: readonly DecidedBlob[];
}

/** Calls by agents: what they name is found in their own session, and every step is decided first. */
export class Executor {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Resolves with what a transform releases. Anything else that is made of a chat reaches no agent. */
  async execute(
    credential: Credential,
    looked: Looked,
    request: ExecuteRequest,
  ): Promise<TransformAnswer> {
    const { session } = looked;
    const run = await this.#parts.agents.run(credential, session, request.run);
    const offered = await this.#parts.agents.capability(credential, request.capability);
    const id = newId('call', this.#parts.world);
    const place = { session: session.id, run: run.id, call: id };
    if (offered.manifest.kind !== 'transform')
      throw await this.#parts.denials.refuse(
        credential.id,
        this.#judgeExecute({ credential, variant: offered, place }, true), // it opens nothing of a chat
      );
    const variant = await offered.load();
    if (request.refs.length === 0) throw new CcosError('invalid_input', { field: 'body.refs' });
    const refs: DecidedBlob[] = [];
    for (const [handle, ref] of request.refs.entries()) {
      const { justification } = request;
      const asked = { ref, handle, target: variant.target, session: session.id, justification };
      const judged = await this.#parts.access.judge(asked, place);
      refs.push(await this.#demandRef(credential, judged));
    }
    const asked = { id, request, credential, looked, run, variant, refs };
    const grant = await this.#parts.channels.granted(
      session.connection,
      variant.target.capability.id,
    );
    if (grant !== null && variant.leak !== null)
      return this.#transform(asked, grant, variant.leak.bits);
    return this.#decide(asked, grant);
  }

  async #transform(asked: Asked, grant: ChannelGrant, leakBits: number): Promise<TransformAnswer> {
    const { id, request, credential, looked, run, variant, refs } = asked;
    const { session } = looked;
    if (!variant.validatesInput(request.args))
      throw new CcosError('invalid_input', { field: 'body.args' });
    const place = { session: session.id, run: run.id, call: id };
    await this.#parts.gate.admit([looked.judged]);
    return this.#parts.transformer.run({
      session,
      variant,
      grant,
      request: {
        id,
        caller: { kind: 'agent', id: credential.id },
        session: session.id,
        run,
        target: variant.target,
        args: request.args,
        execute: this.#judgeExecute({ credential, variant, place }, true),
        blobs: refs,
        leakBits,
        retentionMillis: this.#parts.retentionMillis(),
      },
    });
  }

  /** What is not released, or not granted: the decisions, one of which is against it. */
  async #decide(
    { id, credential, looked, run, variant, refs }: Asked,
    grant: ChannelGrant | null,
  ): Promise<never> {
    const { gate, agents } = this.#parts;
    const { session } = looked;
    const place = { session: session.id, run: run.id, call: id };
    const execute = this.#judgeExecute({ credential, variant, place }, grant !== null);
    const release = this.#judgeRelease(credential, labelOfAll(run, session, refs), place);
    try {
      await gate.admit([looked.judged, execute, ...refs.map(({ judged }) => judged), release]);
    } catch (failure) {
      if (!(failure instanceof NeedsApproval) || failure.kind !== 'channel.grant') throw failure;
      const approval = await agents.askFor(session, variant);
      throw new CcosError('approval_required', failure.detail, {
        ...failure.decision,
        approval_id: approval.id,
      });
    }
    throw new CcosError('internal', { why: 'raw_release' }); // the constitution stands against it
  }

  /** INV-AGENT-1: unknown, foreign, expired and purged are one answer. */
  async #demandRef({ id }: Credential, { facts, judged, row }: JudgedRef): Promise<DecidedBlob> {
    if (judged.verdict.decision === 'allow' && facts !== null) return { facts, judged, row };
    const error = await this.#parts.denials.refuse(id, judged, [row]);
    throw facts === null ? new CcosError('not_found', { what: 'ref' }) : error;
  }

  #judgeExecute(
    {
      credential,
      variant,
      place,
    }: { readonly credential: Credential; readonly variant: OfferedVariant; readonly place: Place },
    channelGranted: boolean,
  ): Judged {
    const { capability } = variant.target;
    return this.#parts.gate.judge(
      {
        action: 'execute',
        principal: { kind: 'agent', id: credential.id },
        capability,
        tenant: capability.tenant,
        approved: capability.enabled,
        channelGranted,
      },
      place,
    );
  }

  #judgeRelease(credential: Credential, label: Label, place: Place): Judged {
    const agent = { kind: 'agent', id: credential.id } as const;
    return this.#parts.gate.judge(
      {
        action: 'release',
        principal: agent,
        sink: agent,
        label,
        localDocument: false,
        releasedGrant: false,
        approved: false,
      },
      place,
    );
  }
}

/** The join of everything that the call could read, and of all that its run was told. */
function labelOfAll(run: Run, session: Session, refs: readonly DecidedBlob[]): Label {
  const classes = refs.map(({ facts }) => facts.class);
  return join(run.taint, labelOf(classes, [session.id]));
}
