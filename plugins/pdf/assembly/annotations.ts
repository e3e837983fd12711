import { fieldName, fieldValue, useForm } from './form';
import { raw } from './json';
import { allocate } from './memory';
import * as pdfium from './pdfium';
import { cut, writeText } from './text';

// Notes, and the values of form fields. They are no part of the page's text: each is an item of its own.

const MAX_BYTES: u32 = 4 << 20;
const MOST: i32 = 100_000; // of a page

// Where an annotation's text comes from.
const NOWHERE: i32 = 0;
const CONTENTS: i32 = 1;
const VALUE: i32 = 2;
const STATE: i32 = 3;
const INHERITED: i32 = 4;
const NAME: i32 = 5;

const LONGEST_NAME: i32 = 1024;

let contentsKey: usize = 0;
let valueKey: usize = 0;
let stateKey: usize = 0;
let parentKey: usize = 0;

/** Once for each document. */
export function startAnnotations(document: usize): void {
  contentsKey = cString('Contents');
  valueKey = cString('V');
  stateKey = cString('AS');
  parentKey = cString('Parent');
  useForm(document);
}

function cString(text: string): usize {
  const pointer = allocate(text.length + 1);
  for (let i = 0; i < text.length; i++) store<u8>(pointer + i, text.charCodeAt(i));
  store<u8>(pointer + text.length, 0);
  return pointer;
}

/** Writes the page's members `annotations` and `fields` where there is anything to say; true when there was. */
export function writeAnnotations(page: usize): bool {
  const count = min<i32>(pdfium.FPDFPage_GetAnnotCount(page), MOST);
  let widgets = 0;
  let notes = 0;
  for (let i = 0; i < count && !cut; i++) {
    const annotation = pdfium.FPDFPage_GetAnnot(page, i);
    if (!annotation) continue;
    if (pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.ANNOT_WIDGET) widgets++;
    else if (writeNote(annotation, notes > 0)) notes++;
    pdfium.FPDFPage_CloseAnnot(annotation);
  }
  if (notes > 0) raw(']');
  return (widgets > 0 && writeFields(page, count)) || notes > 0;
}

function writeFields(page: usize, count: i32): bool {
  let fields = 0;
  for (let i = 0; i < count && !cut; i++) {
    const annotation = pdfium.FPDFPage_GetAnnot(page, i);
    if (!annotation) continue;
    const isWidget = pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.ANNOT_WIDGET;
    if (isWidget && writeField(annotation, fields > 0)) fields++;
    pdfium.FPDFPage_CloseAnnot(annotation);
  }
  if (fields > 0) raw(']');
  return fields > 0;
}

function writeNote(annotation: usize, more: bool): bool {
  const subtype = pdfium.FPDFAnnot_GetSubtype(annotation);
  if (subtype == pdfium.ANNOT_LINK || subtype == pdfium.ANNOT_POPUP) return false;
  if (!read(annotation, CONTENTS)) return false;
  raw(more ? ',' : ',"annotations":[');
  raw('{"kind":"');
  raw(kind(subtype));
  raw('","text":"');
  writeText(text, units);
  raw('"}');
  pdfium.free(text);
  return true;
}

function writeField(widget: usize, more: bool): bool {
  const from = source(widget);
  if (from == NOWHERE || !read(widget, from)) return false;
  const value = text;
  const length = units;
  const shown = from != STATE || !isOff(value, length);
  if (shown) {
    raw(more ? ',{' : ',"fields":[{');
    if (read(widget, NAME)) {
      raw('"name":"');
      writeText(text, min(units, LONGEST_NAME));
      raw('",');
      pdfium.free(text);
    }
    raw('"value":"');
    writeText(value, length);
    raw('"}');
  }
  pdfium.free(value);
  return shown;
}

/** What `read` has read last, in UTF-16; whoever reads it frees it. */
let text: usize = 0;
let units: i32 = 0;

/** False when there is nothing, or too much. */
function read(annotation: usize, from: i32): bool {
  const bytes = textOf(annotation, from, 0, 0);
  if (bytes <= 2 || bytes > MAX_BYTES) return false;
  text = allocate(bytes);
  textOf(annotation, from, text, bytes);
  units = <i32>(bytes >> 1) - 1;
  return true;
}

/**
 * Check boxes and radio buttons have a state, other fields a value. A value of its own is read directly:
 * PDFium looks through all fields of the form for one that is inherited.
 */
function source(widget: usize): i32 {
  if (pdfium.FPDFAnnot_HasKey(widget, stateKey)) return STATE;
  const type = pdfium.FPDFAnnot_GetValueType(widget, valueKey);
  if (type == pdfium.OBJECT_IS_STRING || type == pdfium.OBJECT_IS_NAME) return VALUE;
  const mayInherit = pdfium.FPDFAnnot_HasKey(widget, parentKey) != 0;
  return mayInherit || type != pdfium.OBJECT_IS_UNKNOWN ? INHERITED : NOWHERE;
}

function textOf(annotation: usize, from: i32, to: usize, size: u32): u32 {
  if (from == INHERITED) return fieldValue(annotation, to, size);
  if (from == NAME) return fieldName(annotation, to, size);
  const key = from == CONTENTS ? contentsKey : from == VALUE ? valueKey : stateKey;
  return pdfium.FPDFAnnot_GetStringValue(annotation, key, to, size);
}

/** The state of a button that is not set (ISO 32000-1, 12.7.4.2.3). */
function isOff(text: usize, units: i32): bool {
  return units == 3 && load<u16>(text) == 0x4f && load<u32>(text, 2) == 0x660066;
}

function kind(subtype: i32): string {
  if (subtype == pdfium.ANNOT_TEXT) return 'note';
  if (subtype == pdfium.ANNOT_FREETEXT) return 'text';
  if (subtype >= pdfium.ANNOT_HIGHLIGHT && subtype <= pdfium.ANNOT_STRIKEOUT) return 'markup';
  return 'other';
}
