/** A writer of the records of XLS ([MS-XLS]) for tests. */
import { u16, u32 } from './bytes.ts';
import { compound } from './compound.ts';

const f64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};

export const record = (type: number, ...parts: readonly Uint8Array[]): Buffer => {
  const data = Buffer.concat(parts);
  return Buffer.concat([u16(type, data.length), data]);
};

/** A string behind its length of one byte or two; Unicode, unless all of it fits into bytes. */
export function biffString(text: string, lengthBytes: 1 | 2 = 2): Buffer {
  const wide = /[^\u0000-\u00ff]/.test(text);
  const length = lengthBytes === 1 ? Buffer.of(text.length) : u16(text.length);
  const characters = Buffer.from(text, wide ? 'utf16le' : 'latin1');
  return Buffer.concat([length, Buffer.of(wide ? 1 : 0), characters]);
}

export const start = (kind: number, version = 0x0600): Buffer =>
  record(0x0809, u16(version, kind, 0, 0), u32(0, 0));
export const END = record(0x000a);

type Place = readonly [row: number, column: number];
export const number = (place: Place, value: number, format = 0): Buffer =>
  record(0x0203, u16(...place, format), f64(value));
export const shared = (place: Place, index: number, format = 0): Buffer =>
  record(0x00fd, u16(...place, format), u32(index));

export interface WorkbookParts {
  readonly sheets: readonly (readonly [name: string, cells: readonly Buffer[], hidden?: boolean])[];
  readonly strings?: readonly string[];
  /** Cell formats from number 1 on, by their codes; 0 is General. */
  readonly formats?: readonly string[];
  readonly globals?: readonly Buffer[];
}

/** The stream of a workbook. */
export function workbookStream(parts: WorkbookParts): Buffer {
  const { sheets, strings = [], formats = [], globals = [] } = parts;
  const codes = formats.map((code, index) => record(0x041e, u16(164 + index), biffString(code)));
  const cellFormats = [0, ...formats.map((_, index) => 164 + index)].map((id) =>
    record(0x00e0, u16(0, id), Buffer.alloc(16)),
  );
  const table = record(
    0x00fc,
    u32(strings.length, strings.length),
    ...strings.map((it) => biffString(it)),
  );
  const bodies = sheets.map(([, cells]) => Buffer.concat([start(0x10), ...cells, END]));
  const head = (offsets: readonly number[]): Buffer =>
    Buffer.concat([
      start(5),
      ...globals,
      ...codes,
      ...cellFormats,
      ...sheets.map(([name, , hidden = false], index) =>
        record(0x0085, u32(offsets[index] ?? 0), Buffer.of(hidden ? 1 : 0, 0), biffString(name, 1)),
      ),
      table,
      END,
    ]);
  const first = head([]).length;
  const offsets = bodies.map((_, index) =>
    bodies.slice(0, index).reduce((sum, { length }) => sum + length, first),
  );
  return Buffer.concat([head(offsets), ...bodies]);
}

export const xls = (parts: WorkbookParts): Buffer => compound({ Workbook: workbookStream(parts) });
