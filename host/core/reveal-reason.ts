/** Why an operator looks at raw content: a word of this list stands in the chain, and nothing else. */
export const REVEAL_REASONS = ['incident', 'legal', 'sender.request', 'debugging'] as const;
export type RevealReason = (typeof REVEAL_REASONS)[number];
