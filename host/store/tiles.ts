import { CcosError } from '../core/error.ts';
import { digestFromHex, rootOf } from '../crypto/merkle.ts';
import type { Digest } from '../crypto/merkle.ts';
import type { Store } from './store.ts';

/**
 * C2SP tlog-tiles (c2sp.org/tlog-tiles): a log as a folder of static files. A tile of level L holds
 * up to 256 hashes, each the root of 256^L entries; `entries` holds the rows themselves, each behind
 * its length in two bytes.
 */
const WIDTH = 256;

/** The paths of every tile of a log with `size` entries, entry bundles included. */
export function listTiles(size: number): readonly string[] {
  const paths: string[] = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / WIDTH)) {
    paths.push(...levelPaths(String(level), hashes));
    if (level === 0) paths.push(...levelPaths('entries', hashes));
  }
  return paths;
}

function levelPaths(level: string, hashes: number): readonly string[] {
  const whole = Math.floor(hashes / WIDTH);
  const paths = Array.from({ length: whole }, (_, index) => `tile/${level}/${indexPath(index)}`);
  const rest = hashes % WIDTH;
  if (rest > 0) paths.push(`tile/${level}/${indexPath(whole)}.p/${String(rest)}`);
  return paths;
}

/** Groups of three digits, all but the last with an `x`: 1234067 is `x001/x234/067`. */
function indexPath(index: number): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/\d{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

const TILE =
  /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x\d{3}\/)*)(\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** The bytes of one tile of the log at `size`; throws `not_found` for a path that is none of its. */
export async function readTile(store: Store, size: number, path: string): Promise<Uint8Array> {
  const match = TILE.exec(path);
  const missing = new CcosError('not_found', { what: 'tile' });
  if (match === null) throw missing;
  const [, level = '', groups = '', last = '', partial] = match;
  const index = Number(`${groups.replaceAll(/[x/]/g, '')}${last}`);
  const depth = level === 'entries' ? 0 : Number(level);
  const available = Math.floor(size / WIDTH ** depth) - index * WIDTH;
  const width = partial === undefined ? WIDTH : Number(partial);
  if (available < width || width > WIDTH) throw missing;
  const first = index * WIDTH;
  return level === 'entries'
    ? entryBundle(await store.ask('bodies', { from: first + 1, limit: width }))
    : hashTile(store, { depth, first, width });
}

function entryBundle(bodies: readonly string[]): Uint8Array {
  const parts = bodies.flatMap((body) => {
    const bytes = Buffer.from(body);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(parts);
}

async function hashTile(
  store: Store,
  tile: { readonly depth: number; readonly first: number; readonly width: number },
): Promise<Uint8Array> {
  const span = WIDTH ** tile.depth;
  const from = tile.first * span;
  const hex = await store.ask('leaves', { from: from + 1, to: from + tile.width * span });
  const leaves = hex.map(digestFromHex);
  const roots: Digest[] = [];
  for (let i = 0; i < tile.width; i += 1)
    roots.push(rootOf(leaves.slice(i * span, (i + 1) * span)));
  return Buffer.from(roots.join(''), 'latin1');
}
