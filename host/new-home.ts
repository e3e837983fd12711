import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { generateKeyPair } from './crypto/ed25519.ts';
import { verifierKey } from './crypto/note.ts';
import { newToken } from './crypto/token.ts';
import { signPack } from './kernel/pack-signature.ts';
import { POLICIES } from './runtime/paths.ts';
import type { NewHome } from './runtime/home.ts';

/** Fresh keys, a token, and the default pack under the operator's signature. */
export function makeNewHome(version: string): NewHome {
  const id = randomBytes(8).toString('hex');
  const chain = generateKeyPair();
  const operator = generateKeyPair();
  return {
    id,
    adminToken: newToken(),
    pack: signPack(readDefaultPack(), version, operator),
    keys: new Map<string, Uint8Array | string>([
      ['master.key', randomBytes(32)],
      ['chain.key', chain.pem],
      ['chain.vkey', `${verifierKey(`ccos/${id}`, chain)}\n`],
      ['operator.key', operator.pem],
    ]),
  };
}

function readDefaultPack(): ReadonlyMap<string, string> {
  const names = readdirSync(POLICIES).filter((name) => /\.cedar(schema)?$/.test(name));
  return new Map(names.sort().map((name) => [name, readFileSync(new URL(name, POLICIES), 'utf8')]));
}
