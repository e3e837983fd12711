/** What the operator did that must not be undone by whoever can write the database. */
export type Act =
  | {
      readonly act: 'token.create';
      readonly token: string;
      readonly plane: Plane;
      /** SHA-256 of the token, hex: the token itself is nowhere. */
      readonly hash: string;
      readonly session: string | null;
      /** Unset in what was made before there were channels. */
      readonly channel?: string | null;
      readonly created: number;
    }
  | { readonly act: 'token.revoke'; readonly token: string; readonly at: number }
  | {
      readonly act: 'sender.allow';
      readonly channel: string;
      readonly sender: string;
      readonly at: number;
    }
  | { readonly act: 'sender.deny'; readonly channel: string; readonly sender: string }
  | { readonly act: 'key.revoke'; readonly key: string; readonly since: number }
  | { readonly act: 'approval.withdraw'; readonly approvals: readonly string[] }
  /** What a publisher may do is what this approval says, and no older one. */
  | { readonly act: 'publisher.terms'; readonly publisher: string; readonly approval: string }
  | ({ readonly act: 'bundle.floor'; readonly bundle: string } & Floor);

export type Plane = 'admin' | 'agent' | 'channel';

/** What was active under a name: no install goes below its sequence. */
export interface Floor {
  readonly sequence: number;
  readonly digest: string;
  readonly version: string;
}

/** A credential that was made. Times are milliseconds since the epoch. */
export interface TokenRecord {
  readonly id: string;
  readonly plane: Plane;
  readonly session: string | null;
  readonly channel: string | null;
  readonly created: number;
  readonly revoked: number | null;
}

/** What holds after all acts, in memory: asking costs a look-up. */
export class Standing {
  /** By the hash of the token; the oldest first. */
  readonly #tokens = new Map<string, TokenRecord>();
  /** By channel: who may speak, by pseudonym, and since when. */
  readonly #senders = new Map<string, Map<string, number>>();
  readonly #revokedKeys = new Map<string, number>();
  readonly #withdrawn = new Set<string>();
  readonly #terms = new Map<string, string>();
  readonly #floors = new Map<string, Floor>();

  apply(act: Act): void {
    switch (act.act) {
      case 'token.create':
      case 'token.revoke':
        this.#applyToken(act);
        return;
      case 'sender.allow':
      case 'sender.deny':
        this.#applySender(act);
        return;
      case 'key.revoke':
        this.#revokedKeys.set(act.key, act.since);
        return;
      case 'approval.withdraw':
        for (const approval of act.approvals) this.#withdrawn.add(approval);
        return;
      case 'publisher.terms':
        this.#terms.set(act.publisher, act.approval);
        return;
      case 'bundle.floor': {
        const { bundle, sequence, digest, version } = act;
        this.#floors.set(bundle, { sequence, digest, version });
      }
    }
  }

  /** A token that was made and not revoked. */
  token(hash: string): TokenRecord | null {
    const record = this.#tokens.get(hash);
    return record?.revoked === null ? record : null;
  }

  /** The newest first. */
  tokens(): readonly TokenRecord[] {
    return [...this.#tokens.values()].reverse();
  }

  senders(channel: string): ReadonlyMap<string, number> {
    return this.#sendersOf(channel);
  }

  /** Since when the signatures of a key count no more; null for one that was not revoked. */
  revokedSince(key: string): number | null {
    return this.#revokedKeys.get(key) ?? null;
  }

  isWithdrawn(approval: string): boolean {
    return this.#withdrawn.has(approval);
  }

  /** The approval that says what a publisher may do. */
  termsOf(publisher: string): string | null {
    return this.#terms.get(publisher) ?? null;
  }

  floorOf(bundle: string): Floor | null {
    return this.#floors.get(bundle) ?? null;
  }

  #applyToken(act: Act & { readonly act: 'token.create' | 'token.revoke' }): void {
    if (act.act === 'token.create') {
      const { token: id, plane, hash, session, channel = null, created } = act;
      this.#tokens.set(hash, { id, plane, session, channel, created, revoked: null });
      return;
    }
    for (const [hash, record] of this.#tokens)
      if (record.id === act.token) this.#tokens.set(hash, { ...record, revoked: act.at });
  }

  #applySender(act: Act & { readonly act: 'sender.allow' | 'sender.deny' }): void {
    const senders = this.#sendersOf(act.channel);
    if (act.act === 'sender.allow') senders.set(act.sender, act.at);
    else senders.delete(act.sender);
    this.#senders.set(act.channel, senders);
  }

  #sendersOf(channel: string): Map<string, number> {
    return this.#senders.get(channel) ?? new Map<string, number>();
  }
}
