const MARK = Buffer.from('[redacted]');

/**
 * The bytes without a secret in any of the forms in which a server gives back what it was sent: as it is,
 * escaped for JSON, a URL or HTML, in hex, and in base64 (both alphabets) wherever in a longer text it
 * stands. The edges of a base64 form are shared with what stands beside it, so they are left out.
 */
export function redact(bytes: Uint8Array, secret: Uint8Array): Uint8Array {
  let left = Buffer.from(bytes);
  for (const form of formsOf(secret)) left = replaceAll(left, form);
  return left;
}

/** The longest first, so that none is cut by a shorter one. */
function formsOf(secret: Uint8Array): readonly Buffer[] {
  const text = Buffer.from(secret).toString('latin1'); // visible ASCII: checked when it was stored
  const hex = Buffer.from(secret).toString('hex');
  const texts = [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeURIComponent(text).replaceAll('%20', '+'),
    new URLSearchParams({ s: text }).toString().slice(2),
    everyByte(secret, (byte) => `%${byte.toString(16).padStart(2, '0')}`),
    everyByte(secret, (byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`),
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
    hex,
    hex.toUpperCase(),
    ...base64Forms(secret),
  ];
  return [...new Set(texts)]
    .sort((a, b) => b.length - a.length)
    .map((form) => Buffer.from(form, 'latin1'));
}

const everyByte = (bytes: Uint8Array, write: (byte: number) => string): string =>
  [...bytes].map(write).join('');

/** Three alignments: the characters that depend on the secret alone. */
function base64Forms(secret: Uint8Array): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), secret]);
    const whole = Math.floor((padded.length * 8) / 6);
    const first = Math.ceil((before * 8) / 6);
    const form = padded.toString('base64').slice(first, whole);
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function replaceAll(bytes: Buffer<ArrayBuffer>, form: Buffer): Buffer<ArrayBuffer> {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, from)) {
    parts.push(bytes.subarray(from, at), MARK);
    from = at + form.length;
  }
  return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from)]);
}
