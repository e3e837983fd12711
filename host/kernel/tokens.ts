import { CcosError } from '../core/error.ts';
import { newId, parseId } from '../core/id.ts';
import type { World } from '../core/world.ts';
import { newToken, proofOf, sameHash, tokenHash } from '../crypto/token.ts';
import { findTokenByHash, insertToken, listTokens, revokeToken } from '../store/tables/tokens.ts';
import type { TokenRecord } from '../store/tables/tokens.ts';
import type { Store } from '../store/store.ts';
import type { Gate } from './gate.ts';

export type Plane = 'admin' | 'agent';

/** Who a credential says one is. Scopes come from here and from nowhere else. */
export interface Credential {
  readonly plane: Plane;
  readonly id: string;
  readonly session: string | null;
}

/** The credentials of the planes: the home's own admin token, and those that were made. */
export class Tokens {
  readonly #store: Store;
  readonly #gate: Gate;
  readonly #world: World;
  readonly #adminHash: string;
  /** Shows a client of this home that this is its gateway, before the client sends a token. */
  readonly prove: (nonce: string) => string;

  constructor(parts: {
    readonly store: Store;
    readonly gate: Gate;
    readonly world: World;
    readonly adminToken: string;
  }) {
    this.#store = parts.store;
    this.#gate = parts.gate;
    this.#world = parts.world;
    this.#adminHash = tokenHash(parts.adminToken);
    this.prove = (nonce) => proofOf(parts.adminToken, nonce);
  }

  /** Null for a token that is not known or was revoked. */
  async authenticate(token: string): Promise<Credential | null> {
    const hash = tokenHash(token);
    if (sameHash(hash, this.#adminHash)) return { plane: 'admin', id: 'operator', session: null };
    const record = await findTokenByHash(this.#store, hash);
    if (record === null || !sameHash(record.hash, hash)) return null;
    return { plane: record.plane, id: record.id, session: record.session };
  }

  /** The token itself is in the answer and nowhere else. */
  async create(
    plane: Plane,
    session: string | null,
  ): Promise<{ readonly token: string; readonly id: string }> {
    const token = newToken();
    const id = newId('t', this.#world);
    const record: TokenRecord = {
      id,
      plane,
      session,
      hash: tokenHash(token),
      created: this.#world.now(),
      revoked: null,
    };
    await this.#gate.admit([this.#judge('createToken')], {
      rows: [{ type: 'token.created', data: { token: id, plane } }],
      changes: [insertToken(record)],
    });
    return { token, id };
  }

  async list(): Promise<readonly TokenRecord[]> {
    return listTokens(this.#store);
  }

  async revoke(raw: string): Promise<void> {
    const id = parseId('t', raw);
    const known = (await listTokens(this.#store)).find((token) => token.id === id);
    if (known === undefined) throw new CcosError('not_found', { what: 'token' });
    if (known.revoked !== null) return;
    await this.#gate.admit([this.#judge('revokeToken')], {
      rows: [{ type: 'token.revoked', data: { token: id } }],
      changes: [revokeToken(id, this.#world.now())],
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
