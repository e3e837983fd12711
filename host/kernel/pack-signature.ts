import { CcosError } from '../core/error.ts';
import type { StoredPack } from '../core/home.ts';
import { canonicalJson } from '../core/json.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { KeyPair, PublicKey } from '../crypto/ed25519.ts';
import { openStatement, signStatement } from '../crypto/sealed-statement.ts';

const PAYLOAD_TYPE = 'application/vnd.ccos.policy-pack.v1+json';

/** SHA-256 of the pack's canonical JSON: names and texts, in the order of the names. */
export function packDigest(files: ReadonlyMap<string, string>): string {
  return sha256Hex(canonicalJson([...files].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** The operator's signature over a pack's digest and version. */
export function signPack(
  files: ReadonlyMap<string, string>,
  version: string,
  operator: KeyPair,
): StoredPack {
  const statement = canonicalJson({ format: 'ccos-pack/1', version, sha256: packDigest(files) });
  return { files, envelope: signStatement(PAYLOAD_TYPE, statement, operator) };
}

/** INV-POLICY-2: only the pack that the operator signed decides; throws `integrity`. */
export function verifyPack(
  pack: StoredPack,
  operator: PublicKey,
): { readonly version: string; readonly sha256: string } {
  const payload = openStatement(pack.envelope, PAYLOAD_TYPE, operator);
  if (payload === null) throw new CcosError('integrity', { what: 'policy', why: 'signature' });
  const statement = JSON.parse(payload) as Record<string, unknown>; // signed by the operator's key
  const sha256 = packDigest(pack.files);
  if (statement['sha256'] !== sha256)
    throw new CcosError('integrity', { what: 'policy', why: 'digest' });
  return { version: String(statement['version']), sha256 };
}
