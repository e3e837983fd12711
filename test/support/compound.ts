/** A writer of compound files ([MS-CFB]) for tests: what is small lies in small sectors, as it must. */
export interface Storage {
  readonly [name: string]: Uint8Array | Storage;
}

const SECTOR = 512;
const MINI = 64;
const CUTOFF = 4096;
const NONE = 0xffffffff;
const END = 0xfffffffe;
const FAT = 0xfffffffd;
const DIFAT = 0xfffffffc;

interface Entry {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array;
  child: number;
  right: number;
}

function entriesOf(root: Storage): Entry[] {
  const entries: Entry[] = [];
  const add = (name: string, content: Uint8Array | Storage, type: number): number => {
    const isStream = content instanceof Uint8Array;
    const bytes = isStream ? content : new Uint8Array();
    const entry = { name, type, bytes, child: NONE, right: NONE };
    const id = entries.push(entry) - 1;
    if (isStream) return id;
    let before: Entry | undefined;
    for (const [inner, value] of Object.entries(content)) {
      const next = add(inner, value, value instanceof Uint8Array ? 2 : 1);
      if (before === undefined) entry.child = next;
      else before.right = next;
      before = entries[next];
    }
    return id;
  };
  add('Root Entry', root, 5);
  return entries;
}

const padded = (bytes: Uint8Array, to: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);

/** Sectors of one size, and their chains. */
class Chains {
  readonly parts: Buffer[] = [];
  readonly links: number[] = [];
  readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  /** The first sector of what is added. */
  add(bytes: Uint8Array): number {
    if (bytes.length === 0) return END;
    const first = this.links.length;
    const count = Math.ceil(bytes.length / this.size);
    for (let i = 1; i < count; i++) this.links.push(first + i);
    this.links.push(END);
    this.parts.push(padded(bytes, this.size));
    return first;
  }
}

const words = (values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  return bytes;
};

const filled = (values: readonly number[]): number[] => [
  ...values,
  ...Array.from({ length: (128 - (values.length % 128)) % 128 }, () => NONE),
];

function directoryOf(entries: readonly Entry[], start: readonly number[], mini: number): Buffer {
  const all = entries.map(({ name, type, bytes, child, right }, index) => {
    const entry = Buffer.alloc(128);
    entry.write(name, 'utf16le');
    entry.writeUInt16LE(name.length * 2 + 2, 64);
    entry.writeUInt8(type, 66);
    entry.writeUInt8(1, 67);
    words([NONE, right, child]).copy(entry, 68);
    entry.writeUInt32LE(start[index] ?? 0, 116);
    entry.writeUInt32LE(type === 5 ? mini : bytes.length, 120);
    return entry;
  });
  return padded(Buffer.concat(all), SECTOR);
}

/** Writes a file of these streams and storages. */
export function compound(root: Storage): Buffer {
  const entries = entriesOf(root);
  const sectors = new Chains(SECTOR);
  const small = new Chains(MINI);
  const start = entries.map(({ bytes }) => (bytes.length < CUTOFF ? small : sectors).add(bytes));
  const miniStream = Buffer.concat(small.parts);
  start[0] = sectors.add(miniStream);
  const miniTable = sectors.add(words(filled(small.links)));
  const directory = sectors.add(directoryOf(entries, start, miniStream.length));
  const { lists, numbers } = addTables(sectors);
  const header = Buffer.alloc(SECTOR);
  header.write('d0cf11e0a1b11ae1', 'hex');
  [0x3e, 3, 0xfffe, 9, 6].forEach((value, index) => header.writeUInt16LE(value, 24 + index * 2));
  const miniTables = Math.ceil(small.links.length / 128);
  const firstList = lists.length > 0 ? sectors.links.length - lists.length : END;
  words([numbers.length, directory, 0, CUTOFF, miniTable, miniTables, firstList]).copy(header, 44);
  header.writeUInt32LE(lists.length, 72);
  words(Array.from({ length: 109 }, (_, index) => numbers[index] ?? NONE)).copy(header, 76);
  const table = words(filled(sectors.links));
  return Buffer.concat([header, ...sectors.parts, table, ...lists]);
}

/** The sectors for the chains themselves, and further lists of those where the header has no room. */
function addTables({ links }: Chains): {
  readonly lists: readonly Buffer[];
  readonly numbers: readonly number[];
} {
  const needed = Math.ceil((links.length + 1) / 120);
  const listCount = Math.max(0, Math.ceil((needed - 109) / 127));
  const first = links.length;
  const tables = Math.ceil((first + needed + listCount) / 128);
  const numbers = Array.from({ length: tables }, (_, index) => first + index);
  const lists = Array.from({ length: listCount }, (_, index) => {
    const part = numbers.slice(109 + index * 127, 236 + index * 127);
    const next = index + 1 < listCount ? first + tables + index + 1 : END;
    return words([...filled(part).slice(0, 127), next]);
  });
  links.push(...numbers.map(() => FAT), ...lists.map(() => DIFAT));
  return { lists, numbers };
}
