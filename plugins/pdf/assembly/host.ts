// The only file that names the host's functions: `ccos:host/1` and Extism's input.

@external("ccos:host/1", "q_stat")
export declare function q_stat(handle: i32): i64;


@external("ccos:host/1", "q_read")
export declare function q_read(handle: i32, offset: i64, pointer: usize, length: i32): i32;


@external("ccos:host/1", "out_write")
export declare function out_write(pointer: usize, length: i32): i32;

// By way of the shim, which calls it too: a module imports each name once.
@external("env", "fail")
export declare function fail(code: i32): void;


@external("ccos:host/1", "progress")
export declare function progress(done: i32, total: i32): void;


@external("ccos:host/1", "child_new")
export declare function child_new(kind: usize, length: i32): i32;


@external("ccos:host/1", "child_write")
export declare function child_write(index: i32, pointer: usize, length: i32): i32;


@external("extism:host/env", "input_length")
export declare function input_length(): u64;


@external("extism:host/env", "input_load_u8")
export declare function input_load_u8(at: u64): u32;

export const MALFORMED: i32 = 1;
export const ENCRYPTED: i32 = 2;
export const OVER_LIMIT: i32 = 4;
export const EMPTY: i32 = 5;
export const NEEDS_OCR: i32 = 6;
