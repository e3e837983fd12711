/** A storage of a compound file as a file of its own, written into a child: a message in a message. */
import { Bytes } from '../../../lib/assembly/bytes';
import { childWrite } from '../../../lib/assembly/host';
import { Note, note } from '../../../mail/assembly/notes';
import { View } from '../view';
import { Container } from './container';
import { NOT_FOUND, Type } from './directory';

/** Sectors of 4096 bytes: so the header has room for the tables of any file. */
const SHIFT: u32 = 12;
const SECTOR: usize = 1 << SHIFT;
const PER_SECTOR: usize = SECTOR >> 2;
const MINI_SHIFT: u32 = 6;
const CUTOFF: usize = 4096;
const ENTRY: usize = 128;
const WINDOW: usize = 64 << 10;
const NONE: u32 = 0xffffffff;
const END: u32 = 0xfffffffe;
const TABLE: u32 = 0xfffffffd;
const ROOT_TYPE: u32 = 5;
const ROOT_NAME: string = 'Root Entry';

/** The new number of each entry plus one, for the storage that is written. */
let numbers: StaticArray<i32> = new StaticArray<i32>(0);

class Writer {
  private ids: i32[] = [];
  private streams: View[] = [];
  private window: Bytes = new Bytes(WINDOW);
  private total: i64 = 0;
  private full: bool = false;
  /** Sectors of each kind, in the order in which they are written. */
  private tables: usize = 0;
  private directory: usize = 0;
  private miniTable: usize = 0;
  private mini: usize = 0;
  private large: usize = 0;
  private miniCount: usize = 0;

  constructor(
    private file: Container,
    private child: i32,
  ) {}

  /** Lists the entries and reads the streams; false with the failure set. */
  collect(storage: i32): bool {
    const directory = this.file.directory;
    this.add(storage);
    for (let i = 0; i < this.ids.length; i++) {
      const isStream = directory.type(this.ids[i]) == Type.STREAM;
      const stream = isStream ? this.file.read(this.ids[i]) : new View(0, 0);
      if (stream == null) return false;
      this.streams.push(stream);
      if (isStream) continue;
      let id = directory.firstOf(this.ids[i]);
      for (; id != NOT_FOUND; id = directory.after(id)) this.add(id);
    }
    return true;
  }

  private add(id: i32): void {
    numbers[id] = this.ids.push(id);
  }

  private isSmall(index: i32): bool {
    return this.streams[index].length < CUTOFF;
  }

  private measure(): void {
    for (let i = 0; i < this.streams.length; i++) {
      const length = this.streams[i].length;
      if (this.isSmall(i)) this.miniCount += (length + 63) >> MINI_SHIFT;
      else this.large += (length + SECTOR - 1) >> SHIFT;
    }
    this.directory = (<usize>this.ids.length * ENTRY + SECTOR - 1) >> SHIFT;
    this.miniTable = (this.miniCount + PER_SECTOR - 1) / PER_SECTOR;
    this.mini = ((this.miniCount << MINI_SHIFT) + SECTOR - 1) >> SHIFT;
    const others = this.directory + this.miniTable + this.mini + this.large;
    while (this.tables * PER_SECTOR < others + this.tables) this.tables++;
  }

  /** Returns how many bytes the host took. */
  write(): i64 {
    this.measure();
    this.writeHeader();
    this.writeTable();
    this.writeDirectory();
    this.writeMiniTable();
    for (let i = 0; i < this.streams.length; i++)
      if (this.isSmall(i)) this.append(this.streams[i], 1 << MINI_SHIFT);
    this.pad(SECTOR);
    for (let i = 0; i < this.streams.length; i++)
      if (!this.isSmall(i)) this.append(this.streams[i], SECTOR);
    this.flush();
    for (let i = 0; i < this.ids.length; i++) numbers[this.ids[i]] = 0;
    return this.total;
  }

  private flush(): void {
    const window = this.window;
    if (window.length == 0) return;
    if (!this.full && childWrite(this.child, window.at, <i32>window.length) < 0) {
      this.full = true;
      note(Note.ATTACHMENTS_OMITTED);
    }
    if (!this.full) this.total += window.length;
    window.length = 0;
  }

  private u32(value: usize): void {
    if (this.window.length + 4 > WINDOW) this.flush();
    store<u32>(this.window.at + this.window.length, <u32>value);
    this.window.length += 4;
  }

  /** Appends bytes, and zeroes up to a border. */
  private append(bytes: View, border: usize): void {
    for (let at: usize = 0; at < bytes.length; at += SECTOR) {
      const part = bytes.part(at, SECTOR);
      if (this.window.length + part.length > WINDOW) this.flush();
      this.window.append(part.at, part.length);
    }
    this.pad(border);
  }

  /** The window is emptied at borders of words only, and its size is a border of sectors. */
  private pad(border: usize): void {
    const over = (<usize>this.total + this.window.length) & (border - 1);
    const missing = over == 0 ? 0 : border - over;
    if (this.window.length + missing > WINDOW) this.flush();
    memory.fill(this.window.at + this.window.length, 0, missing);
    this.window.length += missing;
  }

  private writeHeader(): void {
    const header = new View(heap.alloc(SECTOR), SECTOR);
    memory.fill(header.at, 0, SECTOR);
    store<u64>(header.at, 0xe11ab1a1e011cfd0);
    store<u32>(header.at, 0x0004003e, 24);
    store<u32>(header.at, 0x000cfffe, 28);
    store<u32>(header.at, MINI_SHIFT, 32);
    store<u32>(header.at, <u32>this.directory, 40);
    store<u32>(header.at, <u32>this.tables, 44);
    store<u32>(header.at, <u32>this.tables, 48);
    store<u32>(header.at, <u32>CUTOFF, 56);
    store<u32>(header.at, this.miniTable == 0 ? END : <u32>(this.tables + this.directory), 60);
    store<u32>(header.at, <u32>this.miniTable, 64);
    store<u32>(header.at, END, 68);
    for (let i: usize = 0; i < 109; i++)
      store<u32>(header.at + 76 + (i << 2), i < this.tables ? <u32>i : NONE);
    this.append(header, SECTOR);
  }

  /** A chain of sectors that follow each other. */
  private chain(from: usize, count: usize): usize {
    for (let i: usize = 1; i < count; i++) this.u32(from + i);
    if (count > 0) this.u32(END);
    return from + count;
  }

  private writeTable(): void {
    for (let i: usize = 0; i < this.tables; i++) this.u32(TABLE);
    let next = this.chain(this.tables, this.directory);
    next = this.chain(next, this.miniTable);
    next = this.chain(next, this.mini);
    for (let i = 0; i < this.streams.length; i++) {
      if (!this.isSmall(i)) next = this.chain(next, (this.streams[i].length + SECTOR - 1) >> SHIFT);
    }
    for (; next < this.tables * PER_SECTOR; next++) this.u32(NONE);
  }

  private writeMiniTable(): void {
    let next: usize = 0;
    for (let i = 0; i < this.streams.length; i++) {
      if (this.isSmall(i)) next = this.chain(next, (this.streams[i].length + 63) >> MINI_SHIFT);
    }
    for (; next < this.miniTable * PER_SECTOR; next++) this.u32(NONE);
  }

  private writeDirectory(): void {
    const entry = new View(heap.alloc(ENTRY), ENTRY);
    let nextMini: usize = 0;
    let next = this.tables + this.directory + this.miniTable;
    const mini = next;
    next += this.mini;
    for (let i = 0; i < this.ids.length; i++) {
      memory.fill(entry.at, 0, ENTRY);
      this.fillEntry(i, entry);
      const length = this.streams[i].length;
      const isSmall = this.isSmall(i);
      store<u32>(entry.at, length == 0 ? END : <u32>(isSmall ? nextMini : next), 116);
      if (i == 0) this.fillRoot(entry, mini);
      else if (isSmall) nextMini += (length + 63) >> MINI_SHIFT;
      else next += (length + SECTOR - 1) >> SHIFT;
      this.append(entry, ENTRY);
    }
    this.pad(SECTOR);
  }

  private fillEntry(index: i32, entry: View): void {
    const source = this.file.directory.entry(this.ids[index]);
    memory.copy(entry.at, source.at, source.length);
    for (let offset: usize = 68; offset <= 76; offset += 4) {
      const id = source.u32(offset);
      const number = id < <u32>numbers.length ? numbers[id] : 0;
      store<u32>(entry.at + offset, <u32>(number - 1));
    }
    store<u64>(entry.at, <u64>this.streams[index].length, 120);
  }

  private fillRoot(entry: View, mini: usize): void {
    memory.fill(entry.at, 0, 64);
    memory.copy(entry.at, changetype<usize>(ROOT_NAME), (<usize>ROOT_NAME.length) << 1);
    store<u16>(entry.at, <u16>((ROOT_NAME.length + 1) << 1), 64);
    store<u8>(entry.at, <u8>ROOT_TYPE, 66);
    store<u64>(entry.at, u64.MAX_VALUE, 68);
    store<u32>(entry.at, this.mini == 0 ? END : <u32>mini, 116);
    store<u64>(entry.at, <u64>(this.miniCount << MINI_SHIFT), 120);
  }
}

/** Writes a storage into a child; returns how many bytes, or -1 with the failure set. */
export function writeStorage(file: Container, storage: i32, child: i32): i64 {
  if (numbers.length == 0) numbers = new StaticArray<i32>(file.directory.count);
  const writer = new Writer(file, child);
  return writer.collect(storage) ? writer.write() : -1;
}
