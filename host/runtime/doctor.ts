import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../core/finding.ts';
import type { HomeFiles } from '../core/home.ts';
import { RUNTIME } from './runtime.ts';

const SECRET_FILES = [
  'admin.token',
  'keys/master.key',
  'keys/master.sealed.json',
  'keys/chain.key',
  'keys/operator.key',
] as const;

/** What stands between a document and this machine, in words of a closed vocabulary. */
export function walls(): readonly string[] {
  const permission =
    RUNTIME === 'deno'
      ? 'deno-permissions'
      : Number(process.versions.node.split('.')[0]) >= 24
        ? 'node-permissions'
        : 'node-permissions-experimental';
  return ['webassembly', 'process', 'empty-environment', 'memory-cap', permission];
}

export function examineHome(home: HomeFiles): readonly Finding[] {
  return [...fileFindings(home), runtimeFinding(), ...wallFindings()];
}

function fileFindings(home: HomeFiles): readonly Finding[] {
  const { directory } = home;
  const folder = mode(directory);
  const findings: Finding[] = [
    verdict('home.mode', (folder & 0o077) === 0, {
      bad: 'others on this machine can look into the home folder',
      mend: 'chmod 700 on the home folder',
    }),
  ];
  const open = SECRET_FILES.filter((name) => (mode(join(directory, name)) & 0o077) !== 0);
  return [
    ...findings,
    verdict('home.secrets', open.length === 0, {
      bad: `${String(open.length)} key or token files can be read by others`,
      mend: 'chmod 600 on admin.token and on the files under keys/',
    }),
    keyFinding(home),
  ];
}

const KEY_STORE_WORDS = {
  file: 'the master key is a file in the home; who can read the home can read quarantine and vault',
  passphrase: 'the master key is sealed under a passphrase (Argon2id)',
  keychain: 'the master key is in the keychain of this system',
} as const;

function keyFinding({ directory, keyStore }: HomeFiles): Finding {
  const check = 'home.master-key';
  const message = KEY_STORE_WORDS[keyStore];
  if (keyStore === 'file')
    return {
      check,
      severity: 'info',
      message,
      mend: 'keep the home on an encrypted disk, or make one with ccos init --key-store passphrase',
    };
  if (existsSync(join(directory, 'keys', 'master.key')))
    return {
      check,
      severity: 'critical',
      message: `${message}, and a file keys/master.key lies beside it`,
      mend: 'find out who put it there; nothing reads it',
    };
  return { check, severity: 'ok', message, mend: '' };
}

function runtimeFinding(): Finding {
  const old = RUNTIME === 'node' && Number(process.versions.node.split('.')[0]) < 22;
  return {
    check: 'runtime.supported',
    severity: old ? 'info' : 'ok',
    message: old
      ? 'this version of Node gets no more security updates'
      : 'the runtime is maintained',
    mend: old ? 'run ccos on the newest even version of Node' : '',
  };
}

function wallFindings(): readonly Finding[] {
  const experimental = walls().includes('node-permissions-experimental');
  return [
    {
      check: 'sandbox.walls',
      severity: experimental ? 'warning' : 'ok',
      message: experimental
        ? 'the permission model of this Node does not cover sockets: WebAssembly alone keeps a plugin from the network'
        : 'WebAssembly and the permission model of the runtime both stand',
      mend: experimental ? 'run ccos on Node 26 or on Deno' : '',
    },
  ];
}

function verdict(
  check: string,
  good: boolean,
  words: { readonly bad: string; readonly mend: string },
): Finding {
  return good
    ? { check, severity: 'ok', message: 'as it should be', mend: '' }
    : { check, severity: 'critical', message: words.bad, mend: words.mend };
}

function mode(path: string): number {
  return existsSync(path) ? statSync(path).mode : 0;
}
