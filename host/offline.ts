import { describeBundle } from './bundle/describe.ts';
import { packBundle, readUnsigned, signContainer } from './bundle/pack.ts';
import type { Offline } from './cli/application.ts';
import { CcosError } from './core/error.ts';
import { generateKeyPair, readKeyPair } from './crypto/ed25519.ts';
import { readBundleFolder } from './runtime/bundle-folder.ts';
import { readContractCoverage } from './runtime/contract-files.ts';
import { withCopy } from './runtime/evidence.ts';
import { STATE_WORKER } from './runtime/paths.ts';
import { world } from './runtime/world.ts';
import { checkProof } from './store/proof.ts';
import { openStore } from './store/store.ts';
import type { Store, StoreOptions } from './store/store.ts';

/** Tools for publishers and auditors: they need no home, and none of them trusts anything. */
export const offline: Offline = {
  keygen() {
    const { id, pem, raw } = generateKeyPair();
    const public_key = Buffer.from(raw).toString('base64');
    return Promise.resolve({ key_id: id, private_key_pem: pem, public_key });
  },
  pack: (folder) => Promise.resolve(packBundle(readBundleFolder(folder)).container),
  sign: (bundle, pem) => Promise.resolve(signContainer(bundle, readKeyPair(pem))),
  inspect(bundle) {
    const { manifest, digest, envelope } = readUnsigned(bundle);
    const signatures = envelope.signatures.map(({ keyid }) => keyid);
    return Promise.resolve({ ...describeBundle(manifest, digest), signatures });
  },
  contract: () => Promise.resolve(readContractCoverage()),
  // A key that is none rejects, and does not throw at once.
  verifyProof: async (proof, verifierKey) => Promise.resolve(checkProof(proof, verifierKey)),
  verifyAudit: ({ dbFile, verifierKey, checkpoint }) =>
    withCopy(dbFile, async (copy) => {
      const store = await openEvidence({
        workerFile: STATE_WORKER,
        world,
        envelope: () => ({ tenant: '', policy: { pack: '', sha256: '' } }),
        stateFile: copy,
        quarantineFile: null,
        vaultFile: null,
        checkpointLog: null,
        origin: '',
        signingKeyPem: null,
        verifierKey,
        masterKey: null,
        lockWaitMillis: 0,
        readOnly: true,
      });
      try {
        return await store.ask('verify', { note: checkpoint ?? null });
      } finally {
        await store.close();
      }
    }),
};

/** A file that is no database at all is a wrong argument, and says nothing about a chain. */
async function openEvidence(options: StoreOptions): Promise<Store> {
  try {
    return await openStore(options);
  } catch (failure) {
    if (failure instanceof CcosError && failure.detail['sqlite'] === 'SQLITE_NOTADB')
      throw new CcosError('invalid_input', { field: 'db', why: 'not_a_database' });
    throw failure;
  }
}
