/** Bytes that are read at offsets which a stranger has written: what is outside of them is zero. */
export class View {
  constructor(
    public at: usize,
    public length: usize,
  ) {}

  // @ts-ignore: decorator
  @inline
  has(offset: usize, length: usize): bool {
    return offset <= this.length && length <= this.length - offset;
  }

  u8(offset: usize): u32 {
    return this.has(offset, 1) ? <u32>load<u8>(this.at + offset) : 0;
  }

  u16(offset: usize): u32 {
    return this.has(offset, 2) ? <u32>load<u16>(this.at + offset) : 0;
  }

  u32(offset: usize): u32 {
    return this.has(offset, 4) ? load<u32>(this.at + offset) : 0;
  }

  u64(offset: usize): u64 {
    return this.has(offset, 8) ? load<u64>(this.at + offset) : 0;
  }

  /** A part of them; what of it lies outside is left out. */
  part(offset: usize, length: usize): View {
    const from = min(offset, this.length);
    return new View(this.at + from, min(length, this.length - from));
  }
}
