// What we call in PDFium (public/fpdf*.h) and in its C library. A `usize` is a pointer into the one
// memory; strings come out as UTF-16LE with a terminator, sizes of them in bytes.

@external("pdfium", "malloc")
export declare function malloc(size: usize): usize;


@external("pdfium", "free")
export declare function free(pointer: usize): void;


@external("pdfium", "__wasm_call_ctors")
export declare function runConstructors(): void;


@external("pdfium", "_emscripten_stack_restore")
export declare function setStackPointer(pointer: usize): void;


@external("pdfium", "FPDF_InitLibrary")
export declare function FPDF_InitLibrary(): void;


@external("pdfium", "FPDF_LoadMemDocument64")
export declare function FPDF_LoadMemDocument64(data: usize, size: usize, password: usize): usize;


@external("pdfium", "FPDF_GetLastError")
export declare function FPDF_GetLastError(): u32;


@external("pdfium", "FPDF_GetPageCount")
export declare function FPDF_GetPageCount(document: usize): i32;


@external("pdfium", "FPDF_GetFormType")
export declare function FPDF_GetFormType(document: usize): i32;


@external("pdfium", "FPDFDoc_GetAttachmentCount")
export declare function FPDFDoc_GetAttachmentCount(document: usize): i32;


@external("pdfium", "FPDFDOC_InitFormFillEnvironment")
export declare function FPDFDOC_InitFormFillEnvironment(document: usize, info: usize): usize;


@external("pdfium", "FPDF_LoadPage")
export declare function FPDF_LoadPage(document: usize, index: i32): usize;


@external("pdfium", "FPDF_ClosePage")
export declare function FPDF_ClosePage(page: usize): void;


@external("pdfium", "FPDF_GetPageWidthF")
export declare function FPDF_GetPageWidthF(page: usize): f32;


@external("pdfium", "FPDF_GetPageHeightF")
export declare function FPDF_GetPageHeightF(page: usize): f32;


@external("pdfium", "FPDFBitmap_Create")
export declare function FPDFBitmap_Create(width: i32, height: i32, alpha: i32): usize;


@external("pdfium", "FPDFBitmap_FillRect")
export declare function FPDFBitmap_FillRect(
  bitmap: usize,
  left: i32,
  top: i32,
  width: i32,
  height: i32,
  color: u32,
): i32;


@external("pdfium", "FPDFBitmap_GetBuffer")
export declare function FPDFBitmap_GetBuffer(bitmap: usize): usize;


@external("pdfium", "FPDFBitmap_GetStride")
export declare function FPDFBitmap_GetStride(bitmap: usize): i32;


@external("pdfium", "FPDF_RenderPageBitmap")
export declare function FPDF_RenderPageBitmap(
  bitmap: usize,
  page: usize,
  left: i32,
  top: i32,
  width: i32,
  height: i32,
  rotate: i32,
  flags: i32,
): void;


@external("pdfium", "FPDFPage_CountObjects")
export declare function FPDFPage_CountObjects(page: usize): i32;


@external("pdfium", "FPDFPage_GetObject")
export declare function FPDFPage_GetObject(page: usize, index: i32): usize;


@external("pdfium", "FPDFPageObj_GetType")
export declare function FPDFPageObj_GetType(object: usize): i32;


@external("pdfium", "FPDFPageObj_GetBounds")
export declare function FPDFPageObj_GetBounds(
  object: usize,
  left: usize,
  bottom: usize,
  right: usize,
  top: usize,
): i32;


@external("pdfium", "FPDFPageObj_TransformF")
export declare function FPDFPageObj_TransformF(object: usize, matrix: usize): i32;


@external("pdfium", "FPDFText_LoadPage")
export declare function FPDFText_LoadPage(page: usize): usize;


@external("pdfium", "FPDFText_ClosePage")
export declare function FPDFText_ClosePage(text: usize): void;


@external("pdfium", "FPDFText_CountChars")
export declare function FPDFText_CountChars(text: usize): i32;


@external("pdfium", "FPDFText_GetUnicode")
export declare function FPDFText_GetUnicode(text: usize, index: i32): u32;


@external("pdfium", "FPDFText_GetCharOrigin")
export declare function FPDFText_GetCharOrigin(text: usize, index: i32, x: usize, y: usize): i32;


@external("pdfium", "FPDFText_GetLooseCharBox")
export declare function FPDFText_GetLooseCharBox(text: usize, index: i32, box: usize): i32;


@external("pdfium", "FPDFText_GetCharAngle")
export declare function FPDFText_GetCharAngle(text: usize, index: i32): f32;


@external("pdfium", "FPDFPage_GetAnnotCount")
export declare function FPDFPage_GetAnnotCount(page: usize): i32;


@external("pdfium", "FPDFPage_GetAnnot")
export declare function FPDFPage_GetAnnot(page: usize, index: i32): usize;


@external("pdfium", "FPDFPage_CloseAnnot")
export declare function FPDFPage_CloseAnnot(annotation: usize): void;


@external("pdfium", "FPDFAnnot_GetSubtype")
export declare function FPDFAnnot_GetSubtype(annotation: usize): i32;


@external("pdfium", "FPDFAnnot_GetStringValue")
export declare function FPDFAnnot_GetStringValue(
  annotation: usize,
  key: usize,
  to: usize,
  size: u32,
): u32;


@external("pdfium", "FPDFAnnot_HasKey")
export declare function FPDFAnnot_HasKey(annotation: usize, key: usize): i32;


@external("pdfium", "FPDFAnnot_GetValueType")
export declare function FPDFAnnot_GetValueType(annotation: usize, key: usize): i32;


@external("pdfium", "FPDFAnnot_GetFormFieldValue")
export declare function FPDFAnnot_GetFormFieldValue(
  form: usize,
  annotation: usize,
  to: usize,
  size: u32,
): u32;


@external("pdfium", "FPDFAnnot_GetFormFieldName")
export declare function FPDFAnnot_GetFormFieldName(
  form: usize,
  annotation: usize,
  to: usize,
  size: u32,
): u32;


@external("pdfium", "FPDF_GetPageLabel")
export declare function FPDF_GetPageLabel(document: usize, index: i32, to: usize, size: u32): u32;


@external("pdfium", "FPDFBookmark_GetFirstChild")
export declare function FPDFBookmark_GetFirstChild(document: usize, bookmark: usize): usize;


@external("pdfium", "FPDFBookmark_GetNextSibling")
export declare function FPDFBookmark_GetNextSibling(document: usize, bookmark: usize): usize;


@external("pdfium", "FPDFBookmark_GetTitle")
export declare function FPDFBookmark_GetTitle(bookmark: usize, to: usize, size: u32): u32;


@external("pdfium", "FPDFBookmark_GetDest")
export declare function FPDFBookmark_GetDest(document: usize, bookmark: usize): usize;


@external("pdfium", "FPDFDest_GetDestPageIndex")
export declare function FPDFDest_GetDestPageIndex(document: usize, destination: usize): i32;

// FPDF_GetLastError
export const ERR_PASSWORD: u32 = 4;
export const ERR_SECURITY: u32 = 5;

// FPDF_RenderPageBitmap
export const GRAYSCALE: i32 = 8;

// FPDFPageObj_GetType
export const OBJECT_TEXT: i32 = 1;

// FPDF_GetFormType
export const FORM_NONE: i32 = 0;
export const FORM_ACROFORM: i32 = 1;

// FPDFAnnot_GetSubtype
export const ANNOT_TEXT: i32 = 1;
export const ANNOT_LINK: i32 = 2;
export const ANNOT_FREETEXT: i32 = 3;
export const ANNOT_HIGHLIGHT: i32 = 9;
export const ANNOT_STRIKEOUT: i32 = 12;
export const ANNOT_POPUP: i32 = 16;
export const ANNOT_WIDGET: i32 = 20;

// FPDFAnnot_GetValueType
export const OBJECT_IS_UNKNOWN: i32 = 0;
export const OBJECT_IS_STRING: i32 = 3;
export const OBJECT_IS_NAME: i32 = 4;
