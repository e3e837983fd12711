/** OLE compound files: what an OOXML document is kept in when it has a password ([MS-OFFCRYPTO] 2.3). */

export function isOle(at: usize, length: usize): bool {
  return length >= 8 && load<u64>(at) == 0xe11ab1a1e011cfd0;
}

/** Whether there is a stream of that name: UTF-16, somewhere in the directory. */
export function isLockedOffice(at: usize, length: usize): bool {
  const name = 'EncryptedPackage';
  const size = (<usize>name.length) << 1;
  const bytes = changetype<usize>(name);
  const end = at + length;
  for (let here = at; here + size <= end; here += 2) {
    if (load<u8>(here) == 0x45 && memory.compare(here, bytes, size) == 0) return true;
  }
  return false;
}
