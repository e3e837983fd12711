/** A PDF of numbered objects (ISO 32000-1, 7.5), each given as the text between `obj` and `endobj`. */
export function pdfOf(objects: readonly (string | Uint8Array)[], trailer = ''): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  let size = parts[0]?.length ?? 0;
  const add = (part: Buffer): void => {
    parts.push(part);
    size += part.length;
  };
  for (const [index, object] of objects.entries()) {
    offsets.push(size);
    add(Buffer.from(`${String(index + 1)} 0 obj\n`));
    add(Buffer.from(object));
    add(Buffer.from('\nendobj\n'));
  }
  const start = size;
  const entries = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`);
  const count = String(objects.length + 1);
  add(Buffer.from(`xref\n0 ${count}\n0000000000 65535 f \n${entries.join('')}`));
  add(Buffer.from(`trailer\n<< /Size ${count} /Root 1 0 R ${trailer} >>\n`));
  add(Buffer.from(`startxref\n${String(start)}\n%%EOF\n`));
  return Uint8Array.from(Buffer.concat(parts));
}

/** A stream object with these entries in its dictionary. */
export function streamOf(content: Uint8Array | string, entries = ''): Uint8Array {
  const bytes = Buffer.from(content);
  const head = `<< ${entries} /Length ${String(bytes.length)} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from('\nendstream')]);
}

const RESOURCES = '/Resources << /Font << /F1 5 0 R >> >>';

/** One page with this content stream as object 4; `more` are the objects from 6 on. */
export function onePage(content: Uint8Array, more: readonly string[] = [], page = ''): Uint8Array {
  return pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R ${RESOURCES} ${page} >>`,
    content,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...more,
  ]);
}

const zeros = (count: number): string => '00'.repeat(count);

/** Needs a password to be opened: the standard security handler, with hashes that nothing matches. */
export function encryptedPdf(): Uint8Array {
  const encrypt = `<< /Filter /Standard /V 1 /R 2 /P -4 /O <${zeros(32)}> /U <${zeros(32)}> >>`;
  return pdfOf(
    [
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>',
      encrypt,
    ],
    `/Encrypt 4 0 R /ID [<${zeros(16)}> <${zeros(16)}>]`,
  );
}
