/** FNV-1a in 64 bits: what ids of a document are compared by. One that collides finds a wrong part of the same document, nothing else. */
export function hashBytes(at: usize, length: usize): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  for (let i: usize = 0; i < length; i++) {
    hash = (hash ^ (<u64>load<u8>(at + i))) * 0x100000001b3;
  }
  return hash;
}
