import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeContainer } from '../../host/bundle/container.ts';
import { BUNDLE_TYPE, signEnvelope, writeEnvelope } from '../../host/bundle/envelope.ts';
import { canonicalJson } from '../../host/core/json.ts';
import type { JsonObject } from '../../host/core/json.ts';
import { sha256Hex } from '../../host/crypto/digest.ts';
import type { KeyPair } from '../../host/crypto/ed25519.ts';
import { EXTRACT_TEXT } from '../../host/flow/extract.ts';
import { plugin } from '../sandbox/plugins.ts';
import type { TestPlugin } from '../sandbox/plugins.ts';
import { ccos, ccosJson } from './ccos-command.ts';
import { makeTestFolder } from './home.ts';
import { bearer, send } from './http-request.ts';
import type { Answered } from './http-request.ts';

const LIMITS = {
  memoryPages: 64,
  timeMs: 2000,
  inputBytes: 1_048_576,
  outputBytes: 1_048_576,
  hostCalls: 200,
};

/** One variant of `ccos.attachment.extract_text`, chosen by the media type of its name. */
export interface BundledPlugin {
  readonly name: string;
  readonly plugin: TestPlugin;
  readonly limits?: Partial<typeof LIMITS>;
  /** In the place of what a transform of documents declares. */
  readonly manifest?: JsonObject;
  /** Of its output; everything that the host itself takes when left out. */
  readonly schema?: JsonObject;
}

export const mediaTypeOf = (name: string): string => `application/x-test-${name}`;

/** The files of a bundle by path, and its manifest as an author writes it. */
export function draftOf(
  plugins: readonly BundledPlugin[],
  changes: JsonObject = {},
): { readonly manifest: JsonObject; readonly files: ReadonlyMap<string, Uint8Array> } {
  const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const files = new Map(
    plugins.flatMap(({ name, plugin: { module }, schema = { type: 'object' } }) => [
      [`schemas/${name}.json`, encode(schema)] as const,
      [`wasm/${name}.wasm`, module.bytes] as const,
    ]),
  );
  files.set('schemas/in.json', encode({ type: 'object' }));
  const manifest = {
    format: 'ccos-bundle/1',
    requires: { host: '>=0.1.0', abi: 'ccos-abi/1' },
    name: 'acme/plugins',
    version: '1.0.0',
    sequence: 1,
    publishedAt: '2026-01-01T00:00:00Z',
    notAfter: '2099-01-01T00:00:00Z',
    publisher: { id: 'acme' },
    limits: {
      ...LIMITS,
      memoryPages: 8192,
      timeMs: 60_000,
      outputBytes: 8_388_608,
      hostCalls: 5000,
    },
    capabilities: plugins.map((bundled) => capability(bundled)),
    build: {
      source: { repo: 'https://example.org/plugins', commit: 'a'.repeat(40) },
      builder: 'wabt',
      command: 'make',
      env: {},
      toolchain: {},
      reproducible: true,
    },
    ...changes,
  };
  return { manifest, files };
}

function capability({ name, plugin: { imports }, limits, manifest }: BundledPlugin): JsonObject {
  return {
    id: EXTRACT_TEXT,
    variant: name,
    kind: 'transform',
    export: 'run',
    module: `wasm/${name}.wasm`,
    title: `test ${name}`,
    input: {
      schema: 'schemas/in.json',
      mediaTypes: [mediaTypeOf(name)],
      magic: [],
      classes: ['pii.attachment'],
    },
    output: { kind: 'derived', schema: `schemas/${name}.json`, classes: ['pii.attachment'] },
    effects: ['quarantine.read'],
    imports: [...imports].sort(),
    hosts: [],
    deterministic: true,
    idempotent: true,
    limits: { ...LIMITS, ...limits },
    ...manifest,
  };
}

/** Writes the folder that `ccos bundle pack` takes. */
export function writeBundleFolder(plugins: readonly BundledPlugin[], changes?: JsonObject): string {
  const folder = join(makeTestFolder(), 'plugins');
  const { manifest, files } = draftOf(plugins, changes);
  for (const [path, bytes] of files) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(manifest));
  return folder;
}

/** A publisher who is trusted by a home: the private key is a file. */
export interface Publisher {
  readonly keyFile: string;
  readonly keyId: string;
}

/** Makes a key, and has the operator trust it for `acme`, all by the commands. */
export async function trustPublisher(home: string): Promise<Publisher> {
  const folder = makeTestFolder();
  const made = await ccosJson<{ key_id: string; private_key: string; public_key: string }>(
    home,
    ...['bundle', 'keygen', '--publisher', 'acme', '--out', folder],
  );
  const asked = await ccos(home, 'bundle', 'trust', 'add', made.public_key, '--json');
  const { approvals } = JSON.parse(asked.stdout) as { approvals: readonly { id: string }[] };
  for (const { id } of approvals) await ccosJson(home, 'approvals', 'approve', id, '--yes');
  return { keyFile: made.private_key, keyId: made.key_id };
}

/** Packs and signs by the commands; the path of the signed bundle. */
export async function packAndSign(
  home: string,
  folder: string,
  { keyFile }: Publisher,
): Promise<string> {
  const packed = `${folder}.ccosb`;
  const signed = `${folder}.signed.ccosb`;
  await ccosJson(home, 'bundle', 'pack', folder, '--out', packed);
  await ccosJson(home, 'bundle', 'sign', packed, '--key', keyFile, '--out', signed);
  return signed;
}

/** Keygen, trust, pack, sign, install and approve, as a publisher and an operator would type it. */
export async function installPlugins(
  home: string,
  plugins: readonly BundledPlugin[],
): Promise<Publisher & { readonly bundleFile: string }> {
  const publisher = await trustPublisher(home);
  const bundleFile = await packAndSign(home, writeBundleFolder(plugins), publisher);
  await ccosJson(home, 'bundle', 'install', bundleFile, '--approve');
  return { ...publisher, bundleFile };
}

/**
 * A bundle that `ccos bundle pack` would refuse to make: the manifest and the files as they are, signed.
 * A publisher who means harm has tools of his own.
 */
export function signAnything(
  {
    manifest,
    files,
  }: { readonly manifest: JsonObject; readonly files: ReadonlyMap<string, Uint8Array> },
  key: KeyPair,
): Uint8Array {
  const listed = [...files]
    .map(([path, bytes]) => ({
      path,
      size: bytes.length,
      sha256: sha256Hex(bytes),
      role: path.startsWith('wasm/') ? 'module' : 'schema',
    }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
  const payload = new TextEncoder().encode(canonicalJson({ ...manifest, files: listed }));
  const unsigned = { payloadType: BUNDLE_TYPE, payload, signatures: [] };
  const envelope = writeEnvelope(signEnvelope(unsigned, key));
  return writeContainer(new Map([['bundle.dsse.json', envelope], ...files]));
}

/** Bytes through the plugin of that name, over the admin plane. */
export function extractWith(
  at: { readonly url: string; readonly token: string },
  name: string,
  body: Uint8Array | string = 'some document',
): Promise<Answered> {
  return send(`${at.url}/v1/admin/extract?type=${encodeURIComponent(mediaTypeOf(name))}`, {
    method: 'POST',
    headers: bearer(at.token),
    body,
  });
}

/** The calls of plugins that a home remembers, the newest first. */
export async function getCalls(
  home: string,
): Promise<readonly { readonly call_id: string; readonly outcome: string }[]> {
  const { calls } = await ccosJson<{
    calls: readonly { readonly call_id: string; readonly outcome: string }[];
  }>(home, 'audit', 'calls');
  return calls;
}

/** What a plugin writes that does as it should. */
export const EXTRACTION = {
  format: 'text',
  pages: [{ number: 1, text: 'as it should be' }],
  counts: { pages: 1, characters: 15 },
  truncated: false,
  warnings: [],
};

/** A plugin whose whole output is these bytes. */
export function says(output: Uint8Array | string): TestPlugin {
  const bytes = Buffer.from(output);
  const data = [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  return plugin({
    uses: ['out_write'],
    more: `(data (i32.const 0) "${data}")`,
    run: `(call $out_write (i32.const 0) (i32.const ${String(bytes.length)}))`,
  });
}

/** As {@link says}, after counting to `turns`: about a second for 10⁹. */
export function saysAfter(turns: number, output: string): TestPlugin {
  const data = [...Buffer.from(output)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`);
  return plugin({
    uses: ['out_write'],
    more: `(data (i32.const 0) "${data.join('')}")`,
    run: `(loop $again
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (i64.store (i32.const 65528) (local.get $i))
        (br_if $again (i64.lt_u (local.get $i) (i64.const ${String(turns)}))))
      (call $out_write (i32.const 0) (i32.const ${String(data.length)}))`,
  });
}

export const readBytes = (file: string): Uint8Array => Uint8Array.from(readFileSync(file));
