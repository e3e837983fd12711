/** Which names of members we accept: relative paths that stay where they are unpacked. */

function isSeparator(byte: u32): bool {
  return byte == 47 || byte == 92;
}

function isLetter(byte: u32): bool {
  return (byte | 32) - 97 < 26;
}

function isParent(at: usize, length: usize): bool {
  return length == 2 && load<u8>(at) == 46 && load<u8>(at + 1) == 46;
}

/** False for an empty name, an absolute one, a drive, a ".." or a control character. */
export function isSafeName(at: usize, length: usize): bool {
  if (length == 0 || isSeparator(<u32>load<u8>(at))) return false;
  if (length > 1 && load<u8>(at + 1) == 58 && isLetter(<u32>load<u8>(at))) return false;
  const end = at + length;
  let segment = at;
  for (let here = at; here <= end; here++) {
    const byte: u32 = here < end ? <u32>load<u8>(here) : 47;
    if (byte < 32) return false;
    if (!isSeparator(byte)) continue;
    if (isParent(segment, here - segment)) return false;
    segment = here + 1;
  }
  return true;
}
