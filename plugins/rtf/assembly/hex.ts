/** The value of a hexadecimal digit, or -1. */
export function hexValue(byte: u32): i32 {
  if (byte - 48 < 10) return <i32>byte - 48;
  const lower = byte | 32;
  return lower - 97 < 6 ? <i32>lower - 87 : -1;
}
