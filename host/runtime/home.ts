import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configSchema } from '../core/config.ts';
import type { Config } from '../core/config.ts';
import { CcosError } from '../core/error.ts';
import type { HomeFiles, StoredPack } from '../core/home.ts';
import { writeFileAtomic } from './atomic-file.ts';
import { createHash } from 'node:crypto';

/** Bumped when the files of a home change shape; the databases have versions of their own. */
const HOME_FORMAT = 1;

const homeSchema = z.strictObject({ format: z.int(), id: z.string().regex(/^[0-9a-f]{16}$/) });

/** What `ccos init` writes; `runtime/` does no cryptography, so the keys are handed in. */
export interface NewHome {
  readonly id: string;
  readonly keys: ReadonlyMap<string, Uint8Array | string>;
  readonly adminToken: string;
  readonly pack: StoredPack;
  /** The signed checkpoint of a chain without rows: a log that holds nothing was emptied. */
  readonly checkpoint: string;
}

export function homeExists(directory: string): boolean {
  return existsSync(join(directory, 'home.json'));
}

/**
 * `home.json` is written last: a home that a crash left half made is made again. Where there is a
 * database there were keys, and new ones would lock its owner out: `integrity`.
 */
export function createHome(directory: string, home: NewHome): void {
  const database = statSync(join(directory, 'state.db'), { throwIfNoEntry: false });
  if (database !== undefined && database.size > 0) throw missingFile();
  onDisk(() => {
    for (const folder of ['', 'keys', 'policies', 'bundles'])
      mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
    for (const [name, content] of home.keys)
      writeFileAtomic(join(directory, 'keys', name), content);
    writeFileAtomic(join(directory, 'admin.token'), `${home.adminToken}\n`);
    for (const [name, text] of home.pack.files)
      writeFileAtomic(join(directory, 'policies', name), text);
    writeFileAtomic(join(directory, 'policies', 'pack.dsse.json'), home.pack.envelope);
    if (!existsSync(join(directory, 'config.json')))
      writeFileAtomic(join(directory, 'config.json'), '{}\n');
    // Made here for their mode: SQLite gives its log files the mode of the database.
    for (const name of ['state.db', 'quarantine.db']) writeFileAtomic(join(directory, name), '');
    writeFileAtomic(join(directory, 'checkpoints.log'), `${home.checkpoint}\n`);
    writeFileAtomic(
      join(directory, 'home.json'),
      `${JSON.stringify({ format: HOME_FORMAT, id: home.id })}\n`,
    );
  });
}

export function openHome(directory: string): HomeFiles {
  const path = (...names: readonly string[]): string => join(directory, ...names);
  const bundlePath = (digest: string): string => {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new CcosError('invalid_input', { field: 'digest' });
    return path('bundles', `${digest}.ccosb`);
  };
  return {
    directory,
    id: readHomeId(path('home.json')),
    stateFile: path('state.db'),
    quarantineFile: path('quarantine.db'),
    checkpointLog: path('checkpoints.log'),
    keys: () => ({
      master: Uint8Array.from(readOwn(path('keys', 'master.key'))),
      chainPem: readOwn(path('keys', 'chain.key')).toString('utf8'),
      chainVerifierKey: readOwn(path('keys', 'chain.vkey')).toString('utf8').trim(),
      operatorPem: readOwn(path('keys', 'operator.key')).toString('utf8'),
    }),
    adminToken: () => readOwn(path('admin.token')).toString('utf8').trim(),
    readConfig: () => readConfig(path('config.json')),
    readRawConfig: () => parseJson(readOwn(path('config.json'))),
    writeConfig(raw) {
      configSchema.parse(raw);
      onDisk(() => {
        writeFileAtomic(path('config.json'), `${JSON.stringify(raw, null, 2)}\n`);
      });
    },
    readPack: () => readPack(path('policies')),
    writeBundle(digest, bytes) {
      onDisk(() => {
        writeFileAtomic(bundlePath(digest), bytes, 0o400);
      });
    },
    readBundle(digest) {
      const file = bundlePath(digest);
      return existsSync(file) ? Uint8Array.from(readFileSync(file)) : null;
    },
    removeBundle(digest) {
      rmSync(bundlePath(digest), { force: true });
    },
  };
}

function readHomeId(file: string): string {
  if (!existsSync(file)) throw new CcosError('not_ready', { why: 'no_home' });
  const parsed = homeSchema.safeParse(parseJson(readFileSync(file)));
  if (!parsed.success) throw new CcosError('integrity', { what: 'home' });
  if (parsed.data.format > HOME_FORMAT)
    throw new CcosError('newer_home', { found: parsed.data.format, known: HOME_FORMAT });
  return parsed.data.id;
}

function readConfig(file: string): { readonly config: Config; readonly sha256: string } {
  const bytes = readOwn(file);
  const parsed = configSchema.safeParse(parseJson(bytes));
  if (!parsed.success) throw configError(parsed.error);
  return { config: parsed.data, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Names the place in the schema; an unknown key is counted, not repeated. */
function configError(error: z.ZodError): CcosError {
  const [issue] = error.issues;
  const known = (issue?.path ?? []).filter((part) => typeof part === 'string').join('.');
  return new CcosError('config_invalid', { key: known, why: issue?.code ?? 'unknown' });
}

function readPack(folder: string): StoredPack {
  if (!existsSync(folder)) throw missingFile();
  const names = readdirSync(folder).filter(
    (name) => name.endsWith('.cedar') || name.endsWith('.cedarschema'),
  );
  const files = new Map(
    names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
  return { files, envelope: readOwn(join(folder, 'pack.dsse.json')).toString('utf8') };
}

function readOwn(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw missingFile();
  }
}

const missingFile = (): CcosError =>
  new CcosError('integrity', { what: 'home', why: 'missing_file' });

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new CcosError('config_invalid', { why: 'json' });
  }
}

/** A disk that is full or read-only, said in our words. */
function onDisk(write: () => void): void {
  try {
    write();
  } catch (failure) {
    const code = failure instanceof Error && 'code' in failure ? String(failure.code) : '';
    if (['ENOSPC', 'EROFS', 'EACCES', 'EPERM', 'EDQUOT', 'EFBIG'].includes(code))
      throw new CcosError('storage_full', { errno: code });
    throw failure;
  }
}
