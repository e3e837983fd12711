/** The JSON result for a document of several pages. */
import { Failure, fail } from '../../lib/assembly/host';
import { finish, integer, name, quoted, raw } from '../../lib/assembly/output';
import { Document } from './document';

const MAX_TITLE: usize = 1024;

/** At most so many bytes, and no part of a character. */
function cut(at: usize, length: usize): usize {
  let end = length < MAX_TITLE ? length : MAX_TITLE;
  while (end < length && end > 0 && (load<u8>(at + end) & 0xc0) == 0x80) end--;
  return end;
}

function writePages(document: Document): void {
  const pages = document.pages;
  raw(',"pages":[');
  for (let i = 0; i < pages.length; i++) {
    const from = <usize>pages[i];
    const to = i + 1 < pages.length ? <usize>pages[i + 1] : document.text.length;
    if (i > 0) raw(',');
    raw('{"number":');
    integer(i + 1);
    raw(',"text":');
    quoted(document.text.at + from, to - from);
    raw('}');
  }
  raw(']');
}

/**
 * Writes it and hands it over, or fails with 5 when there is no text. `withBlocks` is false for a format
 * whose blocks nobody made.
 */
export function writeResult(document: Document, withBlocks: bool): void {
  if (document.text.length == 0 && !document.truncated) {
    fail(Failure.EMPTY);
    return;
  }
  raw('{"counts":{"characters":');
  integer(document.characters);
  raw(',"pages":');
  integer(document.pages.length);
  raw('},"format":');
  name(document.format);
  if (document.title.length > 0) {
    raw(',"title":');
    quoted(document.title.at, cut(document.title.at, document.title.length));
  }
  writePages(document);
  if (document.blocks.omitted) document.warn('blocks_omitted');
  else if (withBlocks) {
    raw(',"blocks":');
    document.blocks.write(document.text.at);
  }
  raw(',"truncated":');
  raw(document.truncated ? 'true' : 'false');
  raw(',"warnings":[');
  for (let i = 0; i < document.warnings.length; i++) {
    if (i > 0) raw(',');
    name(document.warnings[i]);
  }
  raw(']}');
  finish();
}
