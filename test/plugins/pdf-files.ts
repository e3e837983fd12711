// PDFs of a test's own making.

/** A PDF of these objects, numbered from 1 (the catalogue), with a correct cross-reference table. */
export function pdf(objects: readonly (string | Uint8Array)[], trailer = ''): Buffer {
  const parts = [Buffer.from('%PDF-1.5\n')];
  const offsets: number[] = [];
  let at = 9;
  objects.forEach((object, index) => {
    offsets.push(at);
    const part = Buffer.concat([
      Buffer.from(`${String(index + 1)} 0 obj\n`),
      typeof object === 'string' ? Buffer.from(object, 'latin1') : object,
      Buffer.from('\nendobj\n'),
    ]);
    parts.push(part);
    at += part.length;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  const size = String(objects.length + 1);
  return Buffer.concat([
    ...parts,
    Buffer.from(`xref\n0 ${size}\n0000000000 65535 f \n${rows.join('')}`),
    Buffer.from(
      `trailer\n<< /Size ${size} /Root 1 0 R ${trailer}>>\nstartxref\n${String(at)}\n%%EOF\n`,
    ),
  ]);
}

export const stream = (dictionary: string, body: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${String(body.length)} >>\nstream\n`),
    body,
    Buffer.from('\nendstream'),
  ]);

export const content = (code: string): Buffer => stream('', Buffer.from(code, 'latin1'));
export const show = (text: string): string => `BT /F1 12 Tf 72 700 Td (${text}) Tj ET`;
const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>';

interface PageParts {
  readonly codes: readonly string[];
  /** Added to the catalogue, or to the first page. */
  readonly catalogue?: string;
  readonly firstPage?: string;
  readonly more?: readonly string[];
}

/** One page for each content stream. Objects: 1 catalogue, 2 pages, 3 font, then a page and its content each, then `more`. */
export function document(parts: PageParts): Buffer {
  const kids = parts.codes.map((_, index) => `${String(4 + 2 * index)} 0 R`).join(' ');
  const pages = parts.codes.flatMap((code, index) => [
    `<< /Type /Page /Parent 2 0 R /Contents ${String(5 + 2 * index)} 0 R ${index === 0 ? (parts.firstPage ?? '') : ''} >>`,
    content(code),
  ]);
  return pdf([
    `<< /Type /Catalog /Pages 2 0 R ${parts.catalogue ?? ''} >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${String(parts.codes.length)} /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> >>`,
    FONT,
    ...pages,
    ...(parts.more ?? []),
  ]);
}

export const hexUtf16 = (text: string): string =>
  `<feff${[...Array(text.length).keys()].map((i) => text.charCodeAt(i).toString(16).padStart(4, '0')).join('')}>`;
