/** Base64 of RFC 4648 section 4, padded. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * The bytes of `text`, or undefined where it is not exactly what {@link encodeBase64} gives for them:
 * another alphabet, spaces, missing padding, non-zero tail bits (RFC 4648 section 3.5).
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return encodeBase64(bytes) === text ? Uint8Array.from(bytes) : undefined;
}
