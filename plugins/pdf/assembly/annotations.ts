import { fieldValue, useForm } from './form';
import { raw } from './json';
import { allocate } from './memory';
import * as pdfium from './pdfium';
import { cut, writeText } from './text';

// Notes and form values. They are no part of the page's text: each is an item of its own.

const MAX_BYTES: u32 = 4 << 20;

// Where an annotation's text comes from.
const NOWHERE: i32 = 0;
const CONTENTS: i32 = 1;
const VALUE: i32 = 2;
const STATE: i32 = 3;
const INHERITED: i32 = 4;

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

/** Writes the page's `annotations` member when there is anything to say; true when there was. */
export function writeAnnotations(page: usize): bool {
  const count = pdfium.FPDFPage_GetAnnotCount(page);
  let any = false;
  for (let i = 0; i < count && !cut; i++) {
    const annotation = pdfium.FPDFPage_GetAnnot(page, i);
    if (!annotation) continue;
    if (writeAnnotation(annotation, any)) any = true;
    pdfium.FPDFPage_CloseAnnot(annotation);
  }
  if (any) raw(']');
  return any;
}

function writeAnnotation(annotation: usize, more: bool): bool {
  const subtype = pdfium.FPDFAnnot_GetSubtype(annotation);
  const from = source(annotation, subtype);
  if (from == NOWHERE) return false;
  const bytes = textOf(annotation, from, 0, 0);
  if (bytes <= 2 || bytes > MAX_BYTES) return false;
  const buffer = allocate(bytes);
  textOf(annotation, from, buffer, bytes);
  const units = <i32>(bytes >> 1) - 1;
  const shown = from != STATE || !isOff(buffer, units);
  if (shown) {
    raw(more ? ',' : ',"annotations":[');
    raw('{"kind":"');
    raw(kind(subtype));
    raw('","text":"');
    writeText(buffer, units);
    raw('"}');
  }
  pdfium.free(buffer);
  return shown;
}

/**
 * Check boxes and radio buttons have a state, other fields a value. A value of its own is read directly:
 * PDFium looks through all fields of the form for one that is inherited.
 */
function source(annotation: usize, subtype: i32): i32 {
  if (subtype == pdfium.ANNOT_LINK || subtype == pdfium.ANNOT_POPUP) return NOWHERE;
  if (subtype != pdfium.ANNOT_WIDGET) return CONTENTS;
  if (pdfium.FPDFAnnot_HasKey(annotation, stateKey)) return STATE;
  const type = pdfium.FPDFAnnot_GetValueType(annotation, valueKey);
  if (type == pdfium.OBJECT_IS_STRING || type == pdfium.OBJECT_IS_NAME) return VALUE;
  const mayInherit = pdfium.FPDFAnnot_HasKey(annotation, parentKey) != 0;
  return mayInherit || type != pdfium.OBJECT_IS_UNKNOWN ? INHERITED : NOWHERE;
}

function textOf(annotation: usize, from: i32, to: usize, size: u32): u32 {
  if (from == INHERITED) return fieldValue(annotation, to, size);
  const key = from == CONTENTS ? contentsKey : from == VALUE ? valueKey : stateKey;
  return pdfium.FPDFAnnot_GetStringValue(annotation, key, to, size);
}

/** The state of a button that is not set (ISO 32000-1, 12.7.4.2.3). */
function isOff(text: usize, units: i32): bool {
  return units == 3 && load<u16>(text) == 0x4f && load<u32>(text, 2) == 0x660066;
}

function kind(subtype: i32): string {
  if (subtype == pdfium.ANNOT_WIDGET) return 'form';
  if (subtype == pdfium.ANNOT_TEXT) return 'note';
  if (subtype == pdfium.ANNOT_FREETEXT) return 'text';
  if (subtype >= pdfium.ANNOT_HIGHLIGHT && subtype <= pdfium.ANNOT_STRIKEOUT) return 'markup';
  return 'other';
}
