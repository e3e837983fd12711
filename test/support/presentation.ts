/** A writer of presentations ([MS-PPT]) for tests. */
import { u16, u32 } from './bytes.ts';
import { compound } from './compound.ts';

export const atom = (type: number, data: Uint8Array, instance = 0): Buffer =>
  Buffer.concat([u16(instance << 4, type), u32(data.length), data]);
export const holder = (type: number, children: readonly Buffer[], instance = 0): Buffer => {
  const data = Buffer.concat(children);
  return Buffer.concat([u16((instance << 4) | 15, type), u32(data.length), data]);
};

/** A text and its kind: 0 is a title, 1 a body, 2 notes, 4 any other. */
export const textAtoms = (kind: number, text: string): Buffer[] => {
  const wide = /[^\u0000-\u00ff]/.test(text);
  const bytes = Buffer.from(text, wide ? 'utf16le' : 'latin1');
  return [atom(0x0f9f, u32(kind)), atom(wide ? 0x0fa0 : 0x0fa8, bytes)];
};

/** A shape with what is in its text box. */
export const textShape = (...box: readonly Buffer[]): Buffer =>
  holder(0xf004, [atom(0xf00a, u32(1, 0)), holder(0xf00d, box)]);

const drawing = (shapes: readonly Buffer[]): Buffer =>
  holder(0x040c, [holder(0xf002, [holder(0xf003, shapes)])]);

export interface SlideParts {
  readonly shapes: readonly Buffer[];
  readonly notes?: readonly Buffer[];
  /** Texts that are kept apart from the shapes, which refer to them by number. */
  readonly outline?: readonly Buffer[];
  readonly more?: readonly Buffer[];
}

const slidePersist = (part: number, id: number): Buffer => atom(0x03f3, u32(part, 0, 0, id, 0));

/** The streams of a presentation: the parts, where they are, and the edit that says so. */
export function presentationStreams(
  slides: readonly SlideParts[],
  more: readonly Buffer[] = [],
): { 'PowerPoint Document': Buffer; 'Current User': Buffer } {
  const notesOf = (index: number): number => slides.length + index + 2;
  const list = slides.flatMap(({ outline = [] }, index) => [
    slidePersist(index + 2, 256 + index),
    ...outline,
  ]);
  const notes = slides.flatMap(({ notes: shapes }, index) =>
    shapes === undefined ? [] : [slidePersist(notesOf(index), 512 + index)],
  );
  const document = holder(0x03e8, [
    atom(0x03e9, Buffer.alloc(40)),
    holder(0x0ff0, [slidePersist(99, 1)], 1),
    holder(0x0ff0, list),
    holder(0x0ff0, notes, 2),
    ...more,
  ]);
  const slideParts = slides.map(({ shapes, notes: noteShapes, more: inSlide = [] }, index) => {
    const notesId = noteShapes === undefined ? 0 : 512 + index;
    return holder(0x03ee, [
      atom(0x03ef, Buffer.concat([Buffer.alloc(16), u32(notesId, 0)])),
      drawing(shapes),
      ...inSlide,
    ]);
  });
  const noteParts = slides.map(({ notes: shapes = [] }) =>
    holder(0x03f0, [atom(0x03f1, Buffer.alloc(8)), drawing(shapes)]),
  );
  const parts = [document, ...slideParts, ...noteParts];
  let at = 0;
  const offsets = parts.map(({ length }) => {
    at += length;
    return at - length;
  });
  const directory = atom(0x1772, u32((parts.length << 20) | 1, ...offsets));
  const edit = atom(0x0ff5, u32(0, 0, 0, at, 1, 0, 0));
  return {
    'PowerPoint Document': Buffer.concat([...parts, directory, edit]),
    'Current User': atom(0x0ff6, u32(20, 0xe391c05f, at + directory.length)),
  };
}

export const presentation = (slides: readonly SlideParts[], more: readonly Buffer[] = []): Buffer =>
  compound(presentationStreams(slides, more));
