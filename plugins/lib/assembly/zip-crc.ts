/** CRC-32 of ZIP (ISO 3309), four bytes at a time. */
const TABLES = memory.data(4 * 256 * 4);
let ready: bool = false;

function fill(): void {
  for (let i: u32 = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = (value >> 1) ^ ((value & 1) * 0xedb88320);
    store<u32>(TABLES + (i << 2), value);
  }
  for (let i: u32 = 256; i < 1024; i++) {
    const before = load<u32>(TABLES + ((i - 256) << 2));
    store<u32>(TABLES + (i << 2), (before >> 8) ^ load<u32>(TABLES + ((before & 255) << 2)));
  }
  ready = true;
}

// @ts-ignore: decorator
@inline
function entry(table: u32, byte: u32): u32 {
  return load<u32>(TABLES + (table << 10) + ((byte & 255) << 2));
}

export function crc32(from: usize, length: usize): u32 {
  if (!ready) fill();
  let crc: u32 = 0xffffffff;
  let at = from;
  const end = from + length;
  for (; at + 4 <= end; at += 4) {
    crc ^= load<u32>(at);
    crc = entry(3, crc) ^ entry(2, crc >> 8) ^ entry(1, crc >> 16) ^ entry(0, crc >> 24);
  }
  for (; at < end; at++) crc = (crc >> 8) ^ entry(0, crc ^ (<u32>load<u8>(at)));
  return ~crc;
}
