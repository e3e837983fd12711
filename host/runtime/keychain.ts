import { spawn } from 'node:child_process';
import { CcosError } from '../core/error.ts';

/**
 * The keychain of the system, through the program that it brings: libsecret's `secret-tool` on Linux,
 * `security` on macOS. A secret goes to either on standard input, never among its arguments.
 */
const SERVICE = 'ccos';
const WITHIN_MILLIS = 60_000;

interface Program {
  readonly command: string;
  readonly store: (account: string) => readonly string[];
  readonly stored: (account: string, secret: string) => string;
  readonly lookup: (account: string) => readonly string[];
}

const LIBSECRET: Program = {
  command: 'secret-tool',
  store: (account) => ['store', `--label=${SERVICE} ${account}`, ...attributes(account)],
  stored: (_, secret) => secret,
  lookup: (account) => ['lookup', ...attributes(account)],
};

/** `security -i` takes whole commands, so the secret is in none that others can list. */
const MACOS: Program = {
  command: 'security',
  store: () => ['-i'],
  stored: (account, secret) => `add-generic-password -U -s ${SERVICE} -a ${account} -w ${secret}\n`,
  lookup: (account) => ['find-generic-password', '-s', SERVICE, '-a', account, '-w'],
};

const program = (): Program => (process.platform === 'darwin' ? MACOS : LIBSECRET);
const attributes = (account: string): readonly string[] => ['service', SERVICE, 'home', account];

/** Puts a key away and reads it back. Throws `not_ready` where this machine has no keychain to use. */
export async function storeInKeychain(account: string, key: Uint8Array): Promise<void> {
  const { command, store, stored } = program();
  const secret = Buffer.from(key).toString('hex');
  const absent = new CcosError('not_ready', { why: 'no_keychain' });
  const done = await run(command, store(account), stored(account, secret));
  if (done === null) throw absent;
  const found = await lookup(account);
  if (found !== secret) throw absent;
}

/** Throws `quarantine_locked` where the keychain is not there, is locked, or does not have the key. */
export async function readFromKeychain(account: string): Promise<Uint8Array> {
  const found = await lookup(account);
  if (found === null || !/^[0-9a-f]{64}$/.test(found))
    throw new CcosError('quarantine_locked', { key_store: 'keychain' });
  return Uint8Array.from(Buffer.from(found, 'hex'));
}

async function lookup(account: string): Promise<string | null> {
  const { command, lookup: words } = program();
  return (await run(command, words(account), ''))?.trim() ?? null;
}

/** What it prints, or null where it cannot be started or ends with a failure. */
function run(command: string, args: readonly string[], input: string): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: WITHIN_MILLIS,
    });
    const parts: Buffer[] = [];
    child.on('error', () => {
      resolve(null);
    });
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stdin.on('error', () => undefined); // it has gone; how it ended says the rest
    child.on('close', (code) => {
      resolve(code === 0 ? Buffer.concat(parts).toString('utf8') : null);
    });
    child.stdin.end(input);
  });
}
