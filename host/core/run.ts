/** Where a run stands. The last three are final: nothing leaves them. */
export const RUN_STATES = [
  'active',
  'paused_approval',
  'paused_external',
  'paused_checkpoint',
  'scheduled',
  'done',
  'failed',
  'cancelled',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Why there is a run: a session has one of its own, and so has a command at the terminal. */
export type RunKind = 'session' | 'command';

/** The session of whoever sits at the terminal: there is one, and nobody writes to it from outside. */
export const LOCAL_SESSION = 'local';
