import { deflateRawSync } from 'node:zlib';

export interface Member {
  readonly name: string;
  readonly content: string | Uint8Array;
}

const table = Array.from({ length: 256 }, (_, start) => {
  let crc = start;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 255] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

const u16 = (value: number) => [value & 255, (value >>> 8) & 255];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];

/** A ZIP file of deflated members, in order. */
export function zipOf(members: readonly Member[]): Uint8Array {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of members) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes, { level: 1 });
    const title = Buffer.from(name);
    const common = Buffer.from([
      ...u16(20),
      ...u16(0x800),
      ...u16(8),
      ...u32(0),
      ...u32(crc32(bytes)),
      ...u32(packed.length),
      ...u32(bytes.length),
      ...u16(title.length),
      ...u16(0),
    ]);
    const local = Buffer.concat([Buffer.from(u32(0x04034b50)), common, title, packed]);
    const rest = Buffer.from([...u16(0), ...u16(0), ...u16(0), ...u32(0), ...u32(offset)]);
    const start = Buffer.from([...u32(0x02014b50), ...u16(20)]);
    central.push(Buffer.concat([start, common, rest, title]));
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const count = u16(members.length);
  const end = [...u32(0x06054b50), 0, 0, 0, 0, ...count, ...count, ...u32(directory.length)];
  return Buffer.concat([...parts, directory, Buffer.from([...end, ...u32(offset), 0, 0])]);
}

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export interface Book {
  /** Name and the XML inside of `sheetData`; all but the first are hidden. */
  readonly sheets: readonly (readonly [string, string])[];
  readonly strings?: string;
  /** Cell format n + 1 has the code n. */
  readonly formats?: readonly string[];
  /** Format ids, behind those of `formats`. */
  readonly builtin?: readonly number[];
  readonly workbookPr?: string;
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

const relationships = (list: readonly (readonly [string, string, string])[]) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list
    .map(
      ([id, type, target]) =>
        `<Relationship Id="${id}" Type="${RELATIONSHIPS}/${type}" Target="${target}"/>`,
    )
    .join('')}</Relationships>`;

const styles = (codes: readonly string[], builtin: readonly number[]) => {
  const custom = codes.map((code, i) => [200 + i, code] as const);
  const ids = [0, ...custom.map(([id]) => id), ...builtin];
  return `<styleSheet xmlns="${MAIN}"><numFmts>${custom
    .map(([id, code]) => `<numFmt numFmtId="${String(id)}" formatCode="${escapeXml(code)}"/>`)
    .join('')}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>${ids
    .map((id) => `<xf numFmtId="${String(id)}"/>`)
    .join('')}</cellXfs></styleSheet>`;
};

/** A workbook as other programs write it, but for what a reader of text does not need. */
export function xlsxOf(book: Book): Uint8Array {
  const main = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';
  const sheets = book.sheets.map(
    ([name], i) =>
      `<sheet name="${escapeXml(name)}" sheetId="${String(i)}"${i > 0 ? ' state="veryHidden"' : ''} r:id="s${String(i)}"/>`,
  );
  return zipOf([
    {
      name: '[Content_Types].xml',
      content: `<Types><Override PartName="/xl/workbook.xml" ContentType="${main}"/></Types>`,
    },
    {
      name: '_rels/.rels',
      content: relationships([['a', 'officeDocument', 'xl/workbook.xml']]),
    },
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONSHIPS}"><workbookPr ${
        book.workbookPr ?? ''
      }/><sheets>${sheets.join('')}</sheets><extLst><ext><x:workbookPr/></ext></extLst></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relationships([
        ...book.sheets.map(
          (_, i) => [`s${String(i)}`, 'worksheet', `worksheets/${String(i)}.xml`] as const,
        ),
        ['t', 'sharedStrings', '/xl/sharedStrings.xml'],
        ['f', 'styles', './styles.xml'],
      ]),
    },
    { name: 'xl/sharedStrings.xml', content: `<sst xmlns="${MAIN}">${book.strings ?? ''}</sst>` },
    { name: 'xl/styles.xml', content: styles(book.formats ?? [], book.builtin ?? []) },
    ...book.sheets.map(([, rows], i) => ({
      name: `xl/worksheets/${String(i)}.xml`,
      content: `<worksheet xmlns="${MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>${rows}</sheetData></worksheet>`,
    })),
  ]);
}

const ODF = 'urn:oasis:names:tc:opendocument:xmlns';

/** An OpenDocument spreadsheet: the XML inside of `office:spreadsheet`. */
export function odsOf(body: string): Uint8Array {
  return zipOf([
    { name: 'mimetype', content: 'application/vnd.oasis.opendocument.spreadsheet' },
    {
      name: 'content.xml',
      content:
        `<office:document-content xmlns:office="${ODF}:office:1.0" xmlns:table="${ODF}:table:1.0" ` +
        `xmlns:text="${ODF}:text:1.0"><office:body><office:spreadsheet>${body}` +
        `</office:spreadsheet></office:body></office:document-content>`,
    },
  ]);
}
