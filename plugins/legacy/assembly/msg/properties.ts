/** The properties of a message, recipient or attachment: one stream for all short ones, one for each other ([MS-OXMSG] 2.1). */
import { Bytes } from '../../../lib/assembly/bytes';
import { encodingOfCodePage } from '../../../lib/assembly/encoding/code-pages';
import { Container } from '../cfb/container';
import { NOT_FOUND } from '../cfb/directory';
import { appendEncoded, appendUnits } from '../units';
import { View } from '../view';

const ENTRY: usize = 16;
const DIGITS: string = '0123456789ABCDEF';

/** Types of properties ([MS-OXCDATA] 2.11.1). */
export namespace Type {
  export const OBJECT: u32 = 0x000d;
  export const BYTES: u32 = 0x001e;
  export const UNICODE: u32 = 0x001f;
  export const BINARY: u32 = 0x0102;
}

const MESSAGE_CODE_PAGE: u32 = 0x3ffd;
const INTERNET_CODE_PAGE: u32 = 0x3fde;

function hexadecimal(value: u32): string {
  let text = '';
  for (let shift = 12; shift >= 0; shift -= 4) text += DIGITS.charAt((value >>> shift) & 15);
  return text;
}

export class Properties {
  /** Of strings that are of bytes. */
  encoding: i32 = 0;
  private short: View = new View(0, 0);

  constructor(
    private file: Container,
    public storage: i32,
  ) {}

  /** Reads the short ones; false with the failure set. */
  read(): bool {
    const id = this.file.findStream(this.storage, '__properties_version1.0');
    if (id == NOT_FOUND) return true;
    const stream = this.file.read(id);
    if (stream == null) return false;
    // What stands before the entries is 32 bytes in a file, 24 in a message inside, 8 in all others.
    const head: usize = stream.length % ENTRY == 0 ? 2 * ENTRY : stream.length % ENTRY;
    this.short = stream.part(head, stream.length);
    return true;
  }

  /** Takes the encoding that the message names; as it is where it names none. */
  readEncoding(): void {
    const message = this.number(MESSAGE_CODE_PAGE);
    const page = message == 0 ? this.number(INTERNET_CODE_PAGE) : message;
    if (page != 0) this.encoding = encodingOfCodePage(page);
  }

  /** The encoding of HTML that does not name one itself. */
  get htmlEncoding(): i32 {
    const page = this.number(INTERNET_CODE_PAGE);
    return page == 0 ? this.encoding : encodingOfCodePage(page);
  }

  private find(id: u32): usize {
    for (let at: usize = 0; this.short.has(at, ENTRY); at += ENTRY) {
      if (this.short.u16(at + 2) == id) return at + 8;
    }
    return this.short.length;
  }

  /** A short property of four bytes; zero where it is not there. */
  number(id: u32): i32 {
    return <i32>this.short.u32(this.find(id));
  }

  /** A short property of eight bytes. */
  long(id: u32): u64 {
    return this.short.u64(this.find(id));
  }

  /** The entry of a property of its own, or NOT_FOUND. */
  entry(id: u32, type: u32): i32 {
    return this.file.directory.find(
      this.storage,
      '__substg1.0_' + hexadecimal(id) + hexadecimal(type),
    );
  }

  /** The bytes of a property; none where it is not there, null with the failure set. */
  binary(id: u32, type: u32): View | null {
    const entry = this.entry(id, type);
    return entry == NOT_FOUND ? new View(0, 0) : this.file.read(entry);
  }

  /** Appends a string as UTF-8. False with the failure set. */
  text(id: u32, into: Bytes): bool {
    const units = this.binary(id, Type.UNICODE);
    if (units == null) return false;
    appendUnits(into, units.at, units.length);
    if (units.length > 0) return true;
    const bytes = this.binary(id, Type.BYTES);
    if (bytes == null) return false;
    appendEncoded(into, this.encoding, bytes.at, bytes.length);
    return true;
  }
}
