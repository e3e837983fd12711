/** `extract_text` for TAR and GZIP. */
import { Bytes } from '../../lib/assembly/bytes';
import { readBlob } from '../../lib/assembly/blob';
import { Failure, fail } from '../../lib/assembly/host';
import { Call, readCall } from '../../lib/assembly/input';
import { Document } from '../../office/assembly/document';
import { Listing } from '../../office/assembly/listing';
import { writeResult } from '../../office/assembly/result';
import { isGzip, unpackGzip } from './gzip';
import { Member, isTar, readTar } from './tar';

const MAX_INPUT: i64 = 50 << 20;

function namesOf(members: Member[]): Bytes {
  const names = new Bytes(4096);
  for (let i = 0; i < members.length; i++) {
    if (i > 0) names.byte(10);
    names.append(members[i].nameAt, members[i].nameLength);
  }
  return names;
}

function write(format: string, members: Member[], call: Call): void {
  const document = new Document(format, <usize>call.maxTextBytes, call.maxPages);
  const listing = new Listing(document);
  listing.writeNames(namesOf(members), false);
  for (let i = 0; i < members.length && !document.truncated; i++) {
    const member = members[i];
    if (!member.isFile) listing.pass();
    else listing.add(member.nameAt, member.nameLength, member.at, member.length);
  }
  writeResult(document, call);
}

function extractTar(at: usize, length: usize, call: Call): void {
  const members: Member[] = [];
  const code = readTar(at, length, members);
  if (code == 0) write('tar', members, call);
  else fail(code);
}

function extractGzip(at: usize, length: usize, call: Call): void {
  const unpacked = unpackGzip(at, length);
  if (unpacked == null) return;
  if (isTar(unpacked.at, unpacked.length)) {
    extractTar(unpacked.at, unpacked.length, call);
    return;
  }
  const member = new Member();
  member.nameAt = unpacked.nameAt;
  member.nameLength = unpacked.nameLength;
  member.at = unpacked.at;
  member.length = unpacked.length;
  member.isFile = true;
  write('gzip', [member], call);
}

/** Fails with 1 (damaged), 3 (no format of ours), 4 (limit), 5 (empty), 7 (refused). */
export function extract_text(): i32 {
  const call = readCall();
  if (call == null) return 0;
  const blob = readBlob(call.handle, MAX_INPUT);
  if (blob.failed) return 0;
  if (blob.length == 0) fail(Failure.EMPTY);
  else if (isGzip(blob.at, blob.length)) extractGzip(blob.at, blob.length, call);
  else if (isTar(blob.at, blob.length)) extractTar(blob.at, blob.length, call);
  else fail(Failure.UNSUPPORTED);
  return 0;
}
