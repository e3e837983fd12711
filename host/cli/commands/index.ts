import type { Command } from '../command.ts';

/** A word after `ccos`; its file is loaded when it is typed. */
export interface Noun {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<readonly Command[]>;
}

/** Every command. What is not listed here does not exist. */
export const NOUNS: readonly Noun[] = [
  {
    name: 'init',
    summary: 'make the home of a gateway',
    load: async () => (await import('./init.ts')).INIT,
  },
  {
    name: 'up',
    summary: 'run the gateway in the foreground',
    load: async () => (await import('./up.ts')).UP,
  },
  {
    name: 'status',
    summary: 'the state of every part',
    load: async () => (await import('./status.ts')).STATUS,
  },
  {
    name: 'doctor',
    summary: 'a security audit of this home',
    load: async () => (await import('./doctor.ts')).DOCTOR,
  },
  {
    name: 'config',
    summary: 'show, check or change the configuration',
    load: async () => (await import('./config.ts')).CONFIG,
  },
  {
    name: 'extract',
    summary: 'the text of local files',
    load: async () => (await import('./extract.ts')).EXTRACT,
  },
  {
    name: 'bundle',
    summary: 'bundles of plugins, for publishers and operators',
    load: async () => (await import('./bundle.ts')).BUNDLE,
  },
  {
    name: 'capabilities',
    summary: 'what can be called',
    load: async () => (await import('./capabilities.ts')).CAPABILITIES,
  },
  {
    name: 'channels',
    summary: 'the chats that are connected, and who may speak in them',
    load: async () => (await import('./channels.ts')).CHANNELS,
  },
  {
    name: 'sessions',
    summary: 'conversations, and what happened in them',
    load: async () => (await import('./sessions.ts')).SESSIONS,
  },
  {
    name: 'audit',
    summary: 'the record of everything that was asked, decided and done',
    load: async () => (await import('./audit.ts')).AUDIT,
  },
  {
    name: 'approvals',
    summary: 'what waits for your decision',
    load: async () => (await import('./approvals.ts')).APPROVALS,
  },
  {
    name: 'policy',
    summary: 'what is allowed, and what a change would allow',
    load: async () => (await import('./policy.ts')).POLICY,
  },
  {
    name: 'exceptions',
    summary: 'what may leave by an exception, and what of it has',
    load: async () => (await import('./exceptions.ts')).EXCEPTIONS,
  },
  {
    name: 'token',
    summary: 'credentials of agents and operators',
    load: async () => (await import('./token.ts')).TOKEN,
  },
  {
    name: 'secrets',
    summary: 'what plugins may have attached to their requests',
    load: async () => (await import('./secrets.ts')).SECRETS,
  },
  {
    name: 'quarantine',
    summary: 'the encrypted store of raw content',
    load: async () => (await import('./quarantine.ts')).QUARANTINE,
  },
];
