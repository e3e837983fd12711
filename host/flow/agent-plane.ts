import type { Registry } from '../bundle/registry.ts';
import type { OfferedVariant } from '../bundle/variant.ts';
import { CcosError } from '../core/error.ts';
import { PUBLIC } from '../core/label.ts';
import { LOCAL_SESSION } from '../core/run.ts';
import type { Approval } from '../kernel/approval-request.ts';
import type { Channels } from '../kernel/channels.ts';
import type { Declassifications } from '../kernel/declassifications.ts';
import type { Denials } from '../kernel/denials.ts';
import type { Gate, Judged } from '../kernel/gate.ts';
import type { ListedEvent, Messages } from '../kernel/messages.ts';
import type { Run, Runs } from '../kernel/runs.ts';
import type { Session, Sessions } from '../kernel/sessions.ts';
import type { Credential } from '../kernel/tokens.ts';
import type { ApprovalWatches } from '../kernel/watches.ts';

interface Parts {
  readonly gate: Gate;
  readonly denials: Denials;
  readonly sessions: Sessions;
  readonly runs: Runs;
  readonly messages: Messages;
  readonly channels: Channels;
  readonly declassifications: Declassifications;
  readonly watches: ApprovalWatches;
  readonly registry: Registry;
  readonly tenant: string;
}

/** What an agent sees of a session: counts, and refs without a size, a type, a name or a time. */
export interface AgentSession {
  readonly id: string;
  readonly run: string | null;
  readonly events: number;
  readonly messages: number;
}

export interface AgentPage {
  readonly session: AgentSession;
  readonly events: readonly ListedEvent[];
}

/** What an agent asks for; the results of `capability` are passed by `verifier`, both by name. */
interface DeclassificationWanted {
  readonly session: string | undefined;
  readonly run: string | undefined;
  readonly capability: string;
  readonly verifier: string;
  readonly maxBytes: number;
  readonly maxUses: number;
}

/** A session that may be looked at, and the decision that it may. */
export interface Looked {
  readonly session: Session;
  readonly judged: Judged;
}

const NOT_FOUND = { type: 'request.refused', data: { code: 'not_found', skipped: 0 } } as const;

/** What an agent can look at and ask for. Everything that it names is looked up in its own session. */
export class AgentPlane {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The same, with the decision on the chain. */
  async observe(credential: Credential, wanted: string | undefined): Promise<Session> {
    const looked = await this.look(credential, wanted);
    await this.admit(looked);
    return looked.session;
  }

  async admit({ judged }: Looked): Promise<void> {
    await this.#parts.gate.admit([judged]);
  }

  /**
   * The session that a credential may look at, with the decision, which whoever goes on must admit with
   * what he does: else each guess at something in the session would be a row. A credential that is for one session is refused every
   * other in the same way, whether there is such a one or not.
   */
  async look(credential: Credential, wanted: string | undefined): Promise<Looked> {
    const { denials } = this.#parts;
    const id = wanted ?? credential.session;
    if (id === null) throw new CcosError('invalid_input', { field: 'session' });
    if (credential.session !== null && credential.session !== id)
      throw await denials.refuse(credential.id, this.#judgeObserve(credential, null));
    const session = await this.#find(id);
    if (session === null) throw await this.#notFound(credential, 'session');
    const judged = this.#judgeObserve(credential, session);
    if (judged.verdict.decision !== 'allow') throw await denials.refuse(credential.id, judged);
    return { session, judged };
  }

  /** Null for a session that the credential is not for, whichever it is. */
  #judgeObserve({ id }: Credential, session: Session | null): Judged {
    const { gate, tenant } = this.#parts;
    const facts =
      session === null
        ? { id: 'other', tenant, frozen: false }
        : { ...session, frozen: session.state === 'frozen' };
    return gate.judge(
      {
        action: 'observe',
        principal: { kind: 'agent', id },
        session: facts,
        tenant,
        scoped: session !== null,
      },
      session === null ? {} : { session: session.id },
    );
  }

  /** Those that a credential may look at, the oldest first. */
  async list(
    { session }: Credential,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly AgentSession[]> {
    const { sessions } = this.#parts;
    const own = session === null ? null : await this.#find(session);
    const found = session === null ? await sessions.list(page) : own === null ? [] : [own];
    const chats = found.filter(({ id, state }) => state === 'active' && id !== LOCAL_SESSION);
    return Promise.all(chats.map((chat) => this.#describe(chat)));
  }

  async page(
    session: Session,
    page: { readonly after: number; readonly limit: number },
  ): Promise<AgentPage> {
    const events = await this.#parts.messages.page(session.id, page.after, page.limit);
    return { session: await this.#describe(session), events };
  }

  /** Asks the operator to let a capability read the channel of the session. */
  async requestGrant(
    credential: Credential,
    wanted: { readonly session: string | undefined; readonly capability: string },
  ): Promise<Approval> {
    const { session, judged } = await this.look(credential, wanted.session);
    const variant = await this.capability(credential, wanted.capability);
    await this.#parts.gate.admit([judged]);
    return this.askFor(session, variant);
  }

  /** Asks the operator to let results of a transform count as public in a run, where a verifier passes them. */
  async requestDeclassification(
    credential: Credential,
    wanted: DeclassificationWanted,
  ): Promise<Approval> {
    const { session, judged } = await this.look(credential, wanted.session);
    const run = await this.run(credential, session, wanted.run);
    const { target, manifest } = await this.capability(credential, wanted.capability);
    const verifier = await this.capability(credential, wanted.verifier);
    if (manifest.output.kind !== 'released')
      throw new CcosError('invalid_input', { field: 'body.capability' });
    if (verifier.manifest.kind !== 'verifier')
      throw new CcosError('invalid_input', { field: 'body.verifier' });
    await this.#parts.gate.admit([judged]);
    const asked = {
      capability: target.capability.id,
      publisher: target.plugin.publisher,
      verifier: verifier.target.capability.id,
      verifierSha256: verifier.target.codeSha256,
      ...{ session: session.id, run: run.id },
      ...{ maxBytes: wanted.maxBytes, maxUses: wanted.maxUses },
    };
    return this.#parts.watches.ask(session.id, (requester) =>
      this.#parts.declassifications.request(asked, requester),
    );
  }

  async askFor(session: Session, { target, load }: OfferedVariant): Promise<Approval> {
    const { leak } = await load();
    const wanted = {
      channel: session.connection,
      capability: target.capability.id,
      ...(leak !== null && { leakBits: leak.bits }),
    };
    return this.#parts.watches.ask(session.id, (requester) =>
      this.#parts.channels.requestGrant(wanted, requester),
    );
  }

  /** Throws `not_found`, for what is not enabled as well. */
  async capability(credential: Credential, id: string): Promise<OfferedVariant> {
    const variants = await this.#parts.registry.variants();
    const found = variants.find(({ target }) => target.name === id && target.capability.enabled);
    if (found !== undefined) return found;
    throw await this.#notFound(credential, 'capability');
  }

  /** A call belongs to a run of its session that is under way. */
  async run(credential: Credential, session: Session, wanted: string | undefined): Promise<Run> {
    const { runs } = this.#parts;
    if (wanted === undefined) return runs.ofSession(session.id);
    const run = await runs.lookUp(wanted, session.id);
    if (run === null) throw await this.#notFound(credential, 'run');
    if (run.state !== 'active') throw new CcosError('run_terminal', { state: run.state });
    return run;
  }

  /** Throws `not_found` for what was not asked for in this session. */
  async approval(
    credential: Credential,
    wanted: { readonly session: string | undefined; readonly id: string },
  ): Promise<Approval> {
    const { session, judged } = await this.look(credential, wanted.session);
    const approval = await this.#parts.watches.find(wanted.id, session.id);
    if (approval === null) throw await this.#notFound(credential, 'approval');
    await this.#parts.gate.admit([judged]);
    return approval;
  }

  /** That something which is public may go to an agent. */
  async admitPublic(credential: Credential): Promise<void> {
    const { gate } = this.#parts;
    const agent = { kind: 'agent', id: credential.id } as const;
    const judged = gate.judge({
      action: 'release',
      principal: agent,
      sink: agent,
      label: PUBLIC,
      localDocument: false,
      releasedGrant: false,
      approved: false,
    });
    await gate.admit([judged]);
  }

  async #notFound({ id }: Credential, what: string): Promise<CcosError> {
    await this.#parts.denials.record(id, [NOT_FOUND]);
    return new CcosError('not_found', { what });
  }

  /** Nobody's agent looks at the terminal. */
  async #find(id: string): Promise<Session | null> {
    return id === LOCAL_SESSION ? null : this.#parts.sessions.lookUp(id);
  }

  async #describe({ id }: Session): Promise<AgentSession> {
    const run = await this.#parts.runs.currentOf(id);
    return { id, run: run?.id ?? null, ...(await this.#parts.messages.count(id)) };
  }
}
