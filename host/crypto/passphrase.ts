import { randomFillSync } from 'node:crypto';
import { z } from 'zod';
import { CcosError } from '../core/error.ts';
import { canonicalJson } from '../core/json.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { importKey, unwrap, wrap } from './seal.ts';

/** RFC 9106, section 4, the second recommended option: 64 MiB, three passes, four lanes, 16 bytes of salt. */
const ARGON2ID = { memory_kib: 65_536, passes: 3, lanes: 4 } as const;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
export const LEAST_PASSPHRASE_CHARACTERS = 12;

/** What a file may ask of this machine; it is read before anything proves who wrote it. */
const sealedKey = z.strictObject({
  format: z.literal('ccos-sealed-key/1'),
  kdf: z.literal('argon2id'),
  memory_kib: z.int().min(8192).max(1_048_576),
  passes: z.int().min(1).max(16),
  lanes: z.int().min(1).max(16),
  salt: z.string().max(64),
  sealed: z.string().max(256),
});
type SealedKey = z.infer<typeof sealedKey>;

/**
 * A key under a passphrase, as JSON text: AES-256-GCM under what Argon2id makes of the passphrase (NFC,
 * as RFC 8265 has it), with the parameters and `context` as associated data.
 */
export async function sealWithPassphrase(
  key: Uint8Array,
  passphrase: string,
  context: string,
): Promise<string> {
  if (passphrase.length < LEAST_PASSPHRASE_CHARACTERS)
    throw new CcosError('invalid_input', {
      field: 'passphrase',
      least_characters: LEAST_PASSPHRASE_CHARACTERS,
    });
  const head = {
    format: 'ccos-sealed-key/1',
    kdf: 'argon2id',
    ...ARGON2ID,
    salt: encodeBase64(randomFillSync(new Uint8Array(SALT_BYTES))),
  } as const;
  const sealed = wrap(await derive(head, passphrase), key, associated(head, context));
  return `${JSON.stringify({ ...head, sealed: encodeBase64(sealed) }, null, 2)}\n`;
}

/** Throws `quarantine_locked` for another passphrase, `integrity` for what is no sealed key. */
export async function openWithPassphrase(
  text: string,
  passphrase: string,
  context: string,
): Promise<Uint8Array> {
  const { sealed, ...head } = parseSealed(text);
  const wrong = new CcosError('quarantine_locked', { why: 'passphrase' });
  if (passphrase === '') throw wrong; // Argon2 takes none
  const bytes = decodeBase64(sealed);
  if (bytes === undefined) throw damaged();
  const key = await derive(head, passphrase);
  try {
    return unwrap(key, bytes, associated(head, context));
  } catch {
    throw wrong;
  }
}

function parseSealed(text: string): SealedKey {
  try {
    return sealedKey.parse(JSON.parse(text));
  } catch {
    throw damaged();
  }
}

async function derive(
  { salt, memory_kib, passes, lanes }: Omit<SealedKey, 'sealed'>,
  passphrase: string,
): Promise<ReturnType<typeof importKey>> {
  const saltBytes = decodeBase64(salt);
  if (saltBytes?.length !== SALT_BYTES) throw damaged();
  const { argon2id } = await import('hash-wasm'); // large, and only a home with a passphrase needs it
  const raw = await argon2id({
    password: passphrase.normalize('NFC'),
    salt: saltBytes,
    memorySize: memory_kib,
    iterations: passes,
    parallelism: lanes,
    hashLength: KEY_BYTES,
    outputType: 'binary',
  });
  return importKey(raw);
}

function associated(head: Omit<SealedKey, 'sealed'>, context: string): string {
  return canonicalJson({ ...head, context });
}

const damaged = (): CcosError => new CcosError('integrity', { what: 'master_key' });
