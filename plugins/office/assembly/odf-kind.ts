/** What an OpenDocument package says it is, and whether it is encrypted (ODF 1.3 part 2, 3 and 4). */
import { Token, Xml, openEntry } from '../../lib/assembly/xml';
import { Words } from '../../lib/assembly/xml-words';
import { Zip } from '../../lib/assembly/zip';

const MAX_TYPE: usize = 100;

export class OdfManifest {
  mediaType: string = '';
  encrypted: bool = false;

  private entry(xml: Xml): void {
    const root = xml.attribute('full-path') && xml.valueIs('/');
    if (root && xml.attribute('media-type')) this.mediaType = word(xml.valueAt, xml.valueLength);
  }

  /** Reads META-INF/manifest.xml where there is one. False when a failure is set. */
  read(zip: Zip): bool {
    const member = zip.find('META-INF/manifest.xml');
    if (member == null) return true;
    const xml = openEntry(zip, member, new Words());
    if (xml == null) return false;
    xml.allowDoctype = true;
    let token = xml.next();
    for (; token != Token.NONE; token = xml.next()) {
      if (token != Token.START) continue;
      if (xml.is('file-entry')) this.entry(xml);
      else if (xml.is('encryption-data')) this.encrypted = true;
    }
    return !xml.failed;
  }
}

function word(at: usize, length: usize): string {
  return length > MAX_TYPE ? '' : String.UTF8.decodeUnsafe(at, length);
}

/** The member "mimetype" as a string; empty where there is none. */
export function readMimetype(zip: Zip): string {
  const member = zip.find('mimetype');
  if (member == null || member.size > MAX_TYPE) return '';
  const part = zip.read(member);
  return part == null ? '' : word(part.at, part.length).trim();
}
