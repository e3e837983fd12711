import { destination } from 'pino';
import type { Config } from '../core/config.ts';
import type { LogFields } from '../core/world.ts';
import type { LeveledLog } from './leveled-log.ts';
import { world } from './world.ts';

type Level = Config['log']['level'];

const LEVELS: readonly Level[] = ['info', 'warn', 'error'];

/** The log for somebody who watches: `12:30:05 warn request.refused code=foreign_host`, in UTC. */
export function createTerminalLog(level: Level, fd: number): LeveledLog {
  const stream = destination({ dest: fd, sync: true });
  let least = LEVELS.indexOf(level);
  const at = (of: Level) => {
    return (event: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(of) < least) return;
      const time = new Date(world.now()).toISOString().slice(11, 19);
      const facts = Object.entries(fields).map(([name, value]) => `${name}=${word(value)}`);
      stream.write(`${[time, of, event, ...facts].join(' ')}\n`);
    };
  };
  return {
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    setLevel(next) {
      least = LEVELS.indexOf(next);
    },
  };
}

/** Fields are ids and closed words; should one ever be more, no terminal obeys it. */
function word(value: LogFields[string]): string {
  return String(value).replaceAll(/[^!-~]/gu, '?');
}
