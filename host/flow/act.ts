import type { Registry } from '../bundle/registry.ts';
import type { LoadedVariant } from '../bundle/variant.ts';
import { CcosError } from '../core/error.ts';
import { canonicalJson } from '../core/json.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { PUBLIC, tagList } from '../core/label.ts';
import { FIXED } from '../core/limits.ts';
import type { LimitValues } from '../core/limits.ts';
import { parseStrictJson } from '../core/strict-json.ts';
import type { World } from '../core/world.ts';
import type { Powers } from '../host-functions/scope.ts';
import type { Actions, OpenAction } from '../kernel/actions.ts';
import type { HostCallRecord } from '../kernel/calls.ts';
import type { FileEgress } from '../kernel/file-egress.ts';
import { NeedsApproval } from '../kernel/gate.ts';
import type { HttpEgress } from '../kernel/http-egress.ts';
import type { Approvals } from '../kernel/approvals.ts';
import { claimsLabel } from '../kernel/release/rejection.ts';
import type { Runs } from '../kernel/runs.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { runPlugin } from './plugin-run.ts';

interface Parts {
  readonly registry: Registry;
  readonly actions: Actions;
  readonly approvals: Approvals;
  readonly runs: Runs;
  readonly http: HttpEgress;
  readonly files: FileEgress;
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly limits: () => Promise<LimitValues>;
}

/** Who wants an action done; without a run it is a command of the operator, with a run of its own. */
export interface ActRequest {
  readonly capability: string;
  readonly args: JsonObject;
  /** Without a run, the one that its session has. */
  readonly agent?: {
    readonly id: string;
    readonly session: string;
    readonly run: string | undefined;
  };
  readonly signal?: AbortSignal;
}

export interface ActResult {
  readonly output: unknown;
  readonly labels: readonly string[];
  readonly call_id: string;
}

/** Where a call belongs, and what its beginning and its end make durable. */
interface Part {
  readonly run: string;
  readonly session: string;
  readonly floor: typeof PUBLIC;
  readonly opens: ReturnType<Runs['command']>['opens'];
  readonly ends: (state: 'done' | 'failed') => readonly ReturnType<Runs['ends']>[];
}

/** Actions of plugins, in order: chosen, judged, run with the powers of their manifest, checked, released. */
export class Actor {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async act(request: ActRequest): Promise<ActResult> {
    const variant = await this.#choose(request);
    const part = await this.#partOf(request);
    const action = await this.#begin(request, variant, part);
    const hostCalls: HostCallRecord[] = [];
    try {
      const output = await this.#run(request, { variant, action, hostCalls });
      const text = JSON.stringify(output);
      await this.#parts.actions.succeed(action, {
        bytes: Buffer.byteLength(text),
        claims: claimsLabel(request.args) || claimsLabel(output),
        hostCalls,
        ends: part.ends('done'),
      });
      return { output, labels: tagList(action.source.label), call_id: action.id };
    } catch (error) {
      await this.#parts.actions.fail(action, { error, hostCalls, ends: part.ends('failed') });
      throw error;
    }
  }

  async #choose({ capability, args }: ActRequest): Promise<LoadedVariant> {
    const all = await this.#parts.registry.variants();
    const offered = all.filter(
      ({ manifest }) => manifest.id === capability && manifest.kind === 'action',
    );
    const chosen = offered.find(({ target }) => target.capability.enabled) ?? offered[0];
    if (chosen === undefined) throw new CcosError('not_found', { what: 'capability' });
    const bytes = Buffer.byteLength(JSON.stringify(args));
    if (bytes > FIXED.actionBytes)
      throw new CcosError('too_large', { bytes, limit: FIXED.actionBytes });
    const variant = await chosen.load();
    if (!variant.validatesInput(args)) throw new CcosError('invalid_input', { field: 'args' });
    return variant;
  }

  async #partOf({ agent }: ActRequest): Promise<Part> {
    const { runs } = this.#parts;
    if (agent === undefined) {
      const { id, opens } = runs.command();
      const ends = (state: 'done' | 'failed') => [runs.ends(id, state)];
      return { run: id, session: 'local', floor: PUBLIC, opens, ends };
    }
    const { id, session, taint, state } =
      agent.run === undefined
        ? await runs.ofSession(agent.session)
        : await runs.get(agent.run, agent.session);
    if (state !== 'active') throw new CcosError('run_terminal');
    return { run: id, session, floor: taint, opens: [], ends: () => [] };
  }

  async #begin(
    { agent, args }: ActRequest,
    { target, manifest }: LoadedVariant,
    { run, session, floor, opens }: Part,
  ): Promise<OpenAction> {
    const caller =
      agent === undefined
        ? ({ kind: 'operator', id: 'operator' } as const)
        : ({ kind: 'agent', id: agent.id } as const);
    try {
      return await this.#parts.actions.begin({
        ...{ caller, session, run, target, floor, opens },
        hosts: manifest.hosts,
        args: canonicalJson(args),
      });
    } catch (error) {
      if (!(error instanceof NeedsApproval)) throw error;
      const pending = await this.#parts.approvals.list('pending');
      const approval = pending.find(
        ({ kind, subject }) => kind === error.kind && subject === target.name,
      );
      throw new CcosError('approval_required', error.detail, {
        ...error.decision,
        ...(approval !== undefined && { approval_id: approval.id }),
      });
    }
  }

  async #run(
    { args, signal }: ActRequest,
    of: {
      readonly variant: LoadedVariant;
      readonly action: OpenAction;
      readonly hostCalls: HostCallRecord[];
    },
  ): Promise<Json> {
    const { sandbox, world, limits } = this.#parts;
    const { variant, action, hostCalls } = of;
    const { output } = await runPlugin(sandbox, world, {
      ...{ variant, args, hostCalls },
      handles: [],
      limits: await limits(),
      budget: { bytes: 0 },
      powers: this.#powersOf(action, signal),
      ...(signal !== undefined && { signal }),
    });
    const value = parseStrictJson(output, {
      depth: FIXED.schemaDepth,
      canonical: false,
      refuse: (why) => new CcosError('transform_rejected', { why }),
    });
    if (!variant.validatesOutput(value))
      throw new CcosError('transform_rejected', { why: 'schema' });
    return value;
  }

  #powersOf({ source }: OpenAction, signal?: AbortSignal): Powers {
    const { http, files } = this.#parts;
    return {
      http: (request) => http.send(source, request, signal),
      write: (request) => files.write(source, request),
    };
  }
}
