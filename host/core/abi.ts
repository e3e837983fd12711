/**
 * `ccos-abi/1`: what a plugin may import from us and from Extism's kernel. The shapes are WebAssembly
 * types; a `ptr` is followed by its `len`. `direction` says which way the bytes at that pointer go.
 */
export const HOST_MODULE = 'ccos:host/1';

export const EFFECTS = ['quarantine.read', 'quarantine.derive', 'net.http', 'fs.write'] as const;
export type Effect = (typeof EFFECTS)[number];

export const HOST_FUNCTIONS = {
  q_stat: { params: ['i32'], result: 'i64', effect: 'quarantine.read' },
  q_read: {
    params: ['i32', 'i64', 'ptr', 'len'],
    result: 'i32',
    effect: 'quarantine.read',
    direction: 'in',
  },
  out_write: { params: ['ptr', 'len'], result: 'i32', effect: null, direction: 'out' },
  child_new: {
    params: ['ptr', 'len'],
    result: 'i32',
    effect: 'quarantine.derive',
    direction: 'out',
  },
  child_write: {
    params: ['i32', 'ptr', 'len'],
    result: 'i32',
    effect: 'quarantine.derive',
    direction: 'out',
  },
  fail: { params: ['i32'], result: null, effect: null },
  progress: { params: ['i32', 'i32'], result: null, effect: null },
  http_request: { params: ['ptr', 'len'], result: 'i32', effect: 'net.http', direction: 'out' },
  http_read: { params: ['ptr', 'len'], result: 'i32', effect: 'net.http', direction: 'in' },
  fs_write: { params: ['ptr', 'len'], result: 'i32', effect: 'fs.write', direction: 'out' },
} as const;
export type HostFunctionName = keyof typeof HOST_FUNCTIONS;

/** Extism's kernel: memory and input/output only. No variables, configuration, HTTP, log or clock. */
export const KERNEL_MODULE = 'extism:host/env';
export const KERNEL_FUNCTIONS = [
  'alloc',
  'free',
  'length',
  'length_unsafe',
  'load_u8',
  'load_u64',
  'store_u8',
  'store_u64',
  'input_length',
  'input_load_u8',
  'input_load_u64',
  'output_set',
  'error_set',
] as const;

/** Negative results of a host function. */
export const HOST_ERROR = {
  noSuchHandle: -1,
  denied: -2,
  outOfRange: -3,
  overLimit: -4,
  badArgument: -5,
} as const;

/** `fail(code)`: how a plugin says that the call has failed. */
export const FAIL_CODES = {
  1: 'document_malformed',
  2: 'document_encrypted',
  3: 'unsupported_type',
  4: 'limit',
  5: 'document_empty',
  6: 'needs_ocr',
  7: 'transform_rejected',
} as const;
