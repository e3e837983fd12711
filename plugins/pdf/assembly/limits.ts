import { args, integer, member } from './input';

// `limits.pages` and `limits.text_bytes` of the arguments; without them, these.

export let maxPages: i32 = 2000;
export let maxTextBytes: i32 = 2 << 20;

export function readLimits(): void {
  const limits = member(args(), 'limits');
  maxPages = integer(member(limits, 'pages'), maxPages);
  maxTextBytes = integer(member(limits, 'text_bytes'), maxTextBytes);
}
