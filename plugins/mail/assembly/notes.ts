/** What happened on the way, as a set of bits: the warnings of the result. */
export namespace Note {
  export const UNDECODABLE: i32 = 0;
  export const DECLARED_WRONG: i32 = 1;
  export const HIDDEN_TEXT: i32 = 2;
  export const DEPTH: i32 = 3;
  export const ENCRYPTED: i32 = 4;
  export const BOUNDARY_MISSING: i32 = 5;
  export const ATTACHMENTS_OMITTED: i32 = 6;
  export const COUNT: i32 = 7;
}

let bits: u32 = 0;

export function note(which: i32): void {
  bits |= 1 << which;
}

export function isNoted(which: i32): bool {
  return ((bits >> which) & 1) != 0;
}

/** The closed word of a note. */
export function wordOf(which: i32): string {
  if (which == Note.UNDECODABLE) return 'undecodable_bytes';
  if (which == Note.DECLARED_WRONG) return 'declared_encoding_wrong';
  if (which == Note.HIDDEN_TEXT) return 'hidden_text';
  if (which == Note.DEPTH) return 'depth_limit';
  if (which == Note.ENCRYPTED) return 'encrypted_part';
  if (which == Note.BOUNDARY_MISSING) return 'boundary_missing';
  return 'attachments_omitted';
}
