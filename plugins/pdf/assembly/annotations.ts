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

/** Once for each document. Values of form fields are inherited, so PDFium's form reader is needed for them. */
export function startAnnotations(document: usize): void {
  contentsKey = cString('Contents');
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
  if (subtype == pdfium.ANNOT_LINK || subtype == pdfium.ANNOT_POPUP) return false;
  const isField = subtype == pdfium.ANNOT_WIDGET;
  if (isField && !hasValue(annotation)) return false;
  const bytes = value(annotation, isField, 0, 0);
  if (bytes <= 2 || bytes > MAX_BYTES) return false;
  const buffer = allocate(bytes);
  value(annotation, isField, buffer, bytes);
  raw(more ? ',' : ',"annotations":[');
  raw('{"kind":"');
  raw(kind(subtype));
  raw('","text":"');
  writeText(buffer, <i32>(bytes >> 1) - 1);
  raw('"}');
  pdfium.free(buffer);
  return true;
}

function value(annotation: usize, isField: bool, to: usize, size: u32): u32 {
  return isField
    ? pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, to, size)
    : pdfium.FPDFAnnot_GetStringValue(annotation, contentsKey, to, size);
}

/** Buttons and signatures have none; of check boxes and radio buttons only those that are set. */
function hasValue(annotation: usize): bool {
  if (!form) return false;
  const type = pdfium.FPDFAnnot_GetFormFieldType(form, annotation);
  if (type == pdfium.FIELD_CHECKBOX || type == pdfium.FIELD_RADIO) {
    return pdfium.FPDFAnnot_IsChecked(form, annotation) != 0;
  }
  return type > pdfium.FIELD_RADIO && type <= pdfium.FIELD_TEXT;
}

function kind(subtype: i32): string {
  if (subtype == pdfium.ANNOT_WIDGET) return 'form';
  if (subtype == pdfium.ANNOT_TEXT) return 'note';
  if (subtype == pdfium.ANNOT_FREETEXT) return 'text';
  if (subtype >= pdfium.ANNOT_HIGHLIGHT && subtype <= pdfium.ANNOT_STRIKEOUT) return 'markup';
  return 'other';
}
