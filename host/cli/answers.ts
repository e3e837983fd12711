import type { Json, JsonObject } from '../core/json.ts';

/** What the routes of `/v1/admin` answer, as far as the command line reads it. */
export interface Status {
  readonly version: string;
  readonly home: string;
  readonly home_id: string;
  readonly mode: string;
  readonly pid: number;
  readonly started: string;
  readonly uptime_seconds: number;
  readonly url?: string;
  readonly runtime: { readonly name: string; readonly version: string };
  readonly policy: { readonly version: string; readonly sha256: string };
  readonly chain: { readonly rows: number; readonly checkpointed?: number };
  readonly quarantine: QuarantineStats;
  readonly sandbox: {
    readonly processes: number;
    readonly busy: number;
    readonly calls: number;
    readonly kills?: number;
  };
  readonly bundles: number;
  readonly capabilities: { readonly enabled: number; readonly disabled: number };
  readonly approvals: { readonly pending: number };
  readonly walls: readonly string[];
}

export interface QuarantineStats {
  readonly blobs: number;
  readonly bytes: number;
}

export interface Finding {
  readonly check: string;
  readonly severity: 'ok' | 'info' | 'warning' | 'critical';
  readonly message: string;
  readonly mend: string;
}

export interface Config {
  readonly config: JsonObject;
  readonly file_sha256: string | null;
  readonly effective_limits: Readonly<Record<string, number>>;
}

export interface ConfigChange {
  readonly config: JsonObject;
  readonly restart_needed: readonly string[];
  readonly approvals: readonly Approval[];
}

export interface Capability {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly bundle: string;
  readonly version: string;
  readonly output: string;
  /** These four are missing as long as its bundle is not active. */
  readonly publisher?: string;
  readonly effects?: readonly string[];
  readonly media_types?: readonly string[];
  readonly limits?: Readonly<Record<string, number>>;
  /** What one call can tell an agent, in words; missing where nothing is released. */
  readonly leak_ceiling?: string;
}

export interface CapabilityDetail extends Capability {
  /** Every bundle that offers this id; the rest is about one of them. */
  readonly offered_by: readonly string[];
  readonly doc: string;
  readonly modules: readonly {
    readonly variant: string;
    readonly code_sha256: string;
    readonly imports: readonly string[];
  }[];
}

/** A part of a document with structure. */
export interface Block {
  /** `heading`, `paragraph`, `list_item`, `table`, `code`, `page_break`, or a word that is new. */
  readonly kind: string;
  /** Of a heading from 1, of an item from 0. */
  readonly level?: number;
  readonly text?: string;
  readonly rows?: readonly (readonly string[])[];
}

export interface Extraction {
  readonly text: string;
  readonly format: string;
  readonly title?: string;
  readonly pages: readonly { readonly number: number; readonly text: string }[];
  /** Empty where the format has no structure. */
  readonly blocks: readonly Block[];
  readonly warnings: readonly Json[];
  readonly truncated: boolean;
  readonly call_id: string;
}

/** What may leave by an exception, and what of it has. */
export interface Exception {
  readonly id: string;
  readonly status: string;
  readonly capability: string;
  readonly publisher: string;
  readonly sink: string;
  readonly target: string;
  readonly label: readonly string[];
  /** One of the two. */
  readonly run?: string;
  readonly session?: string;
  readonly uses: number;
  readonly max_uses: number;
  readonly bytes: number;
  readonly max_bytes: number;
  readonly expires: string;
}

export interface Bundle {
  readonly name: string;
  readonly version: string;
  readonly sequence: number;
  readonly digest: string;
  readonly publisher: string;
  readonly state?: string;
  readonly installed?: string;
  readonly capabilities?: readonly string[];
  readonly signers?: readonly string[];
}

export interface Publisher {
  readonly id: string;
  readonly namespaces: readonly string[];
  readonly max_effects: readonly string[];
  readonly threshold: number;
  readonly keys: readonly {
    readonly id: string;
    readonly status: string;
    readonly revoked_since?: string;
  }[];
}

export interface Change {
  readonly effect: 'WIDENS' | 'NARROWS' | 'SAME';
  readonly what: string;
  readonly value?: Json;
}

export interface Approval {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly status: 'pending' | 'approved' | 'denied' | 'expired' | 'revoked';
  readonly digest: string;
  readonly requested: string;
  readonly expires: string;
  readonly decided?: string;
  readonly requester: string;
  /** One of the two people that it takes has said yes. */
  readonly seconded?: true;
  readonly summary: string;
  readonly risk: { readonly level: string; readonly words: readonly string[] };
  readonly changes: readonly Change[];
  /** Every fact that the digest covers. */
  readonly request: JsonObject;
  /** What was granted of them, where that is less. */
  readonly granted?: JsonObject;
  /** How often it was used, and for how many bytes; of one that was approved. */
  readonly spent?: { readonly uses: number; readonly bytes: number };
}

export interface HostCall {
  readonly seq: number;
  readonly plugin: string;
  readonly version: string;
  readonly function: string;
  readonly ref?: string;
  readonly offset?: number;
  readonly length?: number;
  readonly bytes: number;
  readonly outcome: string;
  readonly decision?: string;
  readonly rule?: string;
  readonly micros: number;
}

export interface PluginCall {
  readonly call_id: string;
  readonly capability: string;
  readonly version: string;
  readonly code_sha256: string;
  readonly at: string;
  readonly outcome: string;
  /** Null while it runs. */
  readonly duration_ms: number | null;
  readonly host_calls: readonly HostCall[];
}

export interface SignedCheckpoint {
  readonly note: string;
  readonly verifier_key: string;
  readonly size: number;
}

export interface Proof {
  readonly proof: string;
  readonly seq: number;
  readonly body: string;
  readonly checkpoint: string;
}

export interface Export {
  readonly files: readonly string[];
  readonly origin: string;
  readonly verifier_key: string;
  readonly size: number;
  /** The signed note over the tiles. */
  readonly checkpoint: string;
}

export interface Secret {
  readonly name: string;
  readonly state: string;
  /** A new value waits for its approval. */
  readonly rotating: boolean;
  readonly bindings: readonly { readonly capability: string; readonly domain: string }[];
  readonly created: string;
  readonly used?: string;
}

export interface SecretUsage {
  readonly at: string;
  readonly capability: string;
  readonly call: string | null;
  readonly run: string | null;
  readonly domain: string;
  readonly outcome: string;
}

export interface Token {
  readonly id: string;
  readonly plane: string;
  readonly session?: string;
  readonly channel?: string;
  readonly created: string;
  readonly revoked?: string;
}

export interface Channel {
  readonly id: string;
  readonly kind: string;
  readonly state: 'connected' | 'disconnected';
  readonly since: string;
  /** How many may speak. */
  readonly senders: number;
  readonly grants: readonly {
    readonly capability: string;
    readonly max_verbatim_words: number;
    readonly same_audience: boolean;
    readonly approval: string;
  }[];
  /** Of `show`: who may speak, by pseudonym. */
  readonly allowed?: readonly { readonly sender: string; readonly since: string }[];
}

export interface Session {
  readonly id: string;
  readonly connector: string;
  readonly connection: string;
  readonly state: string;
  readonly created: string;
  /** Pseudonyms. */
  readonly channel?: string;
  readonly thread?: string;
  readonly sender?: string;
  readonly events: number;
  readonly messages: number;
  /** Of `show`. */
  readonly run?: {
    readonly id: string;
    readonly state: string;
    readonly leak_bits_left: number;
    readonly taint: { readonly tags: readonly string[]; readonly origins: readonly string[] };
  };
}

export interface PolicyRule {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly title: string;
  readonly approval?: string;
  readonly file: string;
  readonly text: string;
}

export interface PolicyPack {
  readonly version: string;
  readonly sha256: string;
  readonly signer: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly rules: readonly PolicyRule[];
}

type Decision = 'allow' | 'deny' | 'needs-approval';

export interface PolicyCell {
  readonly label: string;
  readonly sink: string;
  readonly approved: boolean;
  readonly decision: Decision;
  readonly rules: readonly string[];
  readonly reason: string;
}

/** A decision that was not made. */
export interface DryRun {
  readonly decision: Decision;
  readonly rules: readonly string[];
  readonly reason: string;
  readonly approval_kind?: string;
  readonly unmet?: readonly string[];
  readonly facts: readonly {
    readonly fact: string;
    readonly value: string;
    readonly instead: string;
    readonly decision: Decision;
  }[];
  readonly policy: { readonly version: string; readonly sha256: string };
}

export interface PolicyProblem {
  readonly code: string;
  readonly file?: string;
  readonly rule?: string;
  readonly detail?: string;
  readonly mend: string;
}
