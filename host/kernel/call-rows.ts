import type { CcosError } from '../core/error.ts';
import type { RowInput } from '../core/event.ts';
import type { CallId } from '../core/id.ts';
import { canonicalJson } from '../core/json.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { BlobFacts } from '../store/protocol.ts';
import type { DocumentCall, HostCallRecord, StoredDocument } from './call-types.ts';
import type { Judged, Place } from './gate.ts';

/** Where a call belongs (INV-RUN-2). */
export const placeOf = (call: CallId, { session, run }: DocumentCall): Place => ({
  session,
  run,
  call,
});

/** The rows of a call, in the words of the chain: ids, tags, counts and commitments. */
export function callRow(id: CallId, request: DocumentCall, { ref }: BlobFacts): RowInput {
  const { target, caller } = request;
  const { stored } = request.document;
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
      handles: [{ handle: 0, ref, class: request.document.class }],
      ...(stored !== undefined && { args_commit: argsCommit(request, stored) }),
    },
    ...(stored === undefined && { commitAs: { args_commit: 'args' } }),
  };
}

/** Salted by what the document was committed to when it was put away. */
function argsCommit({ args }: DocumentCall, { commit }: StoredDocument): string {
  return sha256Hex(`${commit}\n${canonicalJson(args)}`);
}

/** `commit`: of a blob that is there already; of one that is put away with the row it is filled in. */
export function putRow(
  facts: BlobFacts,
  place: Place,
  more: { readonly parent?: string | undefined; readonly commit?: string | undefined },
): RowInput {
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
      ...(more.commit !== undefined && { commit: more.commit }),
      ...(more.parent !== undefined && { derived_from: more.parent }),
    },
    ...(more.commit === undefined && { commitAs: { commit: 'bytes' } }),
  };
}

/** That a blob was opened: by whom, why, and by which rule. */
export function accessRow(access: Judged, opened: BlobFacts, request: DocumentCall): RowInput {
  const { row, verdict } = access;
  return {
    ...row,
    type: 'quarantine.access',
    data: {
      ...(row.data['call'] !== undefined && { call: row.data['call'] }),
      ref: opened.ref,
      class: opened.class,
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
