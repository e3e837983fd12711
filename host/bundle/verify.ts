import { sha256Hex } from '../crypto/digest.ts';
import { readContainer } from './container.ts';
import { checkContents } from './contents.ts';
import { parseEnvelope } from './envelope.ts';
import { parseManifest } from './manifest.ts';
import type { Manifest } from './manifest-schema.ts';
import { ENVELOPE_PATH } from './path.ts';
import { refusal } from './refusal.ts';
import { demandSignatures, goodKeys, judgeSignatures, refuseMismatch } from './signatures.ts';
import type { SignatureFinding, VerifyMode } from './signatures.ts';
import type { TrustView } from './trust.ts';
import { compareVersions, satisfies } from './version.ts';

/** The lowest bundle of a name that may still be installed, and which one that is where it is known. */
export interface SequenceFloor {
  readonly sequence: number;
  /** SHA-256 of the payload, hex, of the bundle installed with that sequence. */
  readonly digest?: string;
  readonly version?: string;
}

export interface VerifyOptions {
  readonly trust: TrustView;
  /** Unix milliseconds. */
  readonly now: number;
  readonly mode: VerifyMode;
  /** The version of this host, for `requires.host`. */
  readonly hostVersion: string;
  readonly floor?: SequenceFloor;
}

/** What the envelope of a bundle proves by itself: whose it is, and what is in it. */
export interface SignedManifest {
  /** SHA-256 of the payload, hex: the identity of the bundle. */
  readonly digest: string;
  readonly manifest: Manifest;
  /** Ids of the publisher's keys whose signatures counted. */
  readonly signers: readonly string[];
}

declare const verified: unique symbol;

/** A bundle that passed every check of {@link verifyBundle}; nothing else makes one. */
export interface VerifiedBundle extends SignedManifest {
  readonly [verified]: true;
  /** The files by path, the envelope apart; views of the bytes that were verified. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * The checklist of `ccos-bundle/1`, the same at install and at each load; a load leaves out the second
 * signature implementation and the end of new installs (`notAfter`). Nothing of the payload is parsed
 * before a trusted key has signed it. Refuses with a `bundle_…` code.
 */
export function verifyBundle(bytes: Uint8Array, options: VerifyOptions): VerifiedBundle {
  const container = readContainer(bytes);
  const signed = verifyEnvelope(container.get(ENVELOPE_PATH) ?? new Uint8Array(), options);
  const { manifest, digest } = signed;
  checkContents(manifest, container);
  checkFloor(manifest, digest, options.floor);
  const files = new Map([...container].filter(([path]) => path !== ENVELOPE_PATH));
  return { ...signed, files } as unknown as VerifiedBundle; // the one brand
}

/** The part of {@link verifyBundle} that needs the envelope and no other file. */
export function verifyEnvelope(bytes: Uint8Array, options: VerifyOptions): SignedManifest {
  const { trust, mode, now } = options;
  const envelope = parseEnvelope(bytes);
  const digest = sha256Hex(envelope.payload);
  if (trust.revokedBundles.has(digest)) throw refusal('bundle_revoked', 'digest');
  if (envelope.signatures.length === 0) throw refusal('bundle_signature', 'unsigned');
  const findings = judgeSignatures(envelope, { trust, now, mode, digest });
  demandSignatures(findings, 1);
  const manifest = parseManifest(envelope.payload);
  const signers = checkPublisher(manifest, findings, trust);
  checkDemands(manifest, options);
  return { digest, manifest, signers };
}

/** The publisher that the manifest names must be the one whose keys have signed. */
function checkPublisher(
  { publisher: { id }, name, capabilities }: Manifest,
  findings: readonly SignatureFinding[],
  trust: TrustView,
): readonly string[] {
  const publisher = trust.publishers.find((known) => known.id === id);
  if (publisher === undefined) throw refusal('bundle_untrusted_key', 'unknown_publisher');
  const own = findings.filter((finding) => finding.publisher === id);
  demandSignatures(own, publisher.threshold);
  refuseMismatch(findings);
  if (!publisher.namespaces.some((namespace) => covers(namespace, name))) {
    throw refusal('bundle_untrusted_key', 'namespace');
  }
  for (const [capability, { effects }] of capabilities.entries()) {
    const effect = effects.find((asked) => !publisher.maxEffects.includes(asked));
    if (effect !== undefined) throw refusal('bundle_permission', 'effect', { capability, effect });
  }
  return [...goodKeys(own)];
}

function checkDemands(
  { requires, notAfter }: Manifest,
  { hostVersion, mode, now }: VerifyOptions,
): void {
  if (!satisfies(hostVersion, requires.host)) throw refusal('bundle_manifest', 'host_version');
  if (mode === 'install' && now > Date.parse(notAfter)) throw refusal('bundle_expired', 'bundle');
}

function checkFloor(
  { sequence, version }: Manifest,
  digest: string,
  floor: SequenceFloor | undefined,
): void {
  if (floor === undefined) return;
  if (sequence < floor.sequence) throw refusal('bundle_rollback', 'sequence');
  if (sequence === floor.sequence) {
    if ((floor.digest ?? digest) !== digest) throw refusal('bundle_rollback', 'equivocation');
  } else if (floor.version !== undefined && compareVersions(version, floor.version) < 0) {
    throw refusal('bundle_rollback', 'version');
  }
}

/** `acme/*` covers every bundle of acme; anything else only itself. */
function covers(namespace: string, name: string): boolean {
  return namespace.endsWith('/*') ? name.startsWith(namespace.slice(0, -1)) : name === namespace;
}
