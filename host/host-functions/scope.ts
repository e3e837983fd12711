import type { FAIL_CODES } from '../core/abi.ts';
import { HOST_ERROR } from '../core/abi.ts';
import { asCcosError } from '../core/error.ts';
import type { CcosError } from '../core/error.ts';
import type { FileAnswer } from '../core/outside.ts';
import type { OpenHandle } from '../kernel/calls.ts';
import type { FileRequest } from '../kernel/file-egress.ts';
import type { HttpAnswer } from '../kernel/http-egress.ts';
import type { HttpRequest } from '../kernel/http-request.ts';

/** A host function that a plugin called, as the sandbox reports it: a stranger's numbers. */
export interface HostCallInput {
  readonly args: readonly bigint[];
  readonly bytes?: Uint8Array;
  readonly want?: number;
}

/** The answer, and what the record says of it. */
export interface HostCallAnswer {
  readonly result: bigint;
  readonly bytes?: Uint8Array;
  readonly record?: {
    readonly handle?: number;
    readonly offset?: number;
    readonly length?: number;
    readonly child?: number;
  };
}

/** A blob that a plugin makes of its document: an attachment, a member, a page. */
export interface Child {
  readonly mediaType: string;
  readonly parts: Uint8Array[];
  bytes: number;
}

/** The children of one call; the budget is shared by every call for the same document. */
export interface Children {
  readonly list: Child[];
  readonly most: number;
  readonly budget: { bytes: number };
}

/** What an action can do outside; each use is judged and recorded before it happens. */
export interface Powers {
  readonly http: (request: HttpRequest) => Promise<HttpAnswer>;
  readonly write: (request: FileRequest) => Promise<FileAnswer>;
}

/** What one call may touch: made for it, gone with it. No power reaches outside of its scope. */
export interface CallScope {
  readonly handles: readonly OpenHandle[];
  readonly outputBytes: number;
  readonly output: Uint8Array[];
  written: number;
  failure: keyof typeof FAIL_CODES | null;
  overLimit: boolean;
  /** Null where the capability has not the effect `quarantine.derive`. */
  readonly children: Children | null;
  readonly onProgress: (done: number, total: number) => void;
  /** Null where the call is of no action. */
  readonly powers: Powers | null;
  /** The last answer of the network, as far as it was read. */
  response: { readonly bytes: Uint8Array; at: number };
  /** The first effect that was not allowed: the call has failed by it, whatever the plugin makes of it. */
  denial: CcosError | null;
}

/** One power that a plugin can be given. */
export type HostFunction = (scope: CallScope, input: HostCallInput) => HostCallAnswer;

/** A power with an effect outside: it takes as long as the outside does. */
export type EffectFunction = (scope: CallScope, input: HostCallInput) => Promise<HostCallAnswer>;

export const refuse = (
  error: keyof typeof HOST_ERROR,
  record: HostCallAnswer['record'] = {},
): HostCallAnswer => ({ result: BigInt(HOST_ERROR[error]), record });

/** The handle that a plugin names, or undefined: it may name any number. */
export function handleOf(scope: CallScope, raw: bigint | undefined): OpenHandle | undefined {
  return raw === undefined || raw < 0n || raw > 0xffffn ? undefined : scope.handles[Number(raw)];
}

/** A stranger's number for a record: JSON has no larger one. */
export function recorded(raw: bigint | undefined): number {
  const value = Number(raw ?? 0n);
  return Number.isSafeInteger(value) ? value : -1;
}

/** Runs an effect. What the plugin has asked wrongly it is told; what was not allowed ends its call. */
export async function withEffect(
  scope: CallScope,
  record: NonNullable<HostCallAnswer['record']>,
  effect: () => Promise<bigint>,
): Promise<HostCallAnswer> {
  try {
    return { result: await effect(), record };
  } catch (failure) {
    const error = asCcosError(failure);
    if (error.code === 'invalid_input') return refuse('badArgument', record);
    scope.denial ??= error;
    return refuse('denied', record);
  }
}
