import type { AgentSession } from '../flow/agent-plane.ts';
import type { TransformAnswer } from '../flow/transform.ts';
import type { Approval } from '../kernel/approval-request.ts';
import type { ListedEvent } from '../kernel/messages.ts';

/**
 * What an agent is shown: ids, closed words and counts, each named here. No size, no type, no hash, no
 * time and no name of anything (INV-AGENT-2).
 */
export function agentEvent({ n, id, kind, state, blobs }: ListedEvent) {
  return { n, message: id, kind, state, refs: blobs.map((blob) => ({ ...blob })) };
}

export function agentSession({ id, run, events, messages }: AgentSession) {
  return { id, ...(run !== null && { run }), events, messages };
}

/** What a transform released, as the host has written it. */
export function agentAnswer({ call_id, output, labels }: TransformAnswer) {
  return { call_id, output, labels };
}

export function agentApproval({ id, kind, subject, status }: Approval) {
  return { id, kind, subject, status };
}
