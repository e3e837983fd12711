/** Relationships between the parts of an OOXML package (ECMA-376 part 2, clause 9). */
import { Bytes } from '../../lib/assembly/bytes';
import { Token, Xml, openEntry } from '../../lib/assembly/xml';
import { Words, isWord } from '../../lib/assembly/xml-words';
import { Zip } from '../../lib/assembly/zip';
import { Entry } from '../../lib/assembly/zip-directory';
import { hashBytes } from './hash';

/** More are passed over. */
const MAX_RELATIONSHIPS: i32 = 4096;

export class Relationship {
  /** Hash of its id. */
  id: u64 = 0;
  /** The last segment of its type: "slide", "header". */
  type: string = '';
  /** The member it leads to; null when there is none, or it leads out of the package. */
  target: Entry | null = null;
}

export class Relationships {
  list: Relationship[] = [];
  private byId: Map<u64, i32> = new Map<u64, i32>();

  add(relationship: Relationship): void {
    this.byId.set(relationship.id, this.list.length);
    this.list.push(relationship);
  }

  /** The member behind an id, given by its bytes, or null. */
  byName(at: usize, length: usize): Entry | null {
    const id = hashBytes(at, length);
    return this.byId.has(id) ? this.list[this.byId.get(id)].target : null;
  }

  /** The member of the first relationship of a type, or null. */
  first(type: string): Entry | null {
    for (let i = 0; i < this.list.length; i++) {
      if (this.list[i].type == type && this.list[i].target != null) return this.list[i].target;
    }
    return null;
  }
}

function lastSlash(at: usize, length: usize): usize {
  let end = length;
  while (end > 0 && load<u8>(at + end - 1) != 47) end--;
  return end;
}

/** Appends a relative path to a folder (with its "/" at the end), "." and ".." taken out. */
export function resolvePath(path: Bytes, at: usize, length: usize): void {
  const end = at + length;
  if (length > 0 && load<u8>(at) == 47) path.length = 0;
  let from = at;
  for (let here = at; here <= end; here++) {
    if (here < end && load<u8>(here) != 47) continue;
    const size = here - from;
    if (isWord(from, size, '..')) {
      path.length = path.length > 0 ? lastSlash(path.at, path.length - 1) : 0;
    } else if (size > 0 && !isWord(from, size, '.')) {
      path.append(from, size);
      if (here < end) path.byte(47);
    }
    from = here + 1;
  }
}

/** The member that a path leads to from the folder of another member, or null. */
export function findFrom(zip: Zip, source: Entry | null, at: usize, length: usize): Entry | null {
  const path = new Bytes(length + 64);
  if (source != null) path.append(source.nameAt, lastSlash(source.nameAt, source.nameLength));
  resolvePath(path, at, length);
  return zip.findBytes(path.at, path.length);
}

function relationshipsEntry(zip: Zip, source: Entry | null): Entry | null {
  if (source == null) return zip.find('_rels/.rels');
  const folder = lastSlash(source.nameAt, source.nameLength);
  const path = new Bytes(source.nameLength + 16);
  path.append(source.nameAt, folder);
  path.ascii('_rels/');
  path.append(source.nameAt + folder, source.nameLength - folder);
  path.ascii('.rels');
  return zip.findBytes(path.at, path.length);
}

function lastSegment(at: usize, length: usize): string {
  const from = lastSlash(at, length);
  const size = length - from;
  return size > 40 ? '' : String.UTF8.decodeUnsafe(at + from, size);
}

function readOne(zip: Zip, source: Entry | null, xml: Xml): Relationship {
  const relationship = new Relationship();
  if (xml.attribute('Id')) relationship.id = hashBytes(xml.valueAt, xml.valueLength);
  if (xml.attribute('Type')) relationship.type = lastSegment(xml.valueAt, xml.valueLength);
  const external = xml.attribute('TargetMode') && xml.valueIs('External');
  if (!external && xml.attribute('Target')) {
    relationship.target = findFrom(zip, source, xml.valueAt, xml.valueLength);
  }
  return relationship;
}

/** The relationships of a part, or of the package where `source` is null. Null when a failure is set. */
export function readRelationships(zip: Zip, source: Entry | null): Relationships | null {
  const found = new Relationships();
  const entry = relationshipsEntry(zip, source);
  if (entry == null) return found;
  const xml = openEntry(zip, entry, new Words());
  if (xml == null) return null;
  let token = xml.next();
  while (token != Token.NONE && found.list.length < MAX_RELATIONSHIPS) {
    if (token == Token.START && xml.is('Relationship')) found.add(readOne(zip, source, xml));
    token = xml.next();
  }
  return xml.failed ? null : found;
}
