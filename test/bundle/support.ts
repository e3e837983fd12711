import wabt from 'wabt';
import { CcosError } from '../../host/core/error.ts';
import type { ErrorCode } from '../../host/core/error.ts';
import type { JsonObject } from '../../host/core/json.ts';
import { generateKeyPair } from '../../host/crypto/ed25519.ts';
import type { KeyPair } from '../../host/crypto/ed25519.ts';
import { readContainer, writeContainer } from '../../host/bundle/container.ts';
import { BUNDLE_TYPE, signEnvelope, writeEnvelope } from '../../host/bundle/envelope.ts';
import { packBundle, signContainer } from '../../host/bundle/pack.ts';
import type { TrustedPublisher, TrustView } from '../../host/bundle/trust.ts';
import { verifyBundle } from '../../host/bundle/verify.ts';
import type { VerifiedBundle, VerifyOptions } from '../../host/bundle/verify.ts';

export const NOW = Date.parse('2026-11-25T12:00:00Z');
export const encoder = new TextEncoder();
export const decoder = new TextDecoder();

const assembler = await wabt();

/** Assembles WAT; features beyond the assembler's defaults by name. */
export function assemble(
  wat: string,
  features: Readonly<Record<string, boolean>> = {},
): Uint8Array {
  const module = assembler.parseWat('test.wat', wat, features);
  return Uint8Array.from(module.toBinary({}).buffer);
}

export const IMPORTS = `
  (import "ccos:host/1" "q_read" (func (param i32 i64 i32 i32) (result i32)))
  (import "ccos:host/1" "out_write" (func $out (param i32 i32) (result i32)))`;

/** A module of the ABI; `extra` goes before its memory, so it may hold imports. */
export function wat(extra = '', memory = '(memory (export "memory") 1 4)'): string {
  return `(module ${IMPORTS} ${extra} ${memory}
    (data (i32.const 0) "{\\"text\\":\\"\\"}")
    (func (export "extract_text") (result i32) (call $out (i32.const 0) (i32.const 11))))`;
}

export const MODULE = assemble(wat());

/** A binary module of raw sections, for what no assembler would write. */
export function rawModule(...sections: readonly (readonly number[])[]): Uint8Array {
  const parts = sections.map(([id = 0, ...body]) => [id, ...leb(body.length), ...body]);
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...parts.flat()]);
}

export function leb(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(Math.floor(value / 128))];
}

export const LIMITS = {
  memoryPages: 16,
  timeMs: 20_000,
  inputBytes: 1_048_576,
  outputBytes: 65_536,
  hostCalls: 100,
};

export const CAPABILITY = {
  id: 'ccos.attachment.extract_text',
  variant: 'pdf',
  kind: 'transform',
  export: 'extract_text',
  module: 'wasm/pdf.wasm',
  title: 'Text of a PDF',
  doc: 'docs/pdf.md',
  input: {
    schema: 'schemas/in.json',
    mediaTypes: ['application/pdf'],
    magic: [{ offset: 0, hex: '255044462d' }],
    classes: ['pii.attachment'],
  },
  output: { kind: 'derived', schema: 'schemas/out.json', classes: ['pii.attachment'] },
  effects: ['quarantine.read'],
  imports: [],
  hosts: [],
  deterministic: true,
  idempotent: true,
  limits: LIMITS,
};

export const DRAFT = {
  format: 'ccos-bundle/1',
  requires: { host: '>=1.0 <2', abi: 'ccos-abi/1' },
  name: 'acme/docs',
  version: '1.2.0',
  sequence: 5,
  publishedAt: '2026-11-01T00:00:00Z',
  notAfter: '2027-11-01T00:00:00Z',
  publisher: { id: 'acme' },
  capabilities: [CAPABILITY],
  recommendedPolicy: 'policies/acme.cedar',
  build: {
    source: { repo: 'https://example.org/acme/docs', commit: 'a'.repeat(40) },
    builder: 'node 20.20.2',
    command: 'npm run build',
    env: { SOURCE_DATE_EPOCH: '0' },
    toolchain: { assemblyscript: '0.28.20' },
    reproducible: true,
  },
  limits: LIMITS,
};

export const SCHEMA = '{"type":"object","maxProperties":2}';

export function files(
  changes: Readonly<Record<string, Uint8Array | string>> = {},
): ReadonlyMap<string, Uint8Array> {
  const all = {
    'wasm/pdf.wasm': MODULE,
    'schemas/in.json': SCHEMA,
    'schemas/out.json': SCHEMA,
    'docs/pdf.md': 'Reads PDF.',
    'policies/acme.cedar': 'permit (principal, action, resource);',
    ...changes,
  };
  return new Map(
    Object.entries(all).map(([path, content]) => [
      path,
      typeof content === 'string' ? encoder.encode(content) : content,
    ]),
  );
}

export const KEY = generateKeyPair();

export function publisher(changes: Partial<TrustedPublisher> = {}): TrustedPublisher {
  return {
    id: 'acme',
    namespaces: ['acme/*'],
    maxEffects: ['quarantine.read', 'quarantine.derive'],
    threshold: 1,
    keys: [KEY],
    ...changes,
  };
}

export function trust(changes: Partial<TrustView> = {}): TrustView {
  return {
    publishers: [publisher()],
    revokedBundles: new Set(),
    installedBefore: () => false,
    ...changes,
  };
}

/** An unsigned bundle of the draft with changes to its top level. */
export function packed(
  manifest: JsonObject = {},
  changes: Readonly<Record<string, Uint8Array | string>> = {},
): ReturnType<typeof packBundle> {
  return packBundle({ manifest: { ...DRAFT, ...manifest }, files: files(changes) });
}

/** A signed bundle. */
export function bundle(
  manifest: JsonObject = {},
  changes: Readonly<Record<string, Uint8Array | string>> = {},
): Uint8Array {
  return signContainer(packed(manifest, changes).container, KEY);
}

/** The manifest of a valid bundle as plain data, to be broken by a test. */
export function completeManifest(): typeof DRAFT & { files: { path: string; sha256: string }[] } {
  return JSON.parse(decoder.decode(packed().payload)) as never;
}

/** Signs whatever payload it is given, as a publisher who means harm could. */
export function signedPayload(
  payload: Uint8Array | string,
  { payloadType = BUNDLE_TYPE, keys = [KEY], content = files() }: SignOptions = {},
): Uint8Array {
  const bytes = typeof payload === 'string' ? encoder.encode(payload) : payload;
  const unsigned = { payloadType, payload: bytes, signatures: [] };
  const envelope = keys.reduce(signEnvelope, unsigned);
  return writeContainer(new Map([...content, ['bundle.dsse.json', writeEnvelope(envelope)]]));
}

export interface SignOptions {
  readonly payloadType?: string;
  readonly keys?: readonly KeyPair[];
  readonly content?: ReadonlyMap<string, Uint8Array>;
}

/** Replaces the envelope of a bundle. */
export function withEnvelope(container: Uint8Array, envelope: string | Uint8Array): Uint8Array {
  const bytes = typeof envelope === 'string' ? encoder.encode(envelope) : envelope;
  return writeContainer(new Map([...readContainer(container), ['bundle.dsse.json', bytes]]));
}

export function envelopeOf(container: Uint8Array): {
  payload: string;
  payloadType: string;
  signatures: { keyid: string; sig: string }[];
} {
  const bytes = readContainer(container).get('bundle.dsse.json');
  return JSON.parse(decoder.decode(bytes)) as never;
}

export function verify(bytes: Uint8Array, changes: Partial<VerifyOptions> = {}): VerifiedBundle {
  const options = { trust: trust(), now: NOW, mode: 'install', hostVersion: '1.4.0' } as const;
  return verifyBundle(bytes, { ...options, ...changes });
}

/** The code with which something is refused; any other outcome is an outcome of its own. */
export function codeOf(attempt: () => unknown): ErrorCode | 'accepted' {
  try {
    attempt();
  } catch (error) {
    if (error instanceof CcosError) return error.code;
    throw error;
  }
  return 'accepted';
}

/** The code and the `why` of a refusal. */
export function refusalOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof CcosError) return `${error.code} ${String(error.detail['why'])}`;
    throw error;
  }
  return 'accepted';
}
