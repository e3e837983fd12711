/** The result of a mail. */
import { Bytes } from '../../lib/assembly/bytes';
import { Result } from '../../lib/assembly/result';
import { Note, isNoted, wordOf } from './notes';
import { Page } from './page';

/** Writes all of it. An empty title is left out. */
export function writeReport(format: string, page: Page, title: Bytes, maxBytes: i64): void {
  const result = new Result(format, page.text.bytes, page.blocks);
  result.characters = page.text.characters;
  result.title = title;
  result.truncated = page.text.truncated;
  for (let which = 0; which < Note.COUNT; which++) {
    if (isNoted(which)) result.warn(wordOf(which));
  }
  result.write(maxBytes);
}
