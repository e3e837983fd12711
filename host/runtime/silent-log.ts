import type { LeveledLog } from './leveled-log.ts';

const nothing = (): void => undefined;

/** For one-shot commands: what matters is in the chain, and standard error is the terminal's. */
export const silentLog: LeveledLog = {
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
};
