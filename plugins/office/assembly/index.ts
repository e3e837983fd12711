/** `extract_text` for every format that is a ZIP file; what is inside decides which it is. */
import { Blob, readBlob } from '../../lib/assembly/blob';
import { Failure, fail } from '../../lib/assembly/host';
import { Call, readCall } from '../../lib/assembly/input';
import { Zip, openZip } from '../../lib/assembly/zip';
import { extractArchive } from './archive';
import { extractDocx } from './docx';
import { extractEpub } from './epub';
import { extractOdp, extractOdt } from './odf';
import { OdfManifest, readMimetype } from './odf-kind';
import { isLockedOffice, isOle } from './ole';
import { Office, officeKind } from './ooxml-kind';
import { extractPptx } from './pptx';
import { extractOds } from './spreadsheet/ods';
import { extractXlsx } from './spreadsheet/xlsx';

const MAX_INPUT: i64 = 50 << 20;
const OPEN_DOCUMENT: string = 'application/vnd.oasis.opendocument.';

function extractOffice(zip: Zip, call: Call, kind: i32): void {
  if (kind == Office.WORD) extractDocx(zip, call);
  else if (kind == Office.SLIDES) extractPptx(zip, call);
  else if (kind == Office.SHEETS) extractXlsx(zip, call);
  else if (kind == Office.UNKNOWN) fail(Failure.UNSUPPORTED);
}

/** `kind` is the media type behind "opendocument." */
function extractOpenDocument(zip: Zip, call: Call, kind: string): void {
  if (kind.startsWith('text')) extractOdt(zip, call);
  else if (kind.startsWith('presentation')) extractOdp(zip, call);
  else if (kind.startsWith('spreadsheet')) extractOds(zip, call);
  else fail(Failure.UNSUPPORTED);
}

/** OpenDocument, or an archive of no special kind. */
function extractOther(zip: Zip, call: Call, mimetype: string): void {
  const manifest = new OdfManifest();
  const content = zip.find('content.xml') != null;
  if ((content || mimetype.length > 0) && !manifest.read(zip)) return;
  const type = mimetype.length > 0 ? mimetype : manifest.mediaType;
  if (manifest.encrypted) fail(Failure.ENCRYPTED);
  else if (type.startsWith(OPEN_DOCUMENT)) {
    extractOpenDocument(zip, call, type.substring(OPEN_DOCUMENT.length));
  } else extractArchive(zip, call);
}

function extractZip(zip: Zip, call: Call): void {
  const types = zip.find('[Content_Types].xml');
  if (types != null) {
    extractOffice(zip, call, officeKind(zip, types));
    return;
  }
  const mimetype = readMimetype(zip);
  if (mimetype == 'application/epub+zip' || zip.find('META-INF/container.xml') != null) {
    extractEpub(zip, call);
  } else extractOther(zip, call, mimetype);
}

function extract(blob: Blob, call: Call): void {
  if (blob.length == 0) fail(Failure.EMPTY);
  else if (isOle(blob.at, blob.length)) {
    fail(isLockedOffice(blob.at, blob.length) ? Failure.ENCRYPTED : Failure.UNSUPPORTED);
  } else {
    const zip = openZip(blob.at, blob.length);
    if (zip != null) extractZip(zip, call);
  }
}

/** Fails with 1 (damaged), 2 (encrypted), 3 (no format of ours), 4 (limit), 5 (empty), 7 (refused). */
export function extract_text(): i32 {
  const call = readCall();
  if (call == null) return 0;
  const blob = readBlob(call.handle, MAX_INPUT);
  if (!blob.failed) extract(blob, call);
  return 0;
}
