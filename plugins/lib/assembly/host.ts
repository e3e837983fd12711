/** The imports of a plugin, `ccos-abi/1`. No other file names them; one that a plugin never calls is not imported. */
// @ts-ignore: decorator
@external("ccos:host/1", "q_stat")
declare function q_stat(handle: i32): i64;
// @ts-ignore: decorator
@external("ccos:host/1", "q_read")
declare function q_read(handle: i32, offset: i64, at: usize, length: i32): i32;
// @ts-ignore: decorator
@external("ccos:host/1", "out_write")
declare function out_write(at: usize, length: i32): i32;
// @ts-ignore: decorator
@external("ccos:host/1", "child_new")
declare function child_new(kind: usize, length: i32): i32;
// @ts-ignore: decorator
@external("ccos:host/1", "child_write")
declare function child_write(index: i32, at: usize, length: i32): i32;
// @ts-ignore: decorator
@external("ccos:host/1", "fail")
declare function host_fail(code: i32): void;
// @ts-ignore: decorator
@external("ccos:host/1", "http_request")
declare function http_request(at: usize, length: i32): i32;
// @ts-ignore: decorator
@external("ccos:host/1", "http_read")
declare function http_read(at: usize, length: i32): i32;
// @ts-ignore: decorator
@external("ccos:host/1", "fs_write")
declare function fs_write(at: usize, length: i32): i32;
// @ts-ignore: decorator
@external("extism:host/env", "input_length")
declare function input_length(): u64;
// @ts-ignore: decorator
@external("extism:host/env", "input_load_u8")
declare function input_load_u8(offset: u64): u32;

/** The codes of `fail`. */
export namespace Failure {
  export const MALFORMED: i32 = 1;
  export const ENCRYPTED: i32 = 2;
  export const UNSUPPORTED: i32 = 3;
  export const LIMIT: i32 = 4;
  export const EMPTY: i32 = 5;
  export const NEEDS_OCR: i32 = 6;
  export const REFUSED: i32 = 7;
}

/** Size in bytes of the blob behind a handle, or a negative error of the host. */
export function blobSize(handle: i32): i64 {
  return q_stat(handle);
}

/** Copies bytes of a blob to `at`; returns how many, or a negative error of the host. */
export function blobRead(handle: i32, offset: i64, at: usize, length: i32): i32 {
  return q_read(handle, offset, at, length);
}

/** Appends bytes to the result; negative when the host refuses them. */
export function resultWrite(at: usize, length: i32): i32 {
  return out_write(at, length);
}

/** Starts a child blob of an ASCII kind; returns its index, or a negative error of the host. */
export function childNew(kind: string): i32 {
  const bytes = heap.alloc(<usize>kind.length + 1);
  for (let i = 0; i < kind.length; i++) store<u8>(bytes + i, <u8>kind.charCodeAt(i));
  return child_new(bytes, kind.length);
}

/** Appends bytes to a child blob. */
export function childWrite(index: i32, at: usize, length: i32): i32 {
  return child_write(index, at, length);
}

/** Sets the failure of the call; the caller returns at once. */
export function fail(code: i32): void {
  host_fail(code);
}

/** Length in bytes of the call's JSON input. */
export function inputLength(): i32 {
  return <i32>input_length();
}

/** Copies the call's JSON input to `at`. It is short (64 KiB), so one byte at a time costs nothing. */
export function inputCopy(at: usize): void {
  const length = input_length();
  for (let i: u64 = 0; i < length; i++) store<u8>(at + <usize>i, <u8>input_load_u8(i));
}

/** Sends what the JSON describes; the size of the answer, or a negative error of the host. */
export function httpRequest(at: usize, length: i32): i32 {
  return http_request(at, length);
}

/** Copies the next bytes of the answer to `at`; returns how many. */
export function httpRead(at: usize, length: i32): i32 {
  return http_read(at, length);
}

/** Writes the file that the JSON describes; 0, what the disk says, or a negative error of the host. */
export function fsWrite(at: usize, length: i32): i32 {
  return fs_write(at, length);
}
