import { canonicalJson } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { sha256Hex } from '../crypto/digest.ts';
import type { KeyPair } from '../crypto/ed25519.ts';
import { readContainer, writeContainer } from './container.ts';
import { checkContents } from './contents.ts';
import { BUNDLE_TYPE, parseEnvelope, signEnvelope, writeEnvelope } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { parseManifest } from './manifest.ts';
import type { FILE_ROLES, Manifest } from './manifest-schema.ts';
import { readModule } from './module-check.ts';
import { ENVELOPE_PATH } from './path.ts';
import { refusal } from './refusal.ts';

/** A manifest as its author writes it; `files` and every `imports` are filled in, whatever they say. */
export type ManifestDraft = JsonObject;

export interface PackInput {
  readonly manifest: ManifestDraft;
  /** By path; the first folder of a path says its role. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface PackedBundle {
  /** The canonical manifest, which is what gets signed. */
  readonly payload: Uint8Array;
  /** SHA-256 of the payload, hex. */
  readonly digest: string;
  /** The bundle without signatures. */
  readonly container: Uint8Array;
}

/** A well-formed bundle whose signatures nobody has verified: to pack, sign and inspect, not to run. */
export interface UnverifiedBundle {
  readonly digest: string;
  readonly envelope: Envelope;
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const ROLES: ReadonlyMap<string, (typeof FILE_ROLES)[number]> = new Map([
  ['wasm', 'module'],
  ['schemas', 'schema'],
  ['docs', 'doc'],
  ['policies', 'policy'],
  ['attestations', 'attestation'],
  ['locales', 'locale'],
  ['maps', 'source-map'],
]);

/** Makes an unsigned bundle and refuses, with its code, what no host would take. */
export function packBundle({ manifest, files }: PackInput): PackedBundle {
  const capabilities = manifest['capabilities'];
  const complete = {
    ...manifest,
    files: [...files].map(([path, bytes]) => describeFile(path, bytes)).sort(byPath),
    capabilities: Array.isArray(capabilities)
      ? capabilities.map((capability: unknown) => withImports(capability, files))
      : [],
  };
  const payload = new TextEncoder().encode(canonicalJson(complete));
  checkContents(parseManifest(payload), files);
  const envelope = writeEnvelope({ payloadType: BUNDLE_TYPE, payload, signatures: [] });
  const container = writeContainer(new Map([[ENVELOPE_PATH, envelope], ...files]));
  return { payload, digest: sha256Hex(payload), container };
}

/** Adds a signature to a bundle, signed or not, after checking all but signatures and trust. */
export function signContainer(bytes: Uint8Array, key: KeyPair): Uint8Array {
  const { envelope, files } = readUnsigned(bytes);
  const signed = writeEnvelope(signEnvelope(envelope, key));
  return writeContainer(new Map([...files, [ENVELOPE_PATH, signed]]));
}

/** Reads a bundle and checks all but signatures and trust; it may have no signature at all. */
export function readUnsigned(bytes: Uint8Array): UnverifiedBundle {
  const container = readContainer(bytes);
  const envelope = parseEnvelope(container.get(ENVELOPE_PATH) ?? new Uint8Array());
  const manifest = parseManifest(envelope.payload);
  checkContents(manifest, container);
  const files = new Map([...container].filter(([path]) => path !== ENVELOPE_PATH));
  return { digest: sha256Hex(envelope.payload), envelope, manifest, files };
}

function describeFile(path: string, bytes: Uint8Array): Manifest['files'][number] {
  const role = ROLES.get(path.split('/')[0] ?? '');
  if (role === undefined) throw refusal('bundle_files', 'folder');
  return { path, size: bytes.length, sha256: sha256Hex(bytes), role };
}

function byPath(left: { readonly path: string }, right: { readonly path: string }): number {
  return left.path < right.path ? -1 : 1;
}

/** What is not a capability with a module is left as it is, for the manifest's check to refuse. */
function withImports(capability: unknown, files: ReadonlyMap<string, Uint8Array>): unknown {
  if (typeof capability !== 'object' || capability === null) return capability;
  const { module } = capability as { readonly module?: unknown };
  const bytes = typeof module === 'string' ? files.get(module) : undefined;
  return bytes === undefined ? capability : { ...capability, imports: readModule(bytes).imports };
}
