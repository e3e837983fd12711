import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  EMPTY_FRONTIER,
  MerkleTree,
  digestFromHex,
  digestToHex,
  inclusionProof,
  leafHash,
  rootOf,
  verifyInclusion,
} from '../../host/crypto/merkle.ts';
import type { Digest } from '../../host/crypto/merkle.ts';

/** The test vectors of certificate-transparency, for RFC 6962 2.1: entries in hex, roots by size. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const LEAVES = ENTRIES.map((hex) => leafHash(Buffer.from(hex, 'hex').toString('latin1')));
const SIZES = Array.from({ length: 70 }, (_, i) => i + 1);
const leavesOf = (size: number): readonly Digest[] =>
  Array.from({ length: size }, (_, i) => leafHash(`entry ${String(i)}`));

/** RFC 6962 2.1, word for word, on bytes: a second implementation to compare with. */
function specRoot(entries: readonly Buffer[]): Buffer {
  const sha = (...parts: readonly Uint8Array[]): Buffer => {
    const state = createHash('sha256');
    for (const part of parts) state.update(part);
    return state.digest();
  };
  const [only] = entries;
  if (only === undefined) return sha();
  if (entries.length === 1) return sha(Buffer.of(0), only);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha(Buffer.of(1), specRoot(entries.slice(0, k)), specRoot(entries.slice(k)));
}

test('rootOf: the roots of the RFC 6962 test vectors, the empty tree among them', () => {
  const roots = ROOTS.map((_, size) => digestToHex(rootOf(LEAVES.slice(0, size))));
  expect(roots).toEqual(ROOTS);
});

test('rootOf: agrees with the words of RFC 6962 for every size up to 70', () => {
  for (const size of SIZES) {
    const entries = Array.from({ length: size }, (_, i) => Buffer.from(`entry ${String(i)}`));
    expect(digestToHex(rootOf(leavesOf(size)))).toBe(specRoot(entries).toString('hex'));
  }
});

test('leafHash: the bytes of an entry are its UTF-8', () => {
  const expected = createHash('sha256').update('\0héß 漢').digest('hex');
  expect(digestToHex(leafHash('héß 漢'))).toBe(expected);
});

test('inclusionProof: the paths of the RFC 6962 test vectors', () => {
  const path = (size: number, index: number): readonly string[] =>
    inclusionProof(LEAVES.slice(0, size), index).map(digestToHex);
  expect(path(1, 0)).toEqual([]);
  expect(path(8, 0)).toEqual([
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
  expect(path(8, 5)).toEqual([
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
});

test('verifyInclusion: accepts every index of every size up to 70, and only there', () => {
  for (const size of SIZES) {
    const leaves = leavesOf(size);
    const root = rootOf(leaves);
    for (const [index, leaf] of leaves.entries()) {
      const proof = inclusionProof(leaves, index);
      expect(verifyInclusion(leaf, { index, size, root }, proof)).toBe(true);
      expect(verifyInclusion(leaf, { index: index + 1, size, root }, proof)).toBe(false);
      expect(verifyInclusion(leafHash('other'), { index, size, root }, proof)).toBe(false);
    }
  }
});

test('verifyInclusion: refuses a proof that is cut, longer, reordered or for another root', () => {
  const leaves = leavesOf(13);
  const at = { index: 5, size: 13, root: rootOf(leaves) };
  const proof = inclusionProof(leaves, 5);
  const leaf = leaves[5] ?? '';
  expect(verifyInclusion(leaf, at, proof)).toBe(true);
  expect(verifyInclusion(leaf, at, proof.slice(1))).toBe(false);
  expect(verifyInclusion(leaf, at, proof.slice(0, -1))).toBe(false);
  expect(verifyInclusion(leaf, at, [...proof, leaf])).toBe(false);
  expect(verifyInclusion(leaf, at, [...proof].reverse())).toBe(false);
  expect(verifyInclusion(leaf, { ...at, root: leafHash('x') }, proof)).toBe(false);
  expect(verifyInclusion(leaf, { ...at, size: 0 }, [])).toBe(false);
});

test('MerkleTree: resumed from any frontier it gives the root of the whole', () => {
  for (const size of SIZES) {
    const leaves = leavesOf(70);
    const first = new MerkleTree(EMPTY_FRONTIER);
    for (const leaf of leaves.slice(0, size)) first.append(leaf);
    const resumed = new MerkleTree(first.frontier());
    for (const leaf of leaves.slice(size)) resumed.append(leaf);
    expect(resumed.size).toBe(70);
    expect(resumed.root()).toBe(rootOf(leaves));
  }
});

test('MerkleTree: a frontier that was taken does not change with the tree', () => {
  const tree = new MerkleTree();
  for (const leaf of leavesOf(5)) tree.append(leaf);
  const frontier = tree.frontier();
  tree.append(leafHash('more'));
  expect(new MerkleTree(frontier).root()).toBe(rootOf(leavesOf(5)));
});

test('digestFromHex: undoes digestToHex', () => {
  const [leaf = ''] = LEAVES;
  expect(digestFromHex(digestToHex(leaf))).toBe(leaf);
});
