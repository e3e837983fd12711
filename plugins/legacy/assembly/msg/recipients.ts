/** To whom a message is ([MS-OXOMSG] 2.2.3.1): names and addresses of each kind of recipient. */
import { Bytes } from '../../../lib/assembly/bytes';
import { Container } from '../cfb/container';
import { NOT_FOUND } from '../cfb/directory';
import { Properties } from './properties';

const KIND: u32 = 0x0c15;
const NAME: u32 = 0x3001;
const ADDRESS: u32 = 0x3003;
const SMTP_ADDRESS: u32 = 0x39fe;
/** More are left out. */
const MAX_RECIPIENTS: i32 = 10_000;
const AT: u32 = 64;

namespace Recipient {
  export const TO: i32 = 1;
  export const COPY: i32 = 2;
}

const name = new Bytes(256);
const address = new Bytes(256);

function isAddress(text: Bytes): bool {
  for (let i: usize = 0; i < text.length; i++) if (load<u8>(text.at + i) == AT) return true;
  return false;
}

function isSame(left: Bytes, right: Bytes): bool {
  return left.length == right.length && memory.compare(left.at, right.at, left.length) == 0;
}

/** Appends `NAME <ADDRESS>`, or what there is of it; addresses of other kinds than that of mail say nothing. */
export function appendPerson(into: Bytes, name: Bytes, address: Bytes): void {
  const hasAddress = isAddress(address) && !isSame(name, address);
  into.append(name.at, name.length);
  if (!hasAddress) return;
  if (name.length > 0) into.ascii(' <');
  into.append(address.at, address.length);
  if (name.length > 0) into.byte(62);
}

/** The names and addresses of the recipients of a message, those of a kind in one line. */
export class Recipients {
  to: Bytes = new Bytes(256);
  copy: Bytes = new Bytes(256);

  /** Reads those in the storage of a message; false with the failure set. */
  read(file: Container, message: Properties): bool {
    const directory = file.directory;
    let id = directory.firstOf(message.storage);
    let count = 0;
    for (; id != NOT_FOUND; id = directory.after(id)) {
      if (!directory.startsWith(id, '__recip_version1.0_')) continue;
      if (count++ == MAX_RECIPIENTS) return true;
      const recipient = new Properties(file, id);
      recipient.encoding = message.encoding;
      if (!recipient.read() || !this.add(recipient)) return false;
    }
    return true;
  }

  private add(recipient: Properties): bool {
    const kind = recipient.number(KIND) & 15;
    if (kind != Recipient.TO && kind != Recipient.COPY) return true;
    name.length = address.length = 0;
    if (!recipient.text(NAME, name) || !recipient.text(SMTP_ADDRESS, address)) return false;
    if (address.length == 0 && !recipient.text(ADDRESS, address)) return false;
    const line = kind == Recipient.TO ? this.to : this.copy;
    if (line.length > 0) line.ascii(', ');
    appendPerson(line, name, address);
    return true;
  }
}
