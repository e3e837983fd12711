import { destination, pino } from 'pino';
import type { Config } from '../core/config.ts';
import type { Log } from '../core/world.ts';

/** Logs as JSON lines on standard error; `setLevel` follows a reload of the configuration. */
export interface LeveledLog extends Log {
  readonly setLevel: (level: Config['log']['level']) => void;
}

export function createLog(level: Config['log']['level'], fd = 2): LeveledLog {
  const logger = pino({ level, base: null }, destination({ dest: fd, sync: true }));
  return {
    info(event, fields = {}) {
      logger.info(fields, event);
    },
    warn(event, fields = {}) {
      logger.warn(fields, event);
    },
    error(event, fields = {}) {
      logger.error(fields, event);
    },
    setLevel(next) {
      logger.level = next;
    },
  };
}

const nothing = (): void => undefined;

/** For one-shot commands: what matters is in the chain, and standard error is the terminal's. */
export const silentLog: LeveledLog = {
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
};
