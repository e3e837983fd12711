import { leakWords } from '../core/leak.ts';
import { FIXED } from '../core/limits.ts';
import type { ApprovalChange, ApprovalRequest } from './approval-request.ts';

/** What shall read a channel, and how much of it may get out. */
export interface GrantRequest {
  readonly channel: string;
  /** `id@version`. */
  readonly capability: string;
  readonly maxVerbatimWords?: number;
  readonly sameAudience?: boolean;
  /** What one call can tell an agent at most. */
  readonly leakBits?: number;
}

export function grantRequest(wanted: GrantRequest): ApprovalRequest {
  const { channel, capability, sameAudience = false, leakBits } = wanted;
  const maxVerbatimWords = wanted.maxVerbatimWords ?? FIXED.verbatimWords;
  return {
    kind: 'channel.grant',
    subject: capability,
    summary: `let ${capability} read the messages of ${channel}`,
    changes: [
      { effect: 'WIDENS', what: 'this capability may open messages of this channel' },
      {
        effect: 'WIDENS',
        what: 'words of a message in a row that its results may hold',
        value: maxVerbatimWords,
      },
      {
        effect: sameAudience ? 'WIDENS' : 'SAME',
        what: 'results may go back to the conversation that they come from',
        value: sameAudience ? 'yes' : 'no',
      },
      ...(leakBits === undefined ? [] : [leaks(leakBits)]),
    ],
    facts: {
      channel,
      capability,
      max_verbatim_words: maxVerbatimWords,
      same_audience: sameAudience,
      ...(leakBits !== undefined && { leak_bits: leakBits }),
    },
  };
}

const leaks = (bits: number): ApprovalChange => ({
  effect: 'WIDENS',
  what: 'the most that it can tell an agent of what it reads, were it hostile',
  value: leakWords(bits),
});
