/** Complex fields (ECMA-376 part 1, 17.16.18): the instruction is left out, the result is text. */
const MAX_FIELDS: i32 = 64;

export class Fields {
  private open: i32 = 0;
  private instructions: i32 = 0;
  private inInstruction: StaticArray<bool> = new StaticArray<bool>(MAX_FIELDS);

  /** Whether text here belongs to an instruction. */
  get hideText(): bool {
    return this.instructions > 0;
  }

  begin(): void {
    if (this.open < MAX_FIELDS) {
      this.inInstruction[this.open] = true;
      this.instructions++;
    }
    this.open++;
  }

  separate(): void {
    this.leave(this.open - 1);
  }

  end(): void {
    if (this.open == 0) return;
    this.open--;
    this.leave(this.open);
  }

  /** At the end of a paragraph no instruction goes on: a field that nobody ends would hide the rest. */
  release(): void {
    const open = this.open < MAX_FIELDS ? this.open : MAX_FIELDS;
    for (let i = 0; i < open && this.instructions > 0; i++) this.leave(i);
  }

  private leave(index: i32): void {
    if (index < 0 || index >= MAX_FIELDS || !this.inInstruction[index]) return;
    this.inInstruction[index] = false;
    this.instructions--;
  }
}
