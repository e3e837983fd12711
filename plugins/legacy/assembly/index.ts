/** `extract_text` for compound files; the streams in it decide which format it is. */
import { Blob, readBlob } from '../../lib/assembly/blob';
import { Failure, fail } from '../../lib/assembly/host';
import { Call, readCall } from '../../lib/assembly/input';
import { Container, isCompound, openContainer } from './cfb/container';
import { NOT_FOUND, ROOT } from './cfb/directory';
import { extractDoc } from './doc/doc';
import { extractMsg, isMessage } from './msg/message';
import { extractPpt } from './ppt/ppt';
import { extractXls } from './xls/xls';

const MAX_INPUT: i64 = 50 << 20;
const PRESENTATION: string = 'PowerPoint Document';

function extractWorkbook(file: Container, id: i32, call: Call): void {
  const stream = file.read(id);
  if (stream != null) extractXls(stream, call);
}

function extractDocument(file: Container, id: i32, call: Call): void {
  const stream = file.read(id);
  if (stream != null) extractDoc(file, stream, call);
}

/** A presentation for PowerPoint 95 and 97 is there twice; one for 95 alone is not read. */
function extractPresentation(file: Container, id: i32, call: Call): void {
  const both = file.directory.find(ROOT, 'PP97_DUALSTORAGE');
  const isOld = both == NOT_FOUND && file.findStream(ROOT, 'Text_Content') != NOT_FOUND;
  const storage = both == NOT_FOUND ? ROOT : both;
  const found = both == NOT_FOUND ? id : file.findStream(both, PRESENTATION);
  if (isOld || found == NOT_FOUND) {
    fail(Failure.UNSUPPORTED);
    return;
  }
  const stream = file.read(found);
  if (stream != null) extractPpt(file, storage, stream, call);
}

function extractContainer(file: Container, call: Call): void {
  const document = file.findStream(ROOT, 'WordDocument');
  const presentation = file.findStream(ROOT, PRESENTATION);
  const named = file.findStream(ROOT, 'Workbook');
  const workbook = named == NOT_FOUND ? file.findStream(ROOT, 'Book') : named;
  // An OOXML document with a password ([MS-OFFCRYPTO] 2.3).
  if (file.findStream(ROOT, 'EncryptedPackage') != NOT_FOUND) fail(Failure.ENCRYPTED);
  else if (document != NOT_FOUND) extractDocument(file, document, call);
  else if (workbook != NOT_FOUND) extractWorkbook(file, workbook, call);
  else if (presentation != NOT_FOUND) extractPresentation(file, presentation, call);
  else if (isMessage(file)) extractMsg(file, call);
  else fail(Failure.UNSUPPORTED);
}

function extract(blob: Blob, call: Call): void {
  if (blob.length == 0) fail(Failure.EMPTY);
  else if (!isCompound(blob.at, blob.length)) fail(Failure.UNSUPPORTED);
  else {
    const file = openContainer(blob.at, blob.length);
    if (file != null) extractContainer(file, call);
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
