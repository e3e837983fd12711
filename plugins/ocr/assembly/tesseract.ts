// What we call in Tesseract (include/tesseract/baseapi.h and resultiterator.h, by way of tesseract.js-core's
// bindings), Leptonica and the C library. A `usize` is a pointer into the one memory; texts are UTF-8 with
// a terminator.

@external("tesseract", "malloc")
export declare function malloc(size: usize): usize;


@external("tesseract", "free")
export declare function free(pointer: usize): void;


@external("tesseract", "__wasm_call_ctors")
export declare function runConstructors(): void;


@external("tesseract", "_emscripten_stack_restore")
export declare function setStackPointer(pointer: usize): void;


@external("tesseract", "pixReadMem")
export declare function pixReadMem(data: usize, size: usize): usize;


@external("tesseract", "pixDestroy")
export declare function pixDestroy(pointerToPix: usize): void;


@external("tesseract", "emscripten_bind_TessBaseAPI_TessBaseAPI_0")
export declare function newTessBaseAPI(): usize;


@external("tesseract", "emscripten_bind_TessBaseAPI_Init_3")
export declare function Init(api: usize, path: usize, language: usize, engine: i32): i32;


@external("tesseract", "emscripten_bind_TessBaseAPI_SetPageSegMode_1")
export declare function SetPageSegMode(api: usize, mode: i32): void;


@external("tesseract", "emscripten_bind_TessBaseAPI_SetImage_1")
export declare function SetImage(api: usize, pix: usize, orientation: i32, angle: f32): void;


@external("tesseract", "emscripten_bind_TessBaseAPI_Recognize_1")
export declare function Recognize(api: usize, monitor: usize): i32;


@external("tesseract", "emscripten_bind_TessBaseAPI_MeanTextConf_0")
export declare function MeanTextConf(api: usize): i32;


@external("tesseract", "emscripten_bind_TessBaseAPI_GetIterator_0")
export declare function GetIterator(api: usize): usize;


@external("tesseract", "emscripten_bind_TessBaseAPI_Clear_0")
export declare function Clear(api: usize): void;


@external("tesseract", "emscripten_bind_ResultIterator_Next_1")
export declare function Next(iterator: usize, level: i32): i32;


@external("tesseract", "emscripten_bind_ResultIterator_GetUTF8Text_1")
export declare function GetUTF8Text(iterator: usize, level: i32): usize;


@external("tesseract", "emscripten_bind_ResultIterator___destroy___0")
export declare function destroyIterator(iterator: usize): void;

// OcrEngineMode
export const OEM_LSTM_ONLY: i32 = 1;

// PageSegMode: the layout is found out, the page is upright.
export const PSM_AUTO: i32 = 3;

// PageIteratorLevel
export const RIL_PARA: i32 = 1;
