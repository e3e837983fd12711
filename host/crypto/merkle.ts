import { hash } from 'node:crypto';

/** A SHA-256 digest as a string of 32 latin1 characters: the cheapest form to pass between hashes. */
export type Digest = string;

const LATIN1 = 'latin1';
const node = Buffer.alloc(65, 1); // 0x01 || left || right

/** RFC 6962, 2.1: the hash of a leaf is SHA-256(0x00 || entry). */
export function leafHash(entry: string): Digest {
  return hash('sha256', `\0${entry}`, 'binary');
}

/** RFC 6962, 2.1: the hash of an inner node is SHA-256(0x01 || left || right). */
export function nodeHash(left: Digest, right: Digest): Digest {
  node.write(left, 1, LATIN1);
  node.write(right, 33, LATIN1);
  return hash('sha256', node, 'binary');
}

const EMPTY_ROOT: Digest = hash('sha256', '', 'binary');

/** The right edge of a tree that grows: one root for each bit of its size, the largest first. */
export interface Frontier {
  readonly size: number;
  readonly roots: readonly Digest[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, roots: [] };

/** A tree that leaves are appended to, in amortised constant time. */
export class MerkleTree {
  #size: number;
  readonly #roots: Digest[];

  constructor(from: Frontier = EMPTY_FRONTIER) {
    this.#size = from.size;
    this.#roots = [...from.roots];
  }

  get size(): number {
    return this.#size;
  }

  append(leaf: Digest): void {
    let carry = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      carry = nodeHash(this.#roots.pop() ?? '', carry);
    }
    this.#roots.push(carry);
    this.#size += 1;
  }

  root(): Digest {
    return this.#roots.length === 0
      ? EMPTY_ROOT
      : this.#roots.reduceRight((right, left) => nodeHash(left, right));
  }

  frontier(): Frontier {
    return { size: this.#size, roots: [...this.#roots] };
  }
}

/** RFC 6962, 2.1.1: the hashes from the leaf's sibling up to the root's child. */
export function inclusionProof(leaves: readonly Digest[], index: number): readonly Digest[] {
  if (leaves.length <= 1) return [];
  const split = largestPowerBelow(leaves.length);
  return index < split
    ? [...inclusionProof(leaves.slice(0, split), index), rootOf(leaves.slice(split))]
    : [...inclusionProof(leaves.slice(split), index - split), rootOf(leaves.slice(0, split))];
}

export function rootOf(leaves: readonly Digest[]): Digest {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}

/** RFC 9162, 2.1.3.2. */
export function verifyInclusion(
  leaf: Digest,
  at: { readonly index: number; readonly size: number; readonly root: Digest },
  proof: readonly Digest[],
): boolean {
  if (at.index < 0 || at.index >= at.size) return false;
  let index = at.index;
  let last = at.size - 1;
  let computed = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (index % 2 === 1 || index === last) {
      computed = nodeHash(sibling, computed);
      while (index % 2 === 0 && index !== 0) {
        index = Math.floor(index / 2);
        last = Math.floor(last / 2);
      }
    } else {
      computed = nodeHash(computed, sibling);
    }
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && computed === at.root;
}

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

export const digestToHex = (digest: Digest): string => Buffer.from(digest, LATIN1).toString('hex');
export const digestToBase64 = (digest: Digest): string =>
  Buffer.from(digest, LATIN1).toString('base64');
export const digestFromHex = (hex: string): Digest => Buffer.from(hex, 'hex').toString(LATIN1);

/** What a checkpoint of a log without entries says. */
export const EMPTY_ROOT_BASE64 = digestToBase64(EMPTY_ROOT);
