import type {
  AccessBlobQuestion,
  DeriveBlobQuestion,
  ExecuteQuestion,
  IngestQuestion,
} from '../policy/question.ts';
import type { BlobFacts } from '../store/protocol.ts';
import type { DocumentCall } from './call-types.ts';

/** What the gate is asked before a plugin sees a document, in this order. */
export interface CallQuestions {
  /** None of a document that is in quarantine already. */
  readonly entry: IngestQuestion | DeriveBlobQuestion | null;
  readonly execute: ExecuteQuestion;
  readonly access: AccessBlobQuestion;
  readonly derive: DeriveBlobQuestion;
}

export function questionsOf(
  request: DocumentCall,
  facts: BlobFacts,
  at: { readonly tenant: string; readonly now: number },
): CallQuestions {
  const { target, justification, session } = request;
  const opening = {
    principal: target.plugin,
    blob: { ...facts, purged: false },
    declaredClass: target.declaredClass,
    session,
    running: true,
    ...at,
  };
  return {
    entry: request.document.stored === undefined ? entryOf(request, at) : null,
    execute: {
      action: 'execute',
      principal: request.caller,
      capability: target.capability,
      tenant: at.tenant,
      approved: target.capability.enabled,
      channelGranted: request.granted ?? false,
    },
    access: { action: 'accessBlob', ...opening, justification, handle: 0 },
    derive: { action: 'deriveBlob', ...opening, child: false },
  };
}

/** How a document gets into quarantine: the caller brings it, or a plugin made it of another. */
function entryOf(
  { caller, session, document, parent }: DocumentCall,
  at: { readonly tenant: string; readonly now: number },
): IngestQuestion | DeriveBlobQuestion {
  if (parent === undefined)
    return {
      action: 'ingest',
      principal: caller,
      session: { id: session, tenant: at.tenant },
      tenant: at.tenant,
      class: document.class,
      bytes: document.bytes.length,
      limit: document.limit,
      senderAllowed: false,
    };
  return {
    action: 'deriveBlob',
    principal: parent.target.plugin,
    blob: { ...parent.facts, purged: false },
    declaredClass: parent.target.declaredClass,
    session,
    running: true,
    child: true,
    ...at,
  };
}
