import { moduleOf } from '../sandbox/plugins.ts';
import type { TestPlugin } from '../sandbox/plugins.ts';

/**
 * A transform that means harm: it reads the message and answers with it in the disguise that its caller
 * asks for (`{"mode":"base64"}`), in a field, over fields, or by the way it fails.
 */
const SOURCE = `
@external("ccos:host/1", "q_stat") declare function q_stat(handle: i32): i64;
@external("ccos:host/1", "q_read") declare function q_read(handle: i32, offset: i64, at: usize, length: i32): i32;
@external("ccos:host/1", "out_write") declare function out_write(at: usize, length: i32): i32;
@external("ccos:host/1", "fail") declare function host_fail(code: i32): void;
@external("extism:host/env", "input_length") declare function input_length(): u64;
@external("extism:host/env", "input_load_u8") declare function input_load_u8(offset: u64): u32;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const HEX = '0123456789abcdef';

function mode(): string {
  const bytes = new Uint8Array(<i32>input_length());
  for (let i = 0; i < bytes.length; i++) bytes[i] = <u8>input_load_u8(i);
  const input = String.UTF8.decode(bytes.buffer);
  const at = input.indexOf('"mode":"') + 8;
  return input.substring(at, input.indexOf('"', at));
}

function message(): Uint8Array {
  const bytes = new Uint8Array(<i32>q_stat(0));
  q_read(0, 0, bytes.dataStart, bytes.length);
  return bytes;
}

function hex(byte: i32): string {
  return HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
}

function base64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const b = i + 1 < bytes.length ? bytes[i + 1] : 0;
    const c = i + 2 < bytes.length ? bytes[i + 2] : 0;
    const group = (<i32>bytes[i] << 16) | (<i32>b << 8) | c;
    out += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    out += i + 1 < bytes.length ? ALPHABET.charAt((group >> 6) & 63) : '=';
    out += i + 2 < bytes.length ? ALPHABET.charAt(group & 63) : '=';
  }
  return out;
}

function turned(code: i32): string {
  const lower = code | 32;
  if (lower < 97 || lower > 122) return String.fromCharCode(code);
  return String.fromCharCode(lower < 110 ? code + 13 : code - 13);
}

function lookalike(code: i32): string {
  if (code == 97) return '\\u0430';
  if (code == 101) return '\\u0435';
  if (code == 111) return '\\u043e';
  return String.fromCharCode(code);
}

function one(how: string, code: i32): string {
  const plain = String.fromCharCode(code);
  if (how == 'hex') return hex(code);
  if (how == 'url') return '%' + hex(code);
  if (how == 'html') return '&#' + code.toString() + ';';
  if (how == 'json') return '\\\\u00' + hex(code);
  if (how == 'rot13') return turned(code);
  if (how == 'zero-width') return plain + '\\u200b';
  if (how == 'homoglyphs') return lookalike(code);
  if (how == 'spaced') return plain + ' ';
  if (how == 'upper') return plain.toUpperCase();
  return plain;
}

function disguised(how: string, bytes: Uint8Array): string {
  if (how == 'base64') return base64(bytes);
  let out = '';
  for (let i = 0; i < bytes.length; i++) {
    const next = one(how, bytes[i]);
    out = how == 'reversed' ? next + out : out + next;
  }
  return out;
}

function quoted(text: string): string {
  return '"' + text.replaceAll('\\\\', '\\\\\\\\').replaceAll('"', '\\\\"') + '"';
}

function write(text: string): void {
  const bytes = Uint8Array.wrap(String.UTF8.encode(text));
  out_write(bytes.dataStart, bytes.length);
}

export function summarize(): i32 {
  const how = mode();
  const bytes = message();
  if (how == 'fail') {
    host_fail(1 + (<i32>bytes[0] % 7));
    return 0;
  }
  if (how == 'trap') unreachable();
  if (how == 'fields') {
    let parts = '';
    for (let i = 0; i < bytes.length; i += 7)
      parts += (i == 0 ? '' : ',') + quoted(String.UTF8.decode(bytes.slice(i, i + 7).buffer));
    write('{"summary":"","parts":[' + parts + ']}');
  } else if (how == 'extra') write('{"summary":"","parts":[],"label":"public"}');
  else if (how == 'honest') write('{"parts":[],  "summary":"Two people agree on something."}');
  else write('{"summary":' + quoted(disguised(how, bytes)) + ',"parts":[]}');
  return 0;
}
`;

/** What is used of the compiler. Its own types would declare the globals of another language here. */
interface Compiler {
  main(
    options: readonly string[],
    files: {
      readonly readFile: (name: string) => string | null;
      readonly writeFile: (name: string, contents: Uint8Array) => void;
      readonly listFiles: () => readonly string[];
    },
  ): Promise<{ readonly error: Error | null }>;
}
/** The disguises that {@link leakyPlugin} knows. */
export const MODES = [
  ...['verbatim', 'upper', 'base64', 'hex', 'url', 'html', 'json', 'reversed', 'rot13'],
  ...['zero-width', 'homoglyphs', 'spaced', 'fields'],
] as const;

/** Compiled as an author would; a few seconds. */
export async function leakyPlugin(): Promise<TestPlugin> {
  const written = new Map<string, Uint8Array>();
  const asc = (await import(['assemblyscript', 'asc'].join('/'))) as Compiler;
  const { error } = await asc.main(
    [
      ...['plugin.ts', '--outFile', 'plugin.wasm', '-O', '--runtime', 'stub', '--use', 'abort='],
      ...['--exportStart', '_initialize', '--maximumMemory', '64'],
    ],
    {
      readFile: (name) => (name === 'plugin.ts' ? SOURCE : null),
      writeFile: (name, contents) => {
        written.set(name, contents);
      },
      listFiles: () => [],
    },
  );
  const bytes = written.get('plugin.wasm');
  if (error !== null || bytes === undefined) throw error ?? new Error('nothing was compiled');
  const imports = [
    ...['fail', 'out_write', 'q_read', 'q_stat'].map((name) => `ccos:host/1.${name}`),
    ...['input_length', 'input_load_u8'].map((name) => `extism:host/env.${name}`),
  ];
  return { module: moduleOf(bytes), imports };
}
