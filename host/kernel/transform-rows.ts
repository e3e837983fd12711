import type { RowInput } from '../core/event.ts';
import { tagList } from '../core/label.ts';
import type { Label } from '../core/label.ts';
import type { TransformRequest, Verified } from './transform-types.ts';

export function callRow(request: TransformRequest): RowInput {
  const { id, target, caller, blobs, leakBits } = request;
  return {
    type: 'capability.call',
    ...at(request),
    data: {
      call: id,
      caller: `${caller.kind}:${caller.id}`,
      capability: target.name,
      version: target.version,
      bundle: target.bundle,
      variant: target.variant,
      code_sha256: target.codeSha256,
      leak_bits: leakBits,
      handles: blobs.map(({ facts }, handle) => ({ handle, ref: facts.ref, class: facts.class })),
    },
    commitAs: { args_commit: 'args' },
  };
}

export function downgradeRow(request: TransformRequest, label: Label): RowInput {
  return {
    type: 'label.downgrade_attempt',
    ...at(request),
    data: { call: request.id, capability: request.target.name, label: [...tagList(label)] },
  };
}

/** The row is the use of the approval: its bytes are counted from here. */
export function declassifiedRow(
  request: TransformRequest,
  from: Label,
  { verified, bytes }: { readonly verified: Verified; readonly bytes: number },
): RowInput {
  const { approval, verifier, call } = verified;
  return {
    type: 'label.declassified',
    ...at(request),
    data: {
      ...{ call: request.id, capability: request.target.name, approval, bytes, verifier },
      verifier_call: call,
      from: [...tagList(from)],
    },
    commitAs: { output_commit: 'bytes' },
  };
}

export const at = ({ session, run }: TransformRequest) => ({ session, run: run.id });
