/** The element names that a reader knows, each with a number of its own. */

const SLOTS: u32 = 1024;
const FIRST: u32 = 0x811c9dc5;

// @ts-ignore: decorator
@inline
export function hashStart(): u32 {
  return FIRST;
}

/** FNV-1a, one byte further. */
// @ts-ignore: decorator
@inline
export function hashNext(hash: u32, byte: u32): u32 {
  return (hash ^ byte) * 0x01000193;
}

/** Whether bytes are this ASCII word. */
export function isWord(at: usize, length: usize, word: string): bool {
  if (length != <usize>word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (<i32>load<u8>(at + i) != word.charCodeAt(i)) return false;
  }
  return true;
}

/** At most 700 words. */
export class Words {
  private ids: StaticArray<i32> = new StaticArray<i32>(SLOTS);
  private names: StaticArray<string> = new StaticArray<string>(SLOTS);

  /** Gives every word of a list with blanks between the number `id`, which is not zero. */
  add(list: string, id: i32): void {
    const words = list.split(' ');
    for (let i = 0; i < words.length; i++) {
      let hash = FIRST;
      for (let k = 0; k < words[i].length; k++) hash = hashNext(hash, words[i].charCodeAt(k));
      let slot = hash & (SLOTS - 1);
      while (this.ids[slot] != 0) slot = (slot + 1) & (SLOTS - 1);
      this.ids[slot] = id;
      this.names[slot] = words[i];
    }
  }

  /** The number of a name, zero when it has none. `hash` is the one of its bytes. */
  idOf(hash: u32, at: usize, length: usize): i32 {
    let slot = hash & (SLOTS - 1);
    while (this.ids[slot] != 0) {
      if (isWord(at, length, this.names[slot])) return this.ids[slot];
      slot = (slot + 1) & (SLOTS - 1);
    }
    return 0;
  }
}
