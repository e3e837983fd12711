/** Parsers for members that are read by the names of their elements. */
import { Xml, openXml } from '../../../lib/assembly/xml';
import { Words } from '../../../lib/assembly/xml-words';
import { Zip } from '../../../lib/assembly/zip';
import { Entry } from '../../../lib/assembly/zip-directory';

const NO_WORDS = new Words();

/** A parser for a member, or null with the failure set. */
export function openEntry(zip: Zip, entry: Entry): Xml | null {
  const part = zip.read(entry);
  if (part == null) return null;
  return openXml(part, NO_WORDS);
}
