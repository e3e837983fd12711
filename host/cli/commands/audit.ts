import type { Command } from '../command.ts';
import { PROOFS } from './audit-proof.ts';
import { ROWS } from './audit-rows.ts';
import { TAIL } from './audit-tail.ts';
import { CALLS } from './audit-calls.ts';

export const AUDIT: readonly Command[] = [...ROWS, ...TAIL, ...CALLS, ...PROOFS];
