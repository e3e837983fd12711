/** The result of a document of several pages. */
import { Failure, fail } from '../../lib/assembly/host';
import { Call } from '../../lib/assembly/input';
import { Result } from '../../lib/assembly/result';
import { Document } from './document';

/** Writes it and hands it over, or fails with 5 when there is no text. */
export function writeResult(document: Document, call: Call): void {
  if (document.text.length == 0 && !document.truncated) {
    fail(Failure.EMPTY);
    return;
  }
  const result = new Result(document.format, document.text, document.blocks);
  result.characters = document.characters;
  result.pages = document.pages;
  result.title = document.title;
  result.truncated = document.truncated;
  result.warnings = document.warnings;
  result.write(call.maxTextBytes);
}
