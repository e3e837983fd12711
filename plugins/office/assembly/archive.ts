/** A plain ZIP: a listing of its members. */
import { Bytes } from '../../lib/assembly/bytes';
import { Failure, fail } from '../../lib/assembly/host';
import { Call } from '../../lib/assembly/input';
import { Zip } from '../../lib/assembly/zip';
import { Flag } from '../../lib/assembly/zip-directory';
import { Document } from './document';
import { Listing } from './listing';
import { writeResult } from './result';

function writeNames(zip: Zip, listing: Listing): void {
  const names = new Bytes(4096);
  let isUnicode: bool = true;
  for (let i = 0; i < zip.entries.length; i++) {
    const entry = zip.entries[i];
    if (i > 0) names.byte(10);
    names.append(entry.nameAt, entry.nameLength);
    if ((entry.flags & Flag.UTF_8) == 0) isUnicode = false;
  }
  listing.writeNames(names, isUnicode);
}

function isEncrypted(zip: Zip): bool {
  for (let i = 0; i < zip.entries.length; i++) {
    if ((zip.entries[i].flags & Flag.ENCRYPTED) != 0) return true;
  }
  return false;
}

/** Writes the names and texts of an archive, or sets the failure. */
export function extractArchive(zip: Zip, call: Call): void {
  if (isEncrypted(zip)) {
    fail(Failure.ENCRYPTED);
    return;
  }
  const document = new Document('zip', <usize>call.maxTextBytes, call.maxPages);
  const listing = new Listing(document);
  writeNames(zip, listing);
  for (let i = 0; i < zip.entries.length && !document.truncated; i++) {
    const entry = zip.entries[i];
    if (entry.isFolder || entry.size == 0 || !listing.wants(entry.nameAt, entry.nameLength)) {
      listing.pass();
      continue;
    }
    const part = zip.read(entry);
    if (part == null) return;
    listing.add(entry.nameAt, entry.nameLength, part.at, part.length);
  }
  writeResult(document, call);
}
