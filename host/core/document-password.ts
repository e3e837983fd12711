/** The header that carries a document's password, because a URL is written down where a header is not. */
export const PASSWORD_HEADER = 'document-password';

/** Of its UTF-8. PDF takes 127 bytes (ISO 32000-2, 7.6.4.3.3). */
export const MOST_PASSWORD_BYTES = 1024;

/** The header for a password: base64 of its UTF-8. */
export function passwordHeader(password: string): Readonly<Record<string, string>> {
  return { [PASSWORD_HEADER]: Buffer.from(password).toString('base64') };
}

/** The password of a header; undefined where it is none, or too long. */
export function passwordOf(header: string): string | undefined {
  const bytes = Buffer.from(header, 'base64');
  const isBase64 = bytes.toString('base64') === header;
  if (!isBase64 || bytes.length === 0 || bytes.length > MOST_PASSWORD_BYTES) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
