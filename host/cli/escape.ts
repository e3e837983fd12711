/**
 * What a terminal may obey, hide or reorder: control characters (C0, DEL, C1, so every ANSI and OSC
 * sequence), format characters (bidi controls, zero-width, tags), line and paragraph separators, lone
 * surrogates, and what Unicode calls ignorable (fillers, variation selectors).
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const UNSAFE_IN_TEXT =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A name, a label, a title: one line, whatever it holds. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, visible);
}

/** The text of a document: newlines and tabs stand, the newline of Windows counts as one. */
export function escapeText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSAFE_IN_TEXT, visible);
}

/** JSON (RFC 8259) in which each unsafe character is a `\u` escape; the same value to any parser. */
export function safeJson(value: unknown, indent: number | undefined): string {
  return JSON.stringify(value, undefined, indent).replace(UNSAFE_IN_TEXT, (character) =>
    character
      .split('')
      .map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
      .join(''),
  );
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
