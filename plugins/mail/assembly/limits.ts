/** Bounds of one call. Together they keep the plugin within its 256 MiB, of which nothing is ever freed. */
export const MAX_INPUT: i64 = 50 << 20;
export const MAX_DEPTH: i32 = 20;
/** Parts of one message, those of the messages inside it included. */
export const MAX_PARTS: i32 = 1000;
export const MAX_HEADERS: i32 = 10_000;
/** Bytes of one header field, folded lines included. */
export const MAX_HEADER: usize = 64 << 10;
export const MAX_CHILDREN: i32 = 1000;
export const MAX_MESSAGES: i32 = 50_000;
/** Bytes of one text part behind its transfer encoding. */
export const MAX_TEXT_PART: usize = 16 << 20;
export const MAX_HTML_PART: usize = 8 << 20;
/** Each takes 64 KiB at least. */
export const MAX_HTML_PARTS: i32 = 500;
/** Bytes of all messages that stand in a transfer encoding, where they must not (RFC 2046, 5.2.1). */
export const MAX_ENCODED_MESSAGES: usize = 16 << 20;
/** More text than any caller may ask for. */
export const MAX_TEXT: i64 = 16 << 20;
/** Bytes of a boundary; RFC 2046 allows 70. */
export const MAX_BOUNDARY: usize = 250;
/** Guesses of an encoding; each takes a megabyte. */
export const MAX_GUESSES: i32 = 16;
