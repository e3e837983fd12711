import { raw } from './json';
import { allocate } from './memory';
import * as pdfium from './pdfium';
import { cut, writeText } from './text';

// Notes and form values. They are no part of the page's text: each is an item of its own.

const MAX_BYTES: u32 = 4 << 20;
const FORM_INFO_BYTES: usize = 512; // FPDF_FORMFILLINFO has 200 to 300, by version
const FORM_INFO_VERSION: i32 = 2;

let form: usize = 0;
let contentsKey: usize = 0;
let stateKey: usize = 0;

// Where an annotation's text comes from.
const NO_SOURCE: i32 = 0;
const CONTENTS: i32 = 1;
const FIELD_VALUE: i32 = 2;
const STATE: i32 = 3;

/** Once for each document. Values of form fields are inherited, so PDFium's form reader is needed for them. */
export function startAnnotations(document: usize): void {
  contentsKey = cString('Contents');
  stateKey = cString('AS');
  if (pdfium.FPDF_GetFormType(document) == pdfium.FORM_NONE) return;
  const info = allocate(FORM_INFO_BYTES); // no callbacks: a form's events and scripts reach nothing
  memory.fill(info, 0, FORM_INFO_BYTES);
  store<i32>(info, FORM_INFO_VERSION);
  form = pdfium.FPDFDOC_InitFormFillEnvironment(document, info);
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
  if (from == NO_SOURCE) return false;
  const bytes = value(annotation, from, 0, 0);
  if (bytes <= 2 || bytes > MAX_BYTES) return false;
  const buffer = allocate(bytes);
  value(annotation, from, buffer, bytes);
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

/** Of form fields: texts and choices have a value, check boxes and radio buttons a state; the rest has none. */
function source(annotation: usize, subtype: i32): i32 {
  if (subtype == pdfium.ANNOT_LINK || subtype == pdfium.ANNOT_POPUP) return NO_SOURCE;
  if (subtype != pdfium.ANNOT_WIDGET) return CONTENTS;
  if (!form) return NO_SOURCE;
  const type = pdfium.FPDFAnnot_GetFormFieldType(form, annotation);
  if (type < pdfium.FIELD_CHECKBOX || type > pdfium.FIELD_TEXT) return NO_SOURCE;
  return type > pdfium.FIELD_RADIO ? FIELD_VALUE : STATE;
}

function value(annotation: usize, from: i32, to: usize, size: u32): u32 {
  if (from == FIELD_VALUE) {
    return pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, to, size);
  }
  const key = from == CONTENTS ? contentsKey : stateKey;
  return pdfium.FPDFAnnot_GetStringValue(annotation, key, to, size);
}

/** The state of a button that is not set (ISO 32000-1, 12.7.4.2.3). */
function isOff(text: usize, units: i32): bool {
  return (
    units == 3 &&
    load<u16>(text) == 0x4f &&
    load<u16>(text, 2) == 0x66 &&
    load<u16>(text, 4) == 0x66
  );
}

function kind(subtype: i32): string {
  if (subtype == pdfium.ANNOT_WIDGET) return 'form';
  if (subtype == pdfium.ANNOT_TEXT) return 'note';
  if (subtype == pdfium.ANNOT_FREETEXT) return 'text';
  if (subtype >= pdfium.ANNOT_HIGHLIGHT && subtype <= pdfium.ANNOT_STRIKEOUT) return 'markup';
  return 'other';
}
