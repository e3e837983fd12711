/** What is in a ZIP, or in an OLE compound file ([MS-CFB]). */
import { Part, Zip } from '../../lib/assembly/zip';

/** Whether an ASCII word is in these bytes, upper and lower case the same; the word is in lower case. */
function contains(part: Part, word: string): bool {
  const end = part.at + part.length;
  const first = <u32>word.charCodeAt(0);
  for (let at = part.at; at + <usize>word.length <= end; at++) {
    if (((<u32>load<u8>(at)) | 32) != (first | 32)) continue;
    let i = 1;
    while (i < word.length && lower(load<u8>(at + i)) == word.charCodeAt(i)) i++;
    if (i == word.length) return true;
  }
  return false;
}

function lower(byte: u8): i32 {
  return byte >= 65 && byte <= 90 ? byte | 32 : byte;
}

function member(zip: Zip, name: string): Part | null {
  const entry = zip.find(name);
  return entry == null ? null : zip.read(entry);
}

/** By the content type of the main part; one that is in UTF-16, by where the main part usually is. */
function officeFormat(zip: Zip, types: Part): string {
  if (contains(types, 'wordprocessingml.document.main+xml')) return 'docx';
  if (contains(types, 'wordprocessingml.template.main+xml')) return 'docx';
  if (contains(types, 'ms-word.document.macroenabled.main+xml')) return 'docx';
  if (contains(types, 'spreadsheetml.sheet.main+xml')) return 'xlsx';
  if (contains(types, 'spreadsheetml.template.main+xml')) return 'xlsx';
  if (contains(types, 'ms-excel.sheet.macroenabled.main+xml')) return 'xlsx';
  if (contains(types, 'presentationml.presentation.main+xml')) return 'pptx';
  if (contains(types, 'presentationml.slideshow.main+xml')) return 'pptx';
  if (contains(types, 'presentationml.template.main+xml')) return 'pptx';
  if (contains(types, 'ms-powerpoint.presentation.macroenabled.main+xml')) return 'pptx';
  if (zip.find('word/document.xml') != null) return 'docx';
  if (zip.find('xl/workbook.xml') != null) return 'xlsx';
  return zip.find('ppt/presentation.xml') != null ? 'pptx' : 'zip';
}

function openDocumentFormat(types: Part): string {
  if (contains(types, 'opendocument.text')) return 'odt';
  if (contains(types, 'opendocument.spreadsheet')) return 'ods';
  return contains(types, 'opendocument.presentation') ? 'odp' : '';
}

/** The format of a ZIP; empty when a part of it cannot be read, and the failure is set. */
export function formatOfZip(zip: Zip): string {
  const hasTypes = zip.find('[Content_Types].xml') != null;
  const types = member(zip, '[Content_Types].xml');
  if (types != null) return officeFormat(zip, types);
  if (hasTypes) return '';
  if (zip.find('META-INF/container.xml') != null) return 'epub';
  const named = zip.find('mimetype') != null ? 'mimetype' : 'META-INF/manifest.xml';
  if (zip.find(named) == null) return 'zip';
  const part = member(zip, named);
  if (part == null) return '';
  if (contains(part, 'application/epub+zip')) return 'epub';
  const format = openDocumentFormat(part);
  return format.length > 0 ? format : 'zip';
}

/** Whether a stream has this name: UTF-16 in an entry of a directory, which is on a border of 128 bytes. */
function hasStream(at: usize, length: usize, name: string): bool {
  const size = (<usize>name.length) << 1;
  const bytes = changetype<usize>(name);
  for (let here: usize = 512; here + 128 <= length; here += 128) {
    const isNamed = load<u16>(at + here + 64) == size + 2;
    if (isNamed && memory.compare(at + here, bytes, size) == 0) return true;
  }
  return false;
}

export function isOle(at: usize, length: usize): bool {
  return length >= 8 && load<u64>(at) == 0xe11ab1a1e011cfd0;
}

/** The format of an OLE file. */
export function formatOfOle(at: usize, length: usize): string {
  if (hasStream(at, length, 'EncryptedPackage')) return 'locked';
  if (hasStream(at, length, 'WordDocument')) return 'doc';
  if (hasStream(at, length, 'Workbook') || hasStream(at, length, 'Book')) return 'xls';
  if (hasStream(at, length, 'PowerPoint Document')) return 'ppt';
  return hasStream(at, length, '__properties_version1.0') ? 'msg' : 'ole';
}
