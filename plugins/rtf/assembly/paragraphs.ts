/** Where paragraphs, cells and rows end, and what kind of paragraph ends there. */
import { Text } from '../../lib/assembly/encoding/decode';
import { Flow } from './flow';
import { Groups, Mode } from './groups';
import { Record } from './records';
import { styleLevel } from './styles';
import { Does, FlowId } from './words';

const NO_NUMBER: i32 = i32.MIN_VALUE;
const MAX_LEVEL: i32 = 6;

export class Paragraphs {
  /** The paragraph has had a number or a bullet, left out because a viewer computes it. */
  isItem: bool = false;

  constructor(
    private flows: StaticArray<Flow>,
    private groups: Groups,
  ) {}

  private flow(): Flow {
    return this.flows[this.groups.now.flow];
  }

  text(): Text {
    return this.flow().text;
  }

  isFull(): bool {
    return this.flow().isFull();
  }

  settle(flow: i32): void {
    this.flows[flow].settle();
  }

  settleAll(): void {
    for (let i = 0; i < FlowId.COUNT; i++) this.settle(i);
  }

  /** Ends a paragraph, of a cell or of its own. */
  end(): void {
    const now = this.groups.now;
    const flow = this.flow();
    const heading = now.heading != 0 ? now.heading : styleLevel(now.style);
    if (now.inTable) flow.endInCell();
    else if (heading > 0) flow.endParagraph(Record.HEADING, min(heading, MAX_LEVEL));
    else if (this.isItem || now.isItem) flow.endParagraph(Record.LIST_ITEM, now.itemLevel + 1);
    else flow.endParagraph(Record.PARAGRAPH, 0);
    this.isItem = false;
  }

  word(does: i32, number: i32): void {
    const mode = this.groups.now.mode;
    if (does == Does.NESTED_ROW) this.flow().endNestedRow();
    else if (does >= Does.PARAGRAPH_DEFAULTS) this.property(does, number);
    else if (mode == Mode.TEXT) this.separator(does);
  }

  private separator(does: i32): void {
    const flow = this.flow();
    if (does == Does.PARAGRAPH) this.end();
    else if (does == Does.LINE) flow.lineFeed();
    else if (does == Does.CELL) flow.endCell();
    else if (does == Does.ROW) flow.endRow();
    else if (does == Does.NESTED_CELL) flow.endNestedCell();
    else if (does == Does.PAGE) flow.pageBreak();
  }

  private property(does: i32, number: i32): void {
    const now = this.groups.now;
    const isOn = number == NO_NUMBER || number > 0;
    if (does == Does.PARAGRAPH_DEFAULTS) this.defaults();
    else if (does == Does.PLAIN) this.plain();
    else if (does == Does.IN_TABLE || does == Does.TABLE_DEPTH) now.inTable = isOn;
    else if (does == Does.HIDDEN) now.hidden = isOn;
    else if (does == Does.DELETED) now.deleted = isOn;
    else if (does == Does.LIST) now.isItem = isOn;
    else if (does == Does.LIST_LEVEL) now.itemLevel = number < 0 || number > 8 ? 0 : number;
  }

  private plain(): void {
    this.groups.now.hidden = false;
    this.groups.now.deleted = false;
  }

  /** \pard */
  private defaults(): void {
    const now = this.groups.now;
    now.inTable = false;
    now.style = -1;
    now.heading = 0;
    now.isItem = false;
    now.itemLevel = 0;
  }
}
