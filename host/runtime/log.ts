import { isatty } from 'node:tty';
import { destination, pino } from 'pino';
import type { Config } from '../core/config.ts';
import type { LeveledLog } from './leveled-log.ts';
import { createTerminalLog } from './terminal-log.ts';

/** Logs on standard error: JSON lines for a file or a pipe, short ones for a terminal. */
export function createLog(level: Config['log']['level'], fd = 2): LeveledLog {
  if (isatty(fd)) return createTerminalLog(level, fd);
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
