import { CcosError } from '../core/error.ts';
import type { Row } from '../core/event.ts';
import { decodeBase64, encodeBase64 } from '../crypto/base64.ts';
import {
  digestFromHex,
  digestToBase64,
  digestToHex,
  leafHash,
  verifyInclusion,
} from '../crypto/merkle.ts';
import type { Digest } from '../crypto/merkle.ts';
import { openCheckpoint, parseVerifierKey } from '../crypto/note.ts';

const FORMAT = 'c2sp.org/tlog-proof@v1';
/** A tree of 2⁵³ rows has no longer path. */
const MOST_HASHES = 53;
const HEAD = /^c2sp\.org\/tlog-proof@v1\nextra (\S+)\nindex (0|[1-9][0-9]{0,15})((?:\n\S{44})*)$/;

/** What is proved: a row, and the checkpoint that it is under. */
export interface ProofParts {
  readonly seq: number;
  /** The row as it is hashed (RFC 8785). */
  readonly body: string;
  /** From the row's sibling up to the root's child. */
  readonly hashes: readonly Digest[];
  /** A signed note. */
  readonly checkpoint: string;
}

/** `why` is a word for the first thing that does not hold. */
export type ProofVerdict =
  | {
      readonly ok: true;
      readonly seq: number;
      readonly size: number;
      readonly origin: string;
      readonly root: string;
      readonly row: Row;
    }
  | { readonly ok: false; readonly why: 'format' | 'signature' | 'inclusion' | 'row' };

/** c2sp.org/tlog-proof; its extra data is the row, so that the file needs nothing beside it. */
export function writeProof({ seq, body, hashes, checkpoint }: ProofParts): string {
  const head = [
    FORMAT,
    `extra ${encodeBase64(Buffer.from(body))}`,
    `index ${String(seq - 1)}`,
    ...hashes.map(digestToBase64),
  ];
  return `${head.join('\n')}\n\n${checkpoint}`;
}

/**
 * Checks what {@link writeProof} wrote with the verifier key alone. Throws `invalid_input` for a key
 * that is none.
 */
export function checkProof(text: string, verifierKey: string): ProofVerdict {
  const { name, key } = parseVerifierKey(verifierKey);
  const parts = parseProof(text);
  if (parts === null) return { ok: false, why: 'format' };
  let signed;
  try {
    signed = openCheckpoint(parts.checkpoint, name, key);
  } catch (failure) {
    if (failure instanceof CcosError) return { ok: false, why: 'signature' };
    throw failure;
  }
  const { size, origin, rootBase64 } = signed;
  const at = { index: parts.seq - 1, size, root: digestOf(rootBase64) ?? '' };
  if (!verifyInclusion(leafHash(parts.body), at, parts.hashes))
    return { ok: false, why: 'inclusion' };
  const row = rowOf(parts.body);
  if (row?.seq !== parts.seq) return { ok: false, why: 'row' };
  return { ok: true, seq: parts.seq, size, origin, root: rootBase64, row };
}

function parseProof(text: string): ProofParts | null {
  const end = text.indexOf('\n\n');
  const [, extra = '', index = '', path = ''] = HEAD.exec(text.slice(0, Math.max(end, 0))) ?? [];
  const body = decodeBase64(extra);
  const hashes = path.split('\n').slice(1).map(digestOf);
  if (index === '' || body === undefined || hashes.length > MOST_HASHES) return null;
  if (!hashes.every((digest) => digest !== null)) return null;
  return {
    seq: Number(index) + 1,
    body: Buffer.from(body).toString('utf8'),
    hashes,
    checkpoint: text.slice(end + 2),
  };
}

function digestOf(base64: string): Digest | null {
  const bytes = decodeBase64(base64);
  return bytes?.length === 32 ? digestFromHex(Buffer.from(bytes).toString('hex')) : null;
}

/** The holder of the key has signed it; what it is not, is for its reader to see. */
function rowOf(body: string): Row | null {
  try {
    return { ...(JSON.parse(body) as Omit<Row, 'hash'>), hash: digestToHex(leafHash(body)) };
  } catch {
    return null;
  }
}
