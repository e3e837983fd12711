import { deflateRawSync, gzipSync } from 'node:zlib';
import { ENVELOPE_PATH } from '../../host/bundle/path.ts';
import { readContainer } from '../../host/bundle/container.ts';
import { encoder } from './support.ts';
import type { Maker, Tampered } from './tampered.ts';

const BLOCK = 512;

interface Header {
  readonly name: string | Uint8Array;
  readonly type?: string;
  readonly link?: string;
  readonly mode?: string;
  readonly prefix?: string;
  readonly magic?: string;
  /** The twelve bytes of the size field. */
  readonly size?: string;
}

/** One entry of a ustar archive (POSIX.1-1988), whatever its header says. */
function entry(header: Header, content: Uint8Array): Buffer {
  const { name, type = '0', link = '', mode = '0000644\0', prefix = '' } = header;
  const block = Buffer.alloc(BLOCK);
  block.set(typeof name === 'string' ? Buffer.from(name, 'latin1') : name);
  block.write(`${mode}0000000\u00000000000\0`, 100, 'latin1');
  const size = header.size ?? `${content.length.toString(8).padStart(11, '0')}\0`;
  block.write(`${size}00000000000\0        `, 124, 'latin1');
  block.write(type, 156, 'latin1');
  block.write(link, 157, 'latin1');
  block.write(header.magic ?? 'ustar\u000000', 257, 'latin1');
  block.write('0000000\u00000000000\0', 329, 'latin1');
  block.write(prefix, 345, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const padded = Buffer.alloc(Math.ceil(content.length / BLOCK) * BLOCK);
  padded.set(content);
  return Buffer.concat([block, padded]);
}

/** A good bundle with these entries between its envelope and its files. */
function withEntries(
  maker: Maker,
  entries: readonly (readonly [header: Header, content?: Uint8Array])[],
): Uint8Array {
  const content = [...readContainer(maker.good({ sequence: 6 }))];
  const isEnvelope = ([name]: readonly [string, Uint8Array]): boolean => name === ENVELOPE_PATH;
  return Buffer.concat([
    ...content.filter(isEnvelope).map(([name, bytes]) => entry({ name }, bytes)),
    ...entries.map(([header, bytes = encoder.encode('evil')]) => entry(header, bytes)),
    ...content.filter((file) => !isEnvelope(file)).map(([name, bytes]) => entry({ name }, bytes)),
    Buffer.alloc(2 * BLOCK),
  ]);
}

function zipped(bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(31);
  header.write('PK\u0003\u0004');
  header.write('a', 30);
  return Buffer.concat([header, deflateRawSync(bytes)]);
}

const NAMES: readonly string[] = [
  ...['../x', '/x', 'a//b', './a', 'a\\b', 'c:x', 'a\0b', 'a.', 'con', 'aux.txt', ' a', 'a/'],
  'a'.repeat(65),
];

/** N6 to N8 and N14 to N16: what is in the file, and under which names. */
export const TAMPERED_CONTAINERS: readonly Tampered[] = [
  ...NAMES.map((name): Tampered => ({
    id: 'N6',
    what: `an entry named ${JSON.stringify(name)}`,
    code: 'bundle_container',
    make: (maker) => withEntries(maker, [[{ name }]]),
  })),
  ...(
    [
      ['gzip', (bytes) => gzipSync(bytes)],
      ['ZIP', zipped],
      ['bzip2', (bytes) => Buffer.concat([Buffer.from('BZh91AY&SY'), bytes])],
    ] satisfies readonly (readonly [string, (bytes: Uint8Array) => Buffer])[]
  ).map(([what, compress]): Tampered => ({
    id: 'N7',
    what: `compressed as ${what}`,
    code: 'bundle_container',
    make: (maker) => compress(maker.good({ sequence: 6 })),
  })),
  {
    id: 'N7',
    what: 'a size field of 8 GiB',
    code: 'bundle_limit',
    make: (maker) => withEntries(maker, [[{ name: 'a', size: '77777777777\0' }]]),
  },
  ...['120000000000', '\x80\0\0\0\0\0\0\x02\x80\0\0\0'].map((size): Tampered => ({
    id: 'N7',
    what: `a size field of 10 GiB (${JSON.stringify(size)})`,
    code: 'bundle_container',
    make: (maker) => withEntries(maker, [[{ name: 'a', size }]]),
  })),
  ...['L', 'K', 'S', 'g', 'x'].map((type): Tampered => ({
    id: 'N7',
    what: `a GNU or pax header of type ${type}`,
    code: 'bundle_container',
    make: (maker) => withEntries(maker, [[{ name: 'a', type }]]),
  })),
  {
    id: 'N7',
    what: 'the magic of GNU tar',
    code: 'bundle_container',
    make: (maker) => withEntries(maker, [[{ name: 'a', magic: 'ustar  \0' }]]),
  },
  ...[
    ['good', 'evil'],
    ['evil', 'good'],
  ].map((pair): Tampered => ({
    id: 'N8',
    what: `one name twice, ${pair.join(' before ')}`,
    code: 'bundle_container',
    make: (maker) =>
      withEntries(
        maker,
        pair.map((text) => [{ name: 'a' }, encoder.encode(text)] as const),
      ),
  })),
  ...[['README.MD', 'readme.md'], ['caf\u00e9', 'cafe\u0301'], ['\uff41']].map(
    (names): Tampered => ({
      id: 'N14',
      what: `names that meet somewhere: ${names.join(', ')}`,
      code: 'bundle_container',
      make: (maker) =>
        withEntries(
          maker,
          names.map((name) => [{ name: encoder.encode(name) }] as const),
        ),
    }),
  ),
  ...(
    [
      ['a hard link', { name: 'a', type: '1', link: '/etc/passwd' }],
      ['a symbolic link', { name: 'a', type: '2', link: '/etc/passwd' }],
      ['a character device', { name: 'a', type: '3' }],
      ['a block device', { name: 'a', type: '4' }],
      ['a directory', { name: 'a', type: '5' }],
      ['a FIFO', { name: 'a', type: '6' }],
      ['a file with a link name', { name: 'a', link: '/etc/passwd' }],
      ['a program', { name: 'a', mode: '0000755\0' }],
      ['a name with a prefix', { name: 'a', prefix: '..' }],
    ] satisfies readonly (readonly [string, Header])[]
  ).map(([what, header]): Tampered => ({
    id: 'N15',
    what,
    code: 'bundle_container',
    make: (maker) => withEntries(maker, [[header, new Uint8Array()]]),
  })),
  {
    id: 'N16',
    what: 'a file of more than 32 MiB',
    code: 'bundle_limit',
    make: (maker) => withEntries(maker, [[{ name: 'a' }, new Uint8Array(32 * 1024 * 1024 + 1)]]),
  },
  {
    id: 'N16',
    what: 'more than 256 files',
    code: 'bundle_limit',
    make: (maker) =>
      withEntries(
        maker,
        Array.from({ length: 256 }, (_, at) => [{ name: `a/${String(at).padStart(3, '0')}` }]),
      ),
  },
];
