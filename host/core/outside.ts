/** One request to one address: nothing is resolved, followed or decoded on the way. */
export interface OutsideRequest {
  readonly url: URL;
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Where it goes, whatever the name in `url` resolves to now. */
  readonly address: string;
  readonly timeMs: number;
  /** Of the body of the answer. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface OutsideResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** Why there is no answer. */
export const OUTSIDE_FAILURES = ['unreachable', 'timeout', 'tls', 'too_large', 'aborted'] as const;
export type OutsideFailure = (typeof OUTSIDE_FAILURES)[number];

export type OutsideAnswer =
  | { readonly ok: true; readonly response: OutsideResponse }
  | { readonly ok: false; readonly why: OutsideFailure };

/** A file below a folder that the operator has named. */
export interface OutsideFile {
  /** Absolute. */
  readonly folder: string;
  /** The names below it, the file's last; checked by whoever asks. */
  readonly names: readonly string[];
  readonly bytes: Uint8Array;
  readonly replace: boolean;
}

export type FileAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'exists' | 'link' | 'no_folder' | 'unwritable' };

/** The hands of the gateway: who decides is the kernel. */
export interface Outside {
  /** The addresses of a name, as the system resolves it; empty where there is none. */
  readonly resolve: (hostname: string) => Promise<readonly string[]>;
  readonly send: (request: OutsideRequest) => Promise<OutsideAnswer>;
  readonly write: (file: OutsideFile) => Promise<FileAnswer>;
}
