import type { Config } from '../core/config.ts';
import type { Log } from '../core/world.ts';

/** A log whose level follows the configuration. */
export interface LeveledLog extends Log {
  readonly setLevel: (level: Config['log']['level']) => void;
}
