import { POLICY_EVAL } from './policy-eval.ts';
import { POLICY_FILES } from './policy-files.ts';
import { POLICY_SHOW } from './policy-show.ts';
import type { Command } from '../command.ts';

export const POLICY: readonly Command[] = [...POLICY_SHOW, ...POLICY_FILES, ...POLICY_EVAL];
