import { canonicalJson } from '../../host/core/json.ts';
import type { ErrorCode } from '../../host/core/error.ts';
import type { JsonObject } from '../../host/core/json.ts';
import { sha256Hex } from '../../host/crypto/digest.ts';
import { generateKeyPair, keyId } from '../../host/crypto/ed25519.ts';
import type { KeyPair } from '../../host/crypto/ed25519.ts';
import { packBundle, signContainer } from '../../host/bundle/pack.ts';
import {
  CAPABILITY,
  completeManifest,
  DRAFT,
  envelopeOf,
  files,
  MODULE,
  signedPayload,
  withEnvelope,
} from './support.ts';

/** What a stranger would like to see repeated on a terminal; no refusal holds it. */
export const SECRET = 'do-not-repeat-7f3a';

/** One bundle that is not to be installed, made from good ones. */
export interface Tampered {
  /** Of the table of attacks on bundles. */
  readonly id: `N${number}`;
  readonly what: string;
  readonly code: ErrorCode;
  readonly make: (maker: Maker) => Uint8Array;
}

/** The manifest of a bundle that this host takes, with its own title for the capability. */
export const MANIFEST = {
  ...completeManifest(),
  requires: { ...DRAFT.requires, host: '>=0.1.0' },
  capabilities: [{ ...completeManifest().capabilities[0], title: SECRET }],
};

/** A publisher who is trusted, and means harm: it signs whatever it likes. */
export class Maker {
  readonly key: KeyPair;

  constructor(key: KeyPair) {
    this.key = key;
  }

  /** What `ccos bundle pack` and `sign` make: a good bundle. */
  good(changes: JsonObject = {}): Uint8Array {
    const { files: listed, ...draft } = MANIFEST;
    const { container } = packBundle({ manifest: { ...draft, ...changes }, files: files() });
    return signContainer(container, this.key);
  }

  /** A manifest as it is, signed, over the files as they are. */
  signed(changes: JsonObject, content: ReadonlyMap<string, Uint8Array> = files()): Uint8Array {
    const listed = MANIFEST.files.map((file) => {
      const bytes = content.get(file.path) ?? new Uint8Array();
      return { ...file, size: bytes.length, sha256: sha256Hex(bytes) };
    });
    const payload = canonicalJson({ ...MANIFEST, files: listed, ...changes });
    return signedPayload(payload, { keys: [this.key], content });
  }

  /** A bundle around this module; the manifest declares these imports. */
  withModule(module: Uint8Array, imports = DECLARED, changes: JsonObject = {}): Uint8Array {
    const [capability] = MANIFEST.capabilities;
    const capabilities = [{ ...capability, imports: [...imports], ...changes }] as never;
    return this.signed({ capabilities }, files({ 'wasm/pdf.wasm': module }));
  }
}

/** What the good module imports. */
export const DECLARED: readonly string[] = ['ccos:host/1.out_write', 'ccos:host/1.q_read'];

const APPROVAL_TYPE = 'application/vnd.ccos.approval.v1+json';
const APPROVAL = canonicalJson({ approvedBy: 'operator', bundle: 'a'.repeat(64), grants: [] });

/** The whole bundle, with another envelope around the same payload and files. */
function reEnveloped(
  maker: Maker,
  change: (envelope: ReturnType<typeof envelopeOf>) => object,
): Uint8Array {
  const good = maker.good();
  const envelope = envelopeOf(good);
  return withEnvelope(good, canonicalJson({ ...envelope, ...change(envelope) }));
}

function flipped(maker: Maker, at: number): Uint8Array {
  const bytes = maker.good();
  const start = Buffer.from(bytes).indexOf(MODULE);
  bytes[start + at] = (bytes[start + at] ?? 0) ^ 1;
  return bytes;
}

/** The one signature of the bundle, written otherwise. */
function resigned(maker: Maker, change: (signature: string) => string): Uint8Array {
  return reEnveloped(maker, ({ signatures: [first] }) => ({
    signatures: [{ keyid: maker.key.id, sig: change(first?.sig ?? '') }],
  }));
}

/** S + L: the same equation, another encoding (RFC 8032, 8.4). */
function malleated(signature: string): string {
  const raw = Buffer.from(signature, 'base64');
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = BigInt(`0x${Buffer.from(raw.subarray(32)).reverse().toString('hex')}`) + order;
  const other = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse();
  return Buffer.concat([raw.subarray(0, 32), other]).toString('base64');
}

const bytesOf = (signature: string, length: number): string =>
  Buffer.concat([Buffer.from(signature, 'base64'), Buffer.alloc(1)])
    .subarray(0, length)
    .toString('base64');

/** A key of small order, and the signature that some verifiers take under it for any message. */
const SMALL_ORDER_ID = keyId(Uint8Array.of(1, ...new Array<number>(31).fill(0)));
const FORGED = Buffer.from([1, ...new Array<number>(63).fill(0)]).toString('base64');

/** N1 to N4 and N9 to N13: what is signed, by whom, and when. */
export const TAMPERED_SIGNATURES: readonly Tampered[] = [
  ...[0, 9, MODULE.length - 1].map((at): Tampered => ({
    id: 'N1',
    what: `byte ${String(at)} of the module has a flipped bit`,
    code: 'bundle_files',
    make: (maker) => flipped(maker, at),
  })),
  {
    id: 'N2',
    what: 'the manifest of another bundle of the same publisher',
    code: 'bundle_signature',
    make: (maker) =>
      reEnveloped(maker, () => ({ payload: envelopeOf(maker.good({ sequence: 6 })).payload })),
  },
  {
    id: 'N3',
    what: 'the payload type of an approval',
    code: 'bundle_signature',
    make: (maker) => reEnveloped(maker, () => ({ payloadType: APPROVAL_TYPE })),
  },
  {
    id: 'N3',
    what: 'a signed approval',
    code: 'bundle_signature',
    make: ({ key }) => signedPayload(APPROVAL, { payloadType: APPROVAL_TYPE, keys: [key] }),
  },
  {
    id: 'N3',
    what: 'an approval signed as a bundle',
    code: 'bundle_manifest',
    make: ({ key }) => signedPayload(APPROVAL, { keys: [key] }),
  },
  {
    id: 'N4',
    what: 'an older sequence',
    code: 'bundle_rollback',
    make: (maker) => maker.good({ sequence: 4 }),
  },
  {
    id: 'N4',
    what: 'the same sequence with another digest',
    code: 'bundle_rollback',
    make: (maker) => maker.good({ notAfter: '2098-01-01T00:00:00Z' }),
  },
  {
    id: 'N4',
    what: 'a newer sequence with an older version',
    code: 'bundle_rollback',
    make: (maker) => maker.good({ sequence: 6, version: '1.1.9' }),
  },
  {
    id: 'N9',
    what: 'a file that is not listed',
    code: 'bundle_files',
    make: ({ key }) =>
      signedPayload(canonicalJson(MANIFEST), {
        keys: [key],
        content: new Map([...files(), ['docs/extra.md', Buffer.from(SECRET)]]),
      }),
  },
  ...['missing', 'emptied'].map((how): Tampered => ({
    id: 'N9',
    what: `a listed file is ${how}`,
    code: 'bundle_files',
    make({ key }) {
      const content = new Map(files());
      if (how === 'missing') content.delete('docs/pdf.md');
      else content.set('docs/pdf.md', new Uint8Array());
      return signedPayload(canonicalJson(MANIFEST), { keys: [key], content });
    },
  })),
  {
    id: 'N10',
    what: 'a bundle past its notAfter',
    code: 'bundle_expired',
    make: (maker) =>
      maker.good({ publishedAt: '2025-01-01T00:00:00Z', notAfter: '2026-01-01T00:00:00Z' }),
  },
  {
    id: 'N11',
    what: 'a key that nobody trusts',
    code: 'bundle_untrusted_key',
    make: () => new Maker(generateKeyPair()).good({ sequence: 6 }),
  },
  {
    id: 'N11',
    what: 'the id of a trusted key over the signature of another',
    code: 'bundle_signature',
    make(maker) {
      const foreign = new Maker(generateKeyPair()).good({ sequence: 6 });
      const envelope = envelopeOf(foreign);
      const signatures = envelope.signatures.map(({ sig }) => ({ keyid: maker.key.id, sig }));
      return withEnvelope(foreign, canonicalJson({ ...envelope, signatures }));
    },
  },
  ...(
    [
      ['S + L', malleated],
      ['63 bytes', (sig) => bytesOf(sig, 63)],
      ['65 bytes', (sig) => bytesOf(sig, 65)],
      ['0 bytes', () => ''],
      ['a space in its base64', (sig) => `${sig.slice(0, 8)} ${sig.slice(8)}`],
      ['the URL alphabet', (sig) => `-_${sig.slice(2)}`],
      ['no padding', (sig) => sig.replaceAll('=', '')],
      [
        'tail bits that are not zero',
        (sig) =>
          sig.replace(/(.)==$/, (_, last: string) => {
            return `${String.fromCharCode(last.charCodeAt(0) + 1)}==`;
          }),
      ],
    ] satisfies readonly (readonly [string, (signature: string) => string])[]
  ).map(([what, change]): Tampered => ({
    id: 'N12',
    what: `a signature of ${what}`,
    code: 'bundle_signature',
    make: (maker) => resigned(maker, change),
  })),
  {
    id: 'N13',
    what: 'a signature forged under a key of small order',
    code: 'bundle_untrusted_key',
    make: (maker) =>
      reEnveloped(maker, () => ({ signatures: [{ keyid: SMALL_ORDER_ID, sig: FORGED }] })),
  },
  {
    id: 'N16',
    what: 'nine signatures',
    code: 'bundle_limit',
    make: (maker) =>
      reEnveloped(maker, ({ signatures: [first] }) => ({ signatures: Array(9).fill(first) })),
  },
  {
    id: 'N16',
    what: 'an envelope of more than 256 KiB',
    code: 'bundle_limit',
    make: (maker) => withEnvelope(maker.good(), new Uint8Array(256 * 1024 + 1)),
  },
  {
    id: 'N16',
    what: 'a limit above the limit of limits',
    code: 'bundle_limit',
    make: (maker) => maker.signed({ limits: { ...CAPABILITY.limits, timeMs: 60_001 } }),
  },
];
