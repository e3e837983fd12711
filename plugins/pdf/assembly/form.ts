import { allocate } from './memory';
import * as pdfium from './pdfium';

// PDFium's form reader, for the names of fields and for values that are inherited. Made only for a form.

const INFO_BYTES: usize = 512; // FPDF_FORMFILLINFO has 200 to 300, by version
const INFO_VERSION: i32 = 2;

let owner: usize = 0;
let form: usize = 0;

export function useForm(document: usize): void {
  owner = document;
}

/** The value of a widget's field, as `FPDFAnnot_GetFormFieldValue` gives it; 0 bytes for a document without form. */
export function fieldValue(widget: usize, to: usize, size: u32): u32 {
  if (!form) form = makeForm();
  return form ? pdfium.FPDFAnnot_GetFormFieldValue(form, widget, to, size) : 0;
}

/** The full name of a widget's field, as `FPDFAnnot_GetFormFieldName` gives it. */
export function fieldName(widget: usize, to: usize, size: u32): u32 {
  if (!form) form = makeForm();
  return form ? pdfium.FPDFAnnot_GetFormFieldName(form, widget, to, size) : 0;
}

function makeForm(): usize {
  if (pdfium.FPDF_GetFormType(owner) == pdfium.FORM_NONE) return 0;
  const info = allocate(INFO_BYTES); // no callbacks: a form's events and scripts reach nothing
  memory.fill(info, 0, INFO_BYTES);
  store<i32>(info, INFO_VERSION);
  return pdfium.FPDFDOC_InitFormFillEnvironment(owner, info);
}
