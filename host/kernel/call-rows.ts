import type { CcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import type { CallId } from '../core/id.ts';
import { canonicalJson } from '../core/json.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { BlobFacts } from '../store/protocol.ts';
import type { DocumentCall, HostCallRecord } from './call-types.ts';
import type { Judged, Place } from './gate.ts';

/** A blob that was put away, and the salted commitment to its bytes. */
export interface StoredBlob {
  readonly facts: BlobFacts;
  readonly commit: string;
}

/** Where a call belongs (INV-RUN-2). */
export const placeOf = (call: CallId, { session, run }: DocumentCall): Place => ({
  session,
  run,
  call,
});

/** The rows of a call, in the words of the chain: ids, tags, counts and commitments. */
export function callRow(id: CallId, request: DocumentCall, input: StoredBlob): RowInput {
  const { target, caller } = request;
  return {
    type: 'capability.call',
    session: request.session,
    run: request.run,
    data: {
      call: id,
      ...(request.parent !== undefined && { parent_call: request.parent.id }),
      caller: `${caller.kind}:${caller.id}`,
      capability: target.name,
      version: target.version,
      bundle: target.bundle,
      variant: target.variant,
      code_sha256: target.codeSha256,
      args_commit: sha256Hex(`${input.commit}\n${canonicalJson(request.args)}`),
      handles: [{ handle: 0, ref: input.facts.ref, class: input.facts.class }],
    },
  };
}

export function putRow({ facts, commit }: StoredBlob, place: Place, parent?: string): RowInput {
  const { call, ...at } = place;
  return {
    type: 'quarantine.put',
    ...at,
    data: {
      ...(call !== undefined && { call }),
      ref: facts.ref,
      class: facts.class,
      bytes: facts.bytes,
      expires: facts.expires,
      commit,
      ...(parent !== undefined && { derived_from: parent }),
    },
  };
}

/** That a blob was opened: by whom, why, and by which rule. */
export function accessRow(access: Judged, opened: StoredBlob, request: DocumentCall): RowInput {
  const { row, verdict } = access;
  return {
    ...row,
    type: 'quarantine.access',
    data: {
      ...(row.data['call'] !== undefined && { call: row.data['call'] }),
      ref: opened.facts.ref,
      class: opened.facts.class,
      capability: request.target.name,
      justification: request.justification,
      decision: verdict.decision,
      rule: verdict.rules.join(' '),
    },
  };
}

export function hostCallRow(record: HostCallRecord, { call, ...at }: Place): RowInput {
  return {
    type: 'plugin.host_call',
    ...at,
    data: { ...(call !== undefined && { call }), ...record },
  };
}

/** The kernel's own refusals that have no decision: what could not even be read. */
export function refusedInput(error: CcosError, what: string): RowInput {
  return { type: 'input.refused', data: { code: error.code, what, ...error.detail } };
}
