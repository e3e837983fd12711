import type { z } from 'zod';
import { configSchema, RELOADABLE } from '../core/config.ts';
import type { Config } from '../core/config.ts';
import { CcosError } from '../core/error.ts';
import type { SafeDetail } from '../core/error.ts';
import type { HomeFiles } from '../core/home.ts';
import type { LimitValues } from '../core/limits.ts';
import type { Store } from '../store/store.ts';
import type { Approval } from './approval-request.ts';
import type { Gate } from './gate.ts';
import type { LimitGrants } from './limit-grants.ts';

interface Parts {
  readonly files: HomeFiles;
  readonly store: Store;
  readonly gate: Gate;
  readonly limits: LimitGrants;
  readonly current: Current;
}

/** The configuration in force, and the hash of the file that it came from. */
export interface Current {
  config: Config;
  sha256: string;
}

/** Reading, setting and reloading the configuration; each load is a row with the file's hash. */
export class SettingsService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async show(): Promise<{
    readonly config: Config;
    readonly file_sha256: string;
    readonly effective_limits: LimitValues;
  }> {
    const { current, limits } = this.#parts;
    return {
      config: current.config,
      file_sha256: current.sha256,
      effective_limits: await limits.effective(),
    };
  }

  /** `key` is a path such as `limits.pages`; null takes the key out again. */
  async set(
    key: string,
    value: unknown,
  ): Promise<{
    readonly config: Config;
    readonly restart_needed: readonly string[];
    readonly approvals: readonly Approval[];
  }> {
    const { files, gate, limits } = this.#parts;
    const raw = withKey(files.readRawConfig(), key.split('.'), value);
    const parsed = configSchema.safeParse(raw);
    if (!parsed.success) throw refused(parsed.error.issues);
    await gate.admit([
      gate.judge({
        action: 'administer',
        principal: { kind: 'operator', id: 'operator' },
        task: 'setConfig',
        publisherTrusted: false,
        approved: false,
      }),
    ]);
    files.writeConfig(raw);
    const restart = await this.reload();
    return { config: parsed.data, restart_needed: restart, approvals: await limits.ask() };
  }

  /** What cannot change while the gateway runs is named, and waits for a restart. */
  async reload(): Promise<readonly string[]> {
    const { files, store, current } = this.#parts;
    const { config, sha256 } = files.readConfig();
    const before = current.config;
    const restart = Object.keys(config).filter(
      (key) => !isReloadable(key) && !isSame(before, config, key),
    );
    const kept = { ...config, port: before.port, sandbox: before.sandbox };
    current.config = kept;
    current.sha256 = sha256;
    await store.commit({
      rows: [{ type: 'config.loaded', data: { file: 'config.json', sha256 } }],
    });
    return restart;
  }
}

function withKey(raw: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined || name === '') return value;
  if (name === '__proto__' || name === 'constructor')
    throw new CcosError('invalid_input', { field: 'key' });
  const object = typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? raw : {};
  const inner = withKey((object as Record<string, unknown>)[name], rest, value);
  const others = Object.entries(object).filter(([key]) => key !== name);
  return Object.fromEntries(inner === null ? others : [...others, [name, inner]]);
}

/** Whether the key or the value was refused, and the bounds of a number; all from our own schema. */
function refused([issue]: readonly z.core.$ZodIssue[]): CcosError {
  if (issue?.code === 'unrecognized_keys') return new CcosError('invalid_input', { field: 'key' });
  const why = issue?.code ?? 'unknown';
  return new CcosError('invalid_input', { field: 'value', why, ...boundOf(issue) });
}

function boundOf(issue: z.core.$ZodIssue | undefined): SafeDetail {
  if (issue?.code === 'invalid_type') return { expected: issue.expected };
  if (issue?.code === 'too_big') return { most: Number(issue.maximum) };
  if (issue?.code === 'too_small') return { least: Number(issue.minimum) };
  if (issue?.code === 'invalid_value') return { one_of: issue.values.map(String).join(' ') };
  return {};
}

function isReloadable(key: string): boolean {
  return (RELOADABLE as readonly string[]).includes(key);
}

function isSame(before: Config, after: Config, key: string): boolean {
  const pick = (config: Config): unknown => (config as Record<string, unknown>)[key];
  return JSON.stringify(pick(before)) === JSON.stringify(pick(after));
}
