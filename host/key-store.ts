import type { AskPassphrase } from './cli/application.ts';
import { CcosError } from './core/error.ts';
import type { HomeFiles, KeyStore } from './core/home.ts';
import { openWithPassphrase, sealWithPassphrase } from './crypto/passphrase.ts';
import { SEALED_MASTER } from './runtime/home.ts';
import type { NewHome } from './runtime/home.ts';
import { readFromKeychain, storeInKeychain } from './runtime/keychain.ts';

const contextOf = (homeId: string): string => `ccos-master-key-v1 ${homeId}`;

/**
 * The new home with its master key where it was asked to be. Throws `not_ready` where this machine has no
 * such place: a weaker one is never taken instead.
 */
export async function withKeyStore(
  home: NewHome,
  keyStore: KeyStore,
  ask: AskPassphrase,
): Promise<NewHome> {
  if (keyStore === 'file') return home;
  const { 'master.key': master, ...others } = Object.fromEntries(home.keys);
  if (!(master instanceof Uint8Array)) throw new CcosError('internal', { why: 'master_key' });
  const keys = new Map(Object.entries(others));
  if (keyStore === 'keychain') await storeInKeychain(home.id, master);
  else
    keys.set(SEALED_MASTER, await sealWithPassphrase(master, await ask('new'), contextOf(home.id)));
  return { ...home, keyStore, keys };
}

/**
 * The files of a home, with a master key that opens it. Throws `quarantine_locked` where that cannot be
 * had; no key is ever made in its place.
 */
export async function unlock(files: HomeFiles, ask: AskPassphrase): Promise<HomeFiles> {
  if (files.keyStore === 'file') return files;
  const master = await readMaster(files, ask);
  return { ...files, keys: () => files.keys(master) };
}

async function readMaster(files: HomeFiles, ask: AskPassphrase): Promise<Uint8Array> {
  if (files.keyStore === 'keychain') return readFromKeychain(files.id);
  const sealed = files.sealedMaster(); // a home without it is damaged: nobody is asked for anything
  return openWithPassphrase(sealed, await ask('known'), contextOf(files.id));
}
