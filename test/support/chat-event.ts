import { inboundSchema } from '../../host/core/inbound.ts';
import type { InboundEvent } from '../../host/core/inbound.ts';

export const ANN = 'ann-4711';
/** The conversation in which everything is said that does not say where. */
export const GENERAL = 'general-4712';

/** An event as its connector would hand it in; what is not said is that of a short message by Ann. */
export function event(said: Readonly<Record<string, unknown>> = {}): InboundEvent {
  return inboundSchema.parse({
    kind: 'message',
    channel: GENERAL,
    ...((said['kind'] ?? 'message') === 'message' && { id: 'msg-4713', text: 'hello' }),
    sender: ANN,
    ...said,
  });
}
