import type { FAIL_CODES } from '../core/abi.ts';
import { HOST_ERROR } from '../core/abi.ts';
import type { OpenHandle } from '../kernel/calls.ts';

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
}

/** One power that a plugin can be given. */
export type HostFunction = (scope: CallScope, input: HostCallInput) => HostCallAnswer;

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
