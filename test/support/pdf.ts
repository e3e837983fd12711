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

/** A page that is a picture (a JPEG of one grey channel), or that says something. */
export type ScannedPage =
  | { readonly jpeg: Uint8Array; readonly width: number; readonly height: number }
  | { readonly says: string };

const FONT_NUMBER = 3;

/** What a scanner writes: a page for each picture, as large as the sheet, with pages of text between. */
export function scannedPdf(pages: readonly ScannedPage[], box = '0 0 612 792'): Uint8Array {
  const first = (index: number): number => FONT_NUMBER + 1 + index * 3;
  const kids = pages.map((_, index) => `${String(first(index))} 0 R`).join(' ');
  return pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${String(pages.length)} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...pages.flatMap((page, index) => objectsOf(page, first(index), box)),
  ]);
}

function objectsOf(page: ScannedPage, at: number, box: string): readonly (string | Uint8Array)[] {
  const [contents, picture] = [`${String(at + 1)} 0 R`, `${String(at + 2)} 0 R`];
  const resources = `<< /Font << /F1 ${String(FONT_NUMBER)} 0 R >> /XObject << /Im ${picture} >> >>`;
  const head = `<< /Type /Page /Parent 2 0 R /MediaBox [${box}] /Contents ${contents} /Resources ${resources} >>`;
  if ('says' in page)
    return [head, streamOf(`BT /F1 24 Tf 72 700 Td (${page.says}) Tj ET`), streamOf('')];
  const { jpeg, width, height } = page;
  const size = `/Width ${String(width)} /Height ${String(height)}`;
  return [
    head,
    streamOf('q 500 0 0 225 56 500 cm /Im Do Q'),
    streamOf(
      jpeg,
      `/Subtype /Image ${size} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode`,
    ),
  ];
}
