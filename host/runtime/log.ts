import { destination, pino } from 'pino';
import type { Config } from '../core/config.ts';
import type { LeveledLog } from './leveled-log.ts';

/** Logs as JSON lines on standard error. */
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
