/** A plain ZIP: the names of its members, then the text of those that are text. */
import { Bytes } from '../../lib/assembly/bytes';
import { hasBinaryMagic, isBinary } from '../../lib/assembly/encoding/binary';
import { chooseEncoding } from '../../lib/assembly/encoding/choose';
import { Text, decodeInto } from '../../lib/assembly/encoding/decode';
import { NONE } from '../../lib/assembly/encoding/names';
import { Failure, fail } from '../../lib/assembly/host';
import { Call } from '../../lib/assembly/input';
import { Part, Zip } from '../../lib/assembly/zip';
import { Entry, Flag } from '../../lib/assembly/zip-directory';
import { Block } from './blocks';
import { Document } from './document';
import { writeResult } from './result';

const REPLACEMENT: u32 = 0xfffd;
const MAX_EXTENSION: usize = 10;

/** What text files are called; a name without a dot may be text as well. */
const TEXT_EXTENSIONS: string =
  '|txt|text|md|markdown|rst|adoc|csv|tsv|tab|json|jsonl|ndjson|xml|yaml|yml|toml|ini|cfg|conf|properties|log|' +
  'html|htm|xhtml|css|js|mjs|ts|py|rb|java|c|h|cc|cpp|hpp|cs|go|rs|php|sh|bat|ps1|sql|tex|bib|srt|vtt|ics|vcf|svg|diff|patch|';

function extensionOf(entry: Entry): string {
  let from = entry.nameLength;
  while (from > 0) {
    const byte = load<u8>(entry.nameAt + from - 1);
    if (byte == 46) break;
    if (byte == 47 || byte == 92) return '';
    from--;
  }
  const length = entry.nameLength - from;
  if (from == 0) return '';
  return length > MAX_EXTENSION ? '?' : String.UTF8.decodeUnsafe(entry.nameAt + from, length);
}

function isTextName(entry: Entry): bool {
  const extension = extensionOf(entry).toLowerCase();
  return extension == '' || TEXT_EXTENSIONS.includes('|' + extension + '|');
}

/** Bytes of any encoding as UTF-8 that is at most `limit` long. */
function decoded(at: usize, length: usize, limit: usize): Part {
  const choice = chooseEncoding(at, length, NONE, NONE);
  const text = new Text((length < limit ? length : limit) + 64, limit, REPLACEMENT);
  decodeInto(text, choice.encoding, at + choice.skip, length - choice.skip);
  return new Part(text.bytes.at, text.bytes.length);
}

/** All names in one text, a line each: so there is enough of it to tell its encoding by. */
function namesOf(zip: Zip): Part {
  const names = new Bytes(4096);
  let unicode: bool = true;
  for (let i = 0; i < zip.entries.length; i++) {
    const entry = zip.entries[i];
    names.append(entry.nameAt, entry.nameLength);
    names.byte(10);
    if ((entry.flags & Flag.UTF_8) == 0) unicode = false;
  }
  const length = names.length > 0 ? names.length - 1 : 0;
  return unicode ? new Part(names.at, length) : decoded(names.at, length, 4 * length + 64);
}

function isText(part: Part): bool {
  if (part.length == 0 || hasBinaryMagic(part.at, part.length)) return false;
  const choice = chooseEncoding(part.at, part.length, NONE, NONE);
  return !isBinary(choice.encoding, part.at, part.length);
}

function addText(document: Document, at: usize, length: usize): void {
  document.startParagraph(Block.PARAGRAPH, 0);
  document.putLines(at, length);
  document.endParagraph();
}

/** Appends a member that is text as a page. False when a failure is set. */
function addMember(zip: Zip, entry: Entry, document: Document): bool {
  if (entry.isFolder || entry.size == 0 || !isTextName(entry)) return true;
  const part = zip.read(entry);
  if (part == null) return false;
  if (!isText(part) || !document.startPage()) return true;
  const text = decoded(part.at, part.length, document.room + 4);
  addText(document, text.at, text.length);
  return true;
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
  if (document.startPage()) {
    const names = namesOf(zip);
    addText(document, names.at, names.length);
  }
  for (let i = 0; i < zip.entries.length && !document.truncated; i++) {
    if (!addMember(zip, zip.entries[i], document)) return;
  }
  writeResult(document, false);
}
