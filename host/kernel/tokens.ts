import { CcosError } from '../core/error.ts';
import { newId, parseId } from '../core/id.ts';
import type { World } from '../core/world.ts';
import { newToken, proofOf, sameHash, tokenHash } from '../crypto/token.ts';
import type { Acts } from './acts.ts';
import type { Gate } from './gate.ts';
import type { Plane, TokenRecord } from './standing.ts';

/** Who a credential says one is. Scopes come from here and from nowhere else. */
export interface Credential {
  readonly plane: Plane;
  readonly id: string;
  readonly session: string | null;
  readonly channel: string | null;
}

/** The part of its plane that a credential is for. */
interface Scope {
  readonly session?: string | null;
  readonly channel?: string | null;
}

const ADMIN: Credential = { plane: 'admin', id: 'operator', session: null, channel: null };

/** The credentials of the planes: the home's own admin token, and those that were made. */
export class Tokens {
  readonly #acts: Acts;
  readonly #gate: Gate;
  readonly #world: World;
  readonly #adminHash: string;
  /** Shows a client of this home that this is its gateway, before the client sends a token. */
  readonly prove: (nonce: string) => string;

  constructor(parts: {
    readonly acts: Acts;
    readonly gate: Gate;
    readonly world: World;
    readonly adminToken: string;
  }) {
    this.#acts = parts.acts;
    this.#gate = parts.gate;
    this.#world = parts.world;
    this.#adminHash = tokenHash(parts.adminToken);
    this.prove = (nonce) => proofOf(parts.adminToken, nonce);
  }

  /** Null for a token that the operator has not made, or has revoked (INV-TRUST-2). */
  authenticate(token: string): Credential | null {
    const hash = tokenHash(token);
    if (sameHash(hash, this.#adminHash)) return ADMIN;
    const record = this.#acts.standing.token(hash);
    if (record === null) return null;
    const { plane, id, session, channel } = record;
    return { plane, id, session, channel };
  }

  /** The token itself is in the answer and nowhere else. */
  async create(
    plane: Plane,
    { session = null, channel = null }: Scope = {},
  ): Promise<{ readonly token: string; readonly id: string }> {
    const token = newToken();
    const id = newId('t', this.#world);
    const facts = { plane, session, channel, hash: tokenHash(token), created: this.#world.now() };
    const data = { token: id, plane, ...(channel !== null && { channel }) };
    await this.#acts.turn((record) =>
      record([{ act: 'token.create', token: id, ...facts }], (changes) =>
        this.#gate.admit([this.#judge('createToken')], {
          rows: [{ type: 'token.created', data }],
          changes,
          checkpoint: true,
        }),
      ),
    );
    return { token, id };
  }

  /** Whether a credential that was good still is: for what outlives its request. */
  isLive({ id }: Credential): boolean {
    if (id === ADMIN.id) return true; // as long as the home has that token
    return this.list().some((token) => token.id === id && token.revoked === null);
  }

  /** The newest first. */
  list(): readonly TokenRecord[] {
    return this.#acts.standing.tokens();
  }

  async revoke(raw: string): Promise<void> {
    const id = parseId('t', raw);
    await this.#acts.turn(async (record) => {
      const known = this.list().find((token) => token.id === id);
      if (known === undefined) throw new CcosError('not_found', { what: 'token' });
      if (known.revoked !== null) return;
      await record([{ act: 'token.revoke', token: id, at: this.#world.now() }], (changes) =>
        this.#gate.admit([this.#judge('revokeToken')], {
          rows: [{ type: 'token.revoked', data: { token: id } }],
          changes,
          checkpoint: true,
        }),
      );
    });
  }

  #judge(task: 'createToken' | 'revokeToken'): ReturnType<Gate['judge']> {
    return this.#gate.judge({
      action: 'administer',
      principal: { kind: 'operator', id: 'operator' },
      task,
      publisherTrusted: false,
      approved: false,
    });
  }
}
