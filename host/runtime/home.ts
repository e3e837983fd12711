import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { configSchema } from '../core/config.ts';
import type { Config } from '../core/config.ts';
import { CcosError } from '../core/error.ts';
import { KEY_STORES } from '../core/home.ts';
import type { HomeFiles, HomeKeys, KeyStore, StoredPack } from '../core/home.ts';
import { writeFileAtomic } from './atomic-file.ts';
import { readRegularFile } from './regular-file.ts';
import { createHash } from 'node:crypto';

/** Bumped when the files of a home change shape; the databases have versions of their own. */
const HOME_FORMAT = 2;

const LAST_ACT = 'last-act.dsse.json';

/** The master key under a passphrase. */
export const SEALED_MASTER = 'master.sealed.json';

const homeSchema = z.strictObject({
  format: z.int(),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** Homes of format 1 have their key in a file. */
  key_store: z.enum(KEY_STORES).default('file'),
});

/** What `ccos init` writes; `runtime/` does no cryptography, so the keys are handed in. */
export interface NewHome {
  readonly id: string;
  readonly keyStore: KeyStore;
  readonly keys: ReadonlyMap<string, Uint8Array | string>;
  readonly adminToken: string;
  readonly pack: StoredPack;
  /** The signed checkpoint of a chain without rows: a log that holds nothing was emptied. */
  readonly checkpoint: string;
  /** The operator's statement that he has not done anything yet. */
  readonly lastAct: string;
}

export function homeExists(directory: string): boolean {
  return existsSync(join(directory, 'home.json'));
}

/**
 * `home.json` is written last: a home that a crash left half made is made again. Where there is a
 * database there were keys, and new ones would lock its owner out: `integrity`.
 */
export function createHome(directory: string, home: NewHome): void {
  if (hasDatabase(directory)) throw missingFile('home.json');
  onDisk(() => {
    for (const folder of ['', 'keys', 'policies', 'bundles'])
      mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
    rmSync(join(directory, 'keys', 'master.key'), { force: true }); // of an attempt that was cut off
    for (const [name, content] of home.keys)
      writeFileAtomic(join(directory, 'keys', name), content);
    writeFileAtomic(join(directory, 'admin.token'), `${home.adminToken}\n`);
    for (const [name, text] of home.pack.files)
      writeFileAtomic(join(directory, 'policies', name), text);
    writeFileAtomic(join(directory, 'policies', 'pack.dsse.json'), home.pack.envelope);
    if (!existsSync(join(directory, 'config.json')))
      writeFileAtomic(join(directory, 'config.json'), '{}\n');
    // Made here for their mode: SQLite gives its log files the mode of the database.
    for (const name of ['state.db', 'quarantine.db', 'vault.db'])
      writeFileAtomic(join(directory, name), '');
    writeFileAtomic(join(directory, 'checkpoints.log'), `${home.checkpoint}\n`);
    writeFileAtomic(join(directory, LAST_ACT), `${home.lastAct}\n`);
    writeFileAtomic(
      join(directory, 'home.json'),
      `${JSON.stringify({ format: HOME_FORMAT, id: home.id, key_store: home.keyStore })}\n`,
    );
  });
}

export function openHome(directory: string): HomeFiles {
  const path = (...names: readonly string[]): string => join(directory, ...names);
  const bundlePath = (digest: string): string => {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new CcosError('invalid_input', { field: 'digest' });
    return path('bundles', `${digest}.ccosb`);
  };
  const described = readHomeFile(directory);
  return {
    directory,
    id: described.id,
    stateFile: path('state.db'),
    quarantineFile: path('quarantine.db'),
    vaultFile: path('vault.db'),
    checkpointLog: path('checkpoints.log'),
    keyStore: described.key_store,
    keys: (master) =>
      readKeys(path('keys'), master ?? readMaster(path('keys'), described.key_store)),
    sealedMaster: () => readOwn(path('keys', SEALED_MASTER)).toString('utf8'),
    adminToken: () => readAdminToken(path('admin.token')),
    readConfig: () => readConfig(path('config.json')),
    readRawConfig: () => parseJson(readOwn(path('config.json'))),
    writeConfig(raw) {
      configSchema.parse(raw);
      onDisk(() => {
        writeFileAtomic(path('config.json'), `${JSON.stringify(raw, null, 2)}\n`);
      });
    },
    readPack: () => readPack(path('policies')),
    readLastAct: () =>
      existsSync(path(LAST_ACT)) ? readOwn(path(LAST_ACT)).toString('utf8').trim() : null,
    writeLastAct(envelope) {
      onDisk(() => {
        writeFileAtomic(path(LAST_ACT), `${envelope}\n`);
      });
    },
    writeBundle(digest, bytes) {
      onDisk(() => {
        writeFileAtomic(bundlePath(digest), bytes, 0o400);
      });
    },
    readBundle(digest, most) {
      const bytes = readRegularFile(bundlePath(digest), most);
      return bytes === null ? null : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    },
    removeBundle(digest) {
      rmSync(bundlePath(digest), { force: true });
    },
  };
}

const hasDatabase = (directory: string): boolean =>
  (statSync(join(directory, 'state.db'), { throwIfNoEntry: false })?.size ?? 0) > 0;

function readAdminToken(file: string): string {
  const token = readOwn(file).toString('utf8').trim();
  if (!/^[\w.-]{20,200}$/.test(token)) throw damagedFile('admin.token');
  return token;
}

/** A key that lies in the clear beside a stronger store is not what the home was made with. */
function readMaster(folder: string, store: KeyStore): Uint8Array {
  if (store !== 'file') throw new CcosError('quarantine_locked', { key_store: store });
  return Uint8Array.from(readOwn(join(folder, 'master.key')));
}

function readKeys(folder: string, master: Uint8Array): HomeKeys {
  const text = (name: string): string => readOwn(join(folder, name)).toString('utf8');
  return {
    master,
    chainPem: text('chain.key'),
    chainVerifierKey: text('chain.vkey').trim(),
    operatorPem: text('operator.key'),
  };
}

/** Where there is a database there was a home: without `home.json` it is not one that can be made. */
function readHomeFile(directory: string): z.infer<typeof homeSchema> {
  if (!homeExists(directory) && !hasDatabase(directory))
    throw new CcosError('not_ready', { why: 'no_home' });
  const text = readOwn(join(directory, 'home.json'));
  const parsed = homeSchema.safeParse(jsonOf(text));
  if (!parsed.success) throw damagedFile('home.json');
  if (parsed.data.format > HOME_FORMAT)
    throw new CcosError('newer_home', { found: parsed.data.format, known: HOME_FORMAT });
  return parsed.data;
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
  if (!existsSync(folder)) throw missingFile('policies');
  const names = readdirSync(folder).filter(
    (name) => name.endsWith('.cedar') || name.endsWith('.cedarschema'),
  );
  const files = new Map(
    names.sort().map((name) => [name, readOwn(join(folder, name), 'policies').toString('utf8')]),
  );
  return { files, envelope: readOwn(join(folder, 'pack.dsse.json')).toString('utf8') };
}

/** A file of a name that is ours. */
function readOwn(file: string, name = basename(file)): Buffer {
  const bytes = readRegularFile(file);
  if (bytes === null) throw missingFile(name);
  return bytes;
}

const missingFile = (file: string): CcosError =>
  new CcosError('integrity', { what: 'home', why: 'missing_file', file });
const damagedFile = (file: string): CcosError =>
  new CcosError('integrity', { what: 'home', why: 'damaged_file', file });

function parseJson(bytes: Uint8Array): unknown {
  const value = jsonOf(bytes);
  if (value === undefined) throw new CcosError('config_invalid', { why: 'json' });
  return value;
}

/** Undefined where it is none. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
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
