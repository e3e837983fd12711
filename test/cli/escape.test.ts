import { describe, expect, it } from 'vitest';
import { escapeLine, escapeText, safeJson } from '../../host/cli/escape.ts';

const ATTACKS: Readonly<Record<string, string>> = {
  'clears the screen': '\u001b[2J\u001b[H',
  'sets the window title': '\u001b]0;root\u0007',
  'writes the clipboard': '\u001b]52;c;cm0gLXJm\u001b\\',
  'makes a hidden link': '\u001b]8;;https://evil.example\u0007bank\u001b]8;;\u0007',
  'answers to the terminal (DECRQSS)': '\u001bP$q"p\u001b\\',
  'uses the 8-bit CSI': '\u009b31m',
  'uses NEL': 'a\u0085b',
  'overwrites its line': 'harmless\rccos: ok',
  'backs over what stands': 'rm\b\bls',
  'rings and deletes': '\u0007\u007f',
  'turns the direction': 'photo\u202egpj.exe',
  'isolates a direction': '\u2066a\u2069',
  'marks a direction': '\u200e\u200f\u061c',
  'hides in zero width': 'pay\u200bpal\u200c\u200d\u2060\ufeff',
  'hides in tags': '\u{e0041}\u{e0042}',
  'hides in variation selectors': 'a\ufe0f\u{e0100}',
  'hides in fillers': 'a\u3164\u115f\uffa0',
  'hides a hyphen': 'pass\u00adword',
  'separates lines': 'a\u2028b\u2029c',
  'is half a character': 'a\ud800b\udc00',
  'is NUL': 'a\u0000b',
};
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe.each(Object.entries(ATTACKS))('a text that %s', (_, attack) => {
  it('escapeLine() leaves nothing that a terminal obeys or hides', () => {
    expect(escapeLine(attack)).not.toMatch(UNSAFE);
  });

  it('escapeText() leaves nothing that a terminal obeys or hides', () => {
    expect(escapeText(attack)).not.toMatch(UNSAFE);
  });

  it('safeJson() is the same value, in visible characters', () => {
    const text = safeJson({ text: attack }, undefined);
    expect(text).not.toMatch(UNSAFE);
    expect(JSON.parse(text)).toEqual({ text: attack });
  });
});

describe('escapeLine()', () => {
  it('escapes newlines and tabs, so that a name is one line', () => {
    expect(escapeLine('a\n\tccos: ok')).toBe('a\\x0a\\x09ccos: ok');
  });

  it('leaves what people write', () => {
    const text = 'Größe 東京 हिन्दी العربية 😀 e\u0301';
    expect(escapeLine(text)).toBe(text);
  });

  it('writes a code above the BMP whole', () => {
    expect(escapeLine('\u{e0041}\u202e')).toBe('\\u{e0041}\\u202e');
  });
});

describe('escapeText()', () => {
  it('keeps newlines and tabs, and takes CRLF for a newline', () => {
    expect(escapeText('a\tb\r\nc\n\rd')).toBe('a\tb\nc\n\\x0dd');
  });
});

describe('safeJson()', () => {
  it('keeps its own line breaks', () => {
    expect(safeJson({ a: '\u009b' }, 2)).toBe('{\n  "a": "\\u009b"\n}');
  });

  it('writes a code above the BMP as two units', () => {
    expect(safeJson('\u{e0041}', undefined)).toBe('"\\udb40\\udc41"');
  });
});
