/** No encoding: an unknown label, or bytes that are no text. */
export const NONE: i32 = -1;
