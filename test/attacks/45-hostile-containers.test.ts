import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { ccos } from '../support/ccos-command.ts';
import { memoryOf, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import { rowsAfter } from '../support/http-request.ts';

/** CVE-2026-27008 and its like: archives that write where they should not, or never end. */
interface Entry {
  readonly name: string;
  readonly type?: string;
  readonly link?: string;
  readonly content?: string;
  /** What the header claims, where it lies. */
  readonly size?: number;
}

const CONTENT = 'owned';
const BLOCK = 512;

/** A ustar archive (POSIX.1-1988) of any entries whatsoever. */
function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ name, type = '0', link = '', content = CONTENT, size }) => {
    const header = Buffer.alloc(BLOCK);
    header.write(name, 0, 100);
    header.write('0000644\0' + '0000000\0'.repeat(2), 100);
    header.write(`${(size ?? content.length).toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0        ', 136);
    header.write(type, 156);
    header.write(link, 157, 100);
    header.write('ustar\u000000', 257);
    header.write('0000000\0'.repeat(2), 329);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const padded = Buffer.alloc(Math.ceil(content.length / BLOCK) * BLOCK);
    padded.write(content);
    return [header, padded];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

const folder = makeTestFolder();
const home = makeTestHome().directory;
const outside = join(folder, 'outside');
const ENVELOPE: Entry = { name: 'bundle.dsse.json', content: '{}' };
let gateway: Up;

const HOSTILE: Readonly<Record<string, readonly Entry[]>> = {
  'a path that climbs': [ENVELOPE, { name: '../../outside/climbs' }],
  'a path that climbs later': [ENVELOPE, { name: 'wasm/../../../outside/later' }],
  'an absolute path': [ENVELOPE, { name: join(outside, 'absolute') }],
  'a drive': [ENVELOPE, { name: 'C:\\outside\\drive' }],
  'a network path': [ENVELOPE, { name: '\\\\host\\share\\file' }],
  'backslashes that climb': [ENVELOPE, { name: '..\\..\\outside\\back' }],
  'a symbolic link and a file through it': [
    ENVELOPE,
    { name: 'link', type: '2', link: outside, content: '' },
    { name: 'link/through' },
  ],
  'a hard link': [ENVELOPE, { name: 'hard', type: '1', link: '/etc/passwd', content: '' }],
  'a device': [ENVELOPE, { name: 'device', type: '3', content: '' }],
  'a FIFO': [ENVELOPE, { name: 'fifo', type: '6', content: '' }],
  'a folder': [ENVELOPE, { name: 'wasm/', type: '5', content: '' }],
  'a pax header with another name': [
    ENVELOPE,
    { name: 'pax', type: 'x', content: '30 path=../../outside/renamed\n' },
    { name: 'harmless' },
  ],
  'a GNU long name': [ENVELOPE, { name: '././@LongLink', type: 'L', content: '../../outside/x' }],
  'names that differ in case only': [ENVELOPE, { name: 'wasm/a' }, { name: 'wasm/A' }],
  'a name twice': [ENVELOPE, { name: 'wasm/a' }, { name: 'wasm/a' }],
  'a file that is a folder too': [ENVELOPE, { name: 'wasm' }, { name: 'wasm/a' }],
  'a device of Windows': [ENVELOPE, { name: 'nul' }],
  'a size beyond the end': [ENVELOPE, { name: 'wasm/a', size: 2 ** 32 }],
  'more entries than allowed': Array.from({ length: 10_000 }, (_, at) => ({
    name: `f${String(at)}`,
    content: '',
  })),
};

beforeAll(async () => {
  mkdirSync(outside);
  gateway = await up(home);
  return async () => {
    await gateway.stop();
  };
});

async function refused(name: string, bytes: Uint8Array): Promise<void> {
  const file = join(folder, `${name.replaceAll(' ', '-')}.ccosb`);
  writeFileSync(file, bytes);
  const before = (await rowsAfter(gateway, 0)).length;
  const { exit, stderr } = await ccos(home, 'bundle', 'install', file, '--approve');
  expect(exit).toBe(5);
  expect(stderr).toMatch(/\(bundle_(container|limit)\)/);
  expect(stderr).not.toMatch(/outside|passwd/);
  const rows = await rowsAfter(gateway, before);
  expect(rows.map(({ type }) => type)).toEqual(['bundle.rejected']);
  expect(JSON.stringify(rows)).not.toMatch(/outside|passwd/);
  expect(readdirSync(outside)).toEqual([]);
  expect(readdirSync(join(home, 'bundles'))).toEqual([]);
}

test.each(Object.entries(HOSTILE))(
  'attack 45: ccos bundle install of %s writes nothing',
  async (name, entries) => {
    await refused(name, tar(entries));
  },
);

test('attack 45: a bomb of zeros, compressed or not, costs no memory', async () => {
  const before = memoryOf(gateway.pid).peak;
  await refused('zeros', Buffer.alloc(64 * 1024 * 1024));
  await refused('compressed zeros', gzipSync(Buffer.alloc(64 * 1024 * 1024)));
  expect(memoryOf(gateway.pid).peak - before).toBeLessThan(250); // the body itself, and its copy
});

test('attack 45: what is larger than any bundle is refused before it is read', async () => {
  const file = join(folder, 'large.ccosb');
  writeFileSync(file, Buffer.alloc(64 * 1024 * 1024 + 1));
  expect((await ccos(home, 'bundle', 'install', file)).exit).toBe(6);
});

describe('attack 45: unpacked without a check', () => {
  /** What many programs do: join the name of an entry to the folder. */
  function unpack(entries: readonly Entry[], into: string): void {
    for (const { name, type, link = '', content = CONTENT } of entries) {
      const path = name.startsWith('/') ? name : join(into, name);
      mkdirSync(dirname(path), { recursive: true });
      if (type === '2') symlinkSync(link, path);
      else writeFileSync(path, content);
    }
  }

  test.each([
    ['a path that climbs', 'climbs'],
    ['an absolute path', 'absolute'],
    ['a symbolic link and a file through it', 'through'],
  ])('%s does write outside', (name, made) => {
    const into = join(folder, 'a', 'b');
    unpack(HOSTILE[name] ?? [], name === 'a path that climbs' ? into : join(folder, 'c', name));
    expect(existsSync(join(outside, made))).toBe(true);
  });
});
