/** A web page saved with its files (RFC 2557): the text is that of its root. */
import { Range, is } from '../../html/assembly/attributes';
import { Bytes } from '../../lib/assembly/bytes';
import { Kind, NO_PART, Part, partAt, partCount } from './parts';
import { appendRawParameter } from './parameters';

const start = new Bytes(256);

/** Media types that say so; browsers also mark it in the header. */
export function isArchive(mediaType: string): bool {
  const type = mediaType.toLowerCase();
  if (type.startsWith('multipart/related') || type.startsWith('application/x-mimearchive'))
    return true;
  return partAt(0).fields.snapshot.present;
}

function hasContentId(part: Part, at: usize, length: usize): bool {
  const id: Range = part.fields.contentId;
  if (!id.present) return false;
  for (let i: usize = 0; i + length <= id.length; i++) {
    if (memory.compare(id.at + i, at, length) == 0) return true;
  }
  return false;
}

/** The part that the parameter `start` names, or else the first HTML; NO_PART when there is none. */
export function archiveRoot(): i32 {
  let first = NO_PART;
  start.length = 0;
  const named = appendRawParameter(start, partAt(0).fields.contentType, 'start');
  for (let i = 0; i < partCount(); i++) {
    const part = partAt(i);
    if (part.kind != Kind.HTML) continue;
    if (first == NO_PART) first = i;
    if (named && hasContentId(part, start.at, start.length)) return i;
  }
  return first;
}
