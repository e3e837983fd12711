import { toHex } from './core/id.ts';
import { generateKeyPair } from './crypto/ed25519.ts';
import { verifierKey } from './crypto/note.ts';
import { newToken } from './crypto/token.ts';
import { signPack } from './kernel/pack-signature.ts';
import { readDefaultPack } from './runtime/default-pack.ts';
import { world } from './runtime/world.ts';
import type { NewHome } from './runtime/home.ts';

/** Fresh keys, a token, and the default pack under the operator's signature. */
export function makeNewHome(version: string): NewHome {
  const id = toHex(world.randomBytes(8));
  const chain = generateKeyPair();
  const operator = generateKeyPair();
  return {
    id,
    adminToken: newToken(),
    pack: signPack(readDefaultPack(), version, operator),
    keys: new Map<string, Uint8Array | string>([
      ['master.key', world.randomBytes(32)],
      ['chain.key', chain.pem],
      ['chain.vkey', `${verifierKey(`ccos/${id}`, chain)}\n`],
      ['operator.key', operator.pem],
    ]),
  };
}
