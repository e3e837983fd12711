import { toHex } from './core/id.ts';
import { generateKeyPair } from './crypto/ed25519.ts';
import { EMPTY_ROOT_BASE64 as EMPTY_ROOT } from './crypto/merkle.ts';
import { signCheckpoint, verifierKey } from './crypto/note.ts';
import { newToken } from './crypto/token.ts';
import { signBeginning } from './kernel/acts.ts';
import { signPack } from './kernel/pack-signature.ts';
import { readDefaultPack } from './runtime/default-pack.ts';
import { world } from './runtime/world.ts';
import type { NewHome } from './runtime/home.ts';

/** Fresh keys, a token, and the default pack under the operator's signature. */
export function makeNewHome(version: string): NewHome {
  const id = toHex(world.randomBytes(8));
  const chain = generateKeyPair();
  const operator = generateKeyPair();
  const origin = `ccos/${id}`;
  return {
    id,
    keyStore: 'file',
    adminToken: newToken(),
    checkpoint: signCheckpoint({ origin, size: 0, rootBase64: EMPTY_ROOT }, chain),
    lastAct: signBeginning(operator),
    pack: signPack(readDefaultPack(), version, operator),
    keys: new Map<string, Uint8Array | string>([
      ['master.key', world.randomBytes(32)],
      ['chain.key', chain.pem],
      ['chain.vkey', `${verifierKey(origin, chain)}\n`],
      ['operator.key', operator.pem],
    ]),
  };
}
