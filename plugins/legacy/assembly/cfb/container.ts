/** Compound files: storages and streams in one blob ([MS-CFB]). */
import { Failure, fail } from '../../../lib/assembly/host';
import { View } from '../view';
import { Directory, NOT_FOUND, ROOT, Type } from './directory';
import { Sectors } from './sectors';

const HEADER: usize = 512;
const SIGNATURE: u64 = 0xe11ab1a1e011cfd0;
const FIRST_TABLES: usize = 109;
const MINI_SHIFT: u32 = 6;
/** 100,000 entries. */
const MAX_DIRECTORY: usize = 100_000 * 128;

export class Container {
  constructor(
    public directory: Directory,
    private sectors: Sectors,
    private miniSectors: Sectors,
    /** Streams of fewer bytes are in small sectors. */
    private cutoff: usize,
  ) {}

  /** The bytes of a stream; null with the failure set. */
  read(id: i32): View | null {
    const size = this.directory.size(id);
    const sectors = size < this.cutoff ? this.miniSectors : this.sectors;
    return sectors.gather(this.directory.start(id), size);
  }

  /** A stream in a storage; NOT_FOUND for one that is not there, or is no stream. */
  findStream(storage: i32, name: string): i32 {
    const id = this.directory.find(storage, name);
    return id != NOT_FOUND && this.directory.type(id) == Type.STREAM ? id : NOT_FOUND;
  }
}

function malformed(): Container | null {
  fail(Failure.MALFORMED);
  return null;
}

/** The numbers of the sectors that the table of chains is in, in one piece. Null when they are none. */
function readTable(file: View, header: View, shift: u32): View | null {
  const size: usize = 1 << shift;
  const perSector = size >> 2;
  const sectors = (file.length + size - 1) >> shift;
  const most = (sectors + perSector - 1) / perSector;
  const count = min(<usize>header.u32(44), most);
  const table = new View(heap.alloc(count * size + 4), count * size);
  let list = header.part(76, FIRST_TABLES << 2);
  let room = FIRST_TABLES;
  let more = header.u32(68);
  let listed: usize = 0;
  for (let i: usize = 0; i < count; i++) {
    if (listed == room) {
      list = file.part((<usize>more) << shift, size);
      if (<usize>more >= sectors || list.length < size) return null;
      room = perSector - 1;
      more = list.u32(room << 2);
      listed = 0;
    }
    const sector = <usize>list.u32(listed++ << 2);
    const part = file.part(sector << shift, size);
    if (sector >= sectors || part.length < size) return null;
    memory.copy(table.at + i * size, part.at, size);
  }
  return table;
}

/** Opens a file that has the signature; null with the failure set. */
export function openContainer(at: usize, length: usize): Container | null {
  const header = new View(at, length).part(0, HEADER);
  const shift = header.u16(30);
  const isKnown = (shift == 9 || shift == 12) && header.u16(32) == MINI_SHIFT;
  if (!isCompound(at, length) || length < HEADER || !isKnown) return malformed();
  const file = new View(at, length).part(1 << shift, length);
  const table = readTable(file, header, shift);
  if (table == null) return malformed();
  const sectors = new Sectors(file, shift, table);
  const entries = sectors.gather(header.u32(48), MAX_DIRECTORY + 128);
  if (entries == null) return null;
  if (entries.length > MAX_DIRECTORY) {
    fail(Failure.LIMIT);
    return null;
  }
  const directory = new Directory(entries);
  if (directory.count == 0) return malformed();
  const miniTable = sectors.gather(header.u32(60), (<usize>header.u32(64)) << shift);
  if (miniTable == null) return null;
  const miniStream = sectors.gather(directory.start(ROOT), directory.size(ROOT));
  if (miniStream == null) return null;
  const miniSectors = new Sectors(miniStream, MINI_SHIFT, miniTable);
  return new Container(directory, sectors, miniSectors, <usize>header.u32(56));
}

export function isCompound(at: usize, length: usize): bool {
  return length >= 8 && load<u64>(at) == SIGNATURE;
}
