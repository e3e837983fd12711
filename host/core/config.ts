import { z } from 'zod';
import { LIMITS } from './limits.ts';
import type { LimitName } from './limits.ts';

const limit = (name: LimitName) => z.int().min(1).max(LIMITS[name][1]).optional();

/**
 * `$CCOS_HOME/config.json`. Everything has a default, unknown keys stop the start (a setting that is
 * silently ignored protects nothing), and a limit above its default needs an approval to take effect.
 */
export const configSchema = z.strictObject({
  port: z.int().min(0).max(65_535).default(8822),
  log: z.strictObject({ level: z.enum(['error', 'warn', 'info']).default('info') }).prefault({}),
  retention: z.strictObject({ hours: z.int().min(1).max(24).default(24) }).prefault({}),
  sandbox: z
    .strictObject({
      processes: z.int().min(1).max(LIMITS.sandboxProcesses[1]).default(LIMITS.sandboxProcesses[0]),
      idleSeconds: z.int().min(1).max(3600).default(60),
    })
    .prefault({}),
  /** Folders that approved plugins may write into, by the name that they know them by. */
  files: z
    .strictObject({
      folders: z
        .record(z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/), z.string().startsWith('/').max(4096))
        .default({}),
    })
    .prefault({}),
  /** What carries a high risk takes the credentials of two people. */
  approvals: z.strictObject({ twoPeople: z.boolean().default(false) }).prefault({}),
  limits: z
    .strictObject({
      inputBytes: limit('inputBytes'),
      pages: limit('pages'),
      callMillis: limit('callMillis'),
      memoryPages: limit('memoryPages'),
      textBytes: limit('textBytes'),
      hostCalls: limit('hostCalls'),
      childBlobs: limit('childBlobs'),
      childBytes: limit('childBytes'),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** What takes effect without a restart when it changes. */
export const RELOADABLE = [
  'log',
  'retention',
  'limits',
  'files',
  'approvals',
] as const satisfies readonly (keyof Config)[];

/** Every key that can be set, as a path such as `limits.pages`. */
export function configKeys(): readonly string[] {
  return pathsOf(z.toJSONSchema(configSchema, { io: 'input' }));
}

function pathsOf({ properties = {} }: z.core.JSONSchema.BaseSchema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (typeof schema === 'boolean') return [];
    const path = `${prefix}${name}`;
    return schema.properties === undefined ? [path] : pathsOf(schema, `${path}.`);
  });
}
