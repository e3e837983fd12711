import { ENCRYPTED, MALFORMED, OVER_LIMIT, q_read, q_stat } from './host';
import {
  ERR_PASSWORD,
  ERR_SECURITY,
  FPDF_GetLastError,
  FPDF_LoadMemDocument64,
  malloc,
} from './pdfium';

const HANDLE: i32 = 0;
const WINDOW: i64 = 1 << 20;
const MAX_BYTES: i64 = 192 << 20; // of the 256 MiB that there are

/** Why `openDocument` returned 0, as a code for `fail`. */
export let openFailure: i32 = 0;

/** Reads the blob into memory, where it stays, and opens it; 0 when that is not possible. `password` may be 0. */
export function openDocument(password: usize): usize {
  const size = q_stat(HANDLE);
  if (size <= 0) return refuse(MALFORMED);
  if (size > MAX_BYTES) return refuse(OVER_LIMIT);
  const data = malloc(<usize>size);
  if (!data) return refuse(OVER_LIMIT);
  for (let at: i64 = 0; at < size;) {
    const want = <i32>min<i64>(WINDOW, size - at);
    const got = q_read(HANDLE, at, data + <usize>at, want);
    if (got <= 0 || got > want) return refuse(MALFORMED);
    at += got;
  }
  let document = FPDF_LoadMemDocument64(data, <usize>size, password);
  // What needs no password may be among the files that one was given for.
  if (!document && password) document = FPDF_LoadMemDocument64(data, <usize>size, 0);
  if (document) return document;
  const error = FPDF_GetLastError();
  return refuse(error == ERR_PASSWORD || error == ERR_SECURITY ? ENCRYPTED : MALFORMED);
}

function refuse(code: i32): usize {
  openFailure = code;
  return 0;
}
