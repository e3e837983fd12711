/** The result as JSON. */
import { finish, integer, name, quoted, raw } from '../../lib/assembly/output';
import { attachments } from './attachments';
import { Bytes } from '../../lib/assembly/bytes';
import { Note, isNoted, wordOf } from './notes';
import { Page } from './page';

function writeAttachments(): void {
  const list = attachments();
  raw('{"attachments":[');
  for (let i = 0; i < list.length; i++) {
    if (i > 0) raw(',');
    raw('{"bytes":');
    integer(list[i].bytes);
    raw(',"child":');
    integer(list[i].child);
    raw(',"media_type":');
    name(list[i].mediaType);
    raw('}');
  }
  raw(']');
}

function writeWarnings(): void {
  raw(',"warnings":[');
  let written = 0;
  for (let which = 0; which < Note.COUNT; which++) {
    if (!isNoted(which)) continue;
    if (written++ > 0) raw(',');
    name(wordOf(which));
  }
  raw(']}');
}

/** Writes all of it. An empty title is left out. */
export function writeReport(format: string, page: Page, title: Bytes): void {
  writeAttachments();
  raw(',"counts":{"characters":');
  integer(page.text.characters);
  raw(',"pages":1},"format":');
  name(format);
  raw(',"pages":[{"number":1,"text":');
  quoted(page.text.bytes.at, page.text.bytes.length);
  raw('}]');
  if (title.length > 0) {
    raw(',"title":');
    quoted(title.at, title.length);
  }
  raw(',"truncated":');
  raw(page.text.truncated ? 'true' : 'false');
  writeWarnings();
  finish();
}
