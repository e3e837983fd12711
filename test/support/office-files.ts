/** Small documents of the formats that are ZIP files, written by hand. */
import { zipOf } from './zip.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

export interface Link {
  readonly id: string;
  /** The last segment of the relationship's type. */
  readonly type: string;
  readonly target: string;
  readonly external?: boolean;
}

const contentTypes = (part: string, type: string): string =>
  `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>` +
  `<Override PartName="/${part}" ContentType="${type}"/></Types>`;

/** A part of relationships. */
export const links = (list: readonly Link[]): string =>
  `${XML}<Relationships xmlns="${PACKAGE}/relationships">${list
    .map(
      ({ id, type, target, external }) =>
        `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"${
          external === true ? ' TargetMode="External"' : ''
        }/>`,
    )
    .join('')}</Relationships>`;

const rootLinks = (main: string): string =>
  links([
    { id: 'r1', type: 'officeDocument', target: main },
    { id: 'r2', type: 'core-properties', target: 'docProps/core.xml' },
  ]);

const wordPart = (root: string, content: string): string =>
  `${XML}<w:${root} xmlns:w="${WORD}" xmlns:r="${OFFICE}" xmlns:mc="mc" xmlns:v="v" xmlns:wps="wps">${content}</w:${root}>`;

/** A paragraph of one run; `properties` is the inside of w:pPr. */
export const wordParagraph = (text: string, properties = ''): string =>
  `<w:p>${properties === '' ? '' : `<w:pPr>${properties}</w:pPr>`}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;

/** Parts of a DOCX beside the body: each is the inside of its root element. */
export interface WordParts {
  readonly header?: string;
  readonly footer?: string;
  readonly footnotes?: string;
  readonly endnotes?: string;
  readonly comments?: string;
  readonly styles?: string;
  readonly files?: Files;
}

const WORD_PARTS = [
  ['styles', 'styles', 'styles'],
  ['footer', 'footer', 'ftr'],
  ['header', 'header', 'hdr'],
  ['comments', 'comments', 'comments'],
  ['endnotes', 'endnotes', 'endnotes'],
  ['footnotes', 'footnotes', 'footnotes'],
] as const;

/** A DOCX with this inside its body. */
export function docx(body: string, parts: WordParts = {}): Buffer {
  const present = WORD_PARTS.filter(([key]) => parts[key] !== undefined);
  return zipOf({
    '[Content_Types].xml': contentTypes(
      'word/document.xml',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
    ),
    '_rels/.rels': rootLinks('word/document.xml'),
    'word/document.xml': wordPart('document', `<w:body>${body}</w:body>`),
    'word/_rels/document.xml.rels': links(
      present.map(([key, type]) => ({ id: key, type, target: `${key}.xml` })),
    ),
    ...Object.fromEntries(
      present.map(([key, , root]) => [`word/${key}.xml`, wordPart(root, parts[key] ?? '')]),
    ),
    ...parts.files,
  });
}

/** A DOCX whose main part is exactly this. */
export const docxOf = (document: string | Uint8Array): Buffer =>
  zipOf({
    '[Content_Types].xml': contentTypes(
      'word/document.xml',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
    ),
    '_rels/.rels': rootLinks('word/document.xml'),
    'word/document.xml': document,
  });

/** A slide: the inside of its shape tree, and the inside of that of its notes. */
export interface Slide {
  readonly shapes: string;
  readonly notes?: string;
  readonly links?: readonly Link[];
}

const slidePart = (root: string, shapes: string): string =>
  `${XML}<p:${root} xmlns:p="p" xmlns:a="a" xmlns:r="${OFFICE}" xmlns:c="c" xmlns:mc="mc"><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:${root}>`;

/** A shape with a paragraph for each text; `placeholder` is the type of a p:ph. */
export const shape = (texts: readonly string[], placeholder?: string): string =>
  `<p:sp><p:nvSpPr><p:nvPr>${
    placeholder === undefined ? '' : `<p:ph type="${placeholder}"/>`
  }</p:nvPr></p:nvSpPr><p:txBody>${texts
    .map((text) => `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`)
    .join('')}</p:txBody></p:sp>`;

/** A PPTX that shows its slides in the order of `order`, their numbers from 1. */
export function pptx(
  slides: readonly Slide[],
  order: readonly number[],
  files: Files = {},
): Buffer {
  const parts: Record<string, string> = {};
  slides.forEach((slide, index) => {
    const number = String(index + 1);
    const notes: Link = {
      id: 'n',
      type: 'notesSlide',
      target: `../notesSlides/notesSlide${number}.xml`,
    };
    parts[`ppt/slides/slide${number}.xml`] = slidePart('sld', slide.shapes);
    parts[`ppt/slides/_rels/slide${number}.xml.rels`] = links([
      ...(slide.links ?? []),
      ...(slide.notes === undefined ? [] : [notes]),
    ]);
    if (slide.notes !== undefined) {
      parts[`ppt/notesSlides/notesSlide${number}.xml`] = slidePart('notes', slide.notes);
    }
  });
  return zipOf({
    '[Content_Types].xml': contentTypes(
      'ppt/presentation.xml',
      'application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml',
    ),
    '_rels/.rels': rootLinks('ppt/presentation.xml'),
    'ppt/presentation.xml': `${XML}<p:presentation xmlns:p="p" xmlns:r="${OFFICE}"><p:sldIdLst>${order
      .map((number) => `<p:sldId id="${String(255 + number)}" r:id="s${String(number)}"/>`)
      .join('')}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': links(
      slides.map((_, index) => ({
        id: `s${String(index + 1)}`,
        type: 'slide',
        target: `/ppt/slides/slide${String(index + 1)}.xml`,
      })),
    ),
    ...parts,
    ...files,
  });
}

const odfRoot = (root: string, content: string): string =>
  `${XML}<office:document-${root} xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d" xmlns:style="s" ` +
  `xmlns:presentation="p" xmlns:svg="v" xmlns:dc="c" xmlns:meta="m">${content}</office:document-${root}>`;

const manifest = (type: string, entry: string): string =>
  `${XML}<manifest:manifest xmlns:manifest="m"><manifest:file-entry manifest:full-path="/" ` +
  `manifest:media-type="${type}"/>${entry}</manifest:manifest>`;

/** An OpenDocument file; `kind` is "text" or "presentation", `body` what is inside of it. */
export function odf(kind: 'text' | 'presentation', body: string, files: Files = {}): Buffer {
  const type = `application/vnd.oasis.opendocument.${kind}`;
  return zipOf({
    mimetype: type,
    'META-INF/manifest.xml': manifest(type, ''),
    'content.xml': odfRoot(
      'content',
      `<office:body><office:${kind}>${body}</office:${kind}></office:body>`,
    ),
    ...files,
  });
}

export const odfStyles = (content: string): string => odfRoot('styles', content);
export const odfMeta = (content: string): string => odfRoot('meta', content);

/** What a manifest says of an encrypted member. */
export const encryptedManifest = (): string =>
  manifest(
    'application/vnd.oasis.opendocument.text',
    '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>',
  );

/** An EPUB: chapters by file name, in the order of `spine` (ids are the file names). */
export function epub(
  chapters: Readonly<Record<string, string>>,
  spine: readonly string[],
  files: Files = {},
): Buffer {
  const items = Object.keys(chapters)
    .map((name) => {
      const properties = name === 'nav.xhtml' ? ' properties="nav"' : '';
      return `<item id="${name}" href="text/${encodeURI(name)}" media-type="application/xhtml+xml"${properties}/>`;
    })
    .join('');
  return zipOf({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml': `${XML}<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>`,
    'OPS/book.opf': `${XML}<!DOCTYPE package PUBLIC "x" "y"><package><metadata xmlns:dc="c"><dc:title>A &amp; B</dc:title></metadata><manifest>${items}</manifest><spine>${spine
      .map((id) => `<itemref idref="${id}"/>`)
      .join('')}</spine></package>`,
    ...Object.fromEntries(
      Object.entries(chapters).map(([name, html]) => [`OPS/text/${name}`, html]),
    ),
    ...files,
  });
}
