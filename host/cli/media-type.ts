import { extname } from 'node:path';

/** What the ending of a file name declares; the gateway looks at the bytes itself. */
const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.dotx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.template',
  '.gz': 'application/gzip',
  '.mbox': 'application/mbox',
  '.mht': 'multipart/related',
  '.mhtml': 'multipart/related',
  '.tar': 'application/x-tar',
  '.tgz': 'application/gzip',
  '.xlsm': 'application/vnd.ms-excel.sheet.macroenabled.12',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.eml': 'message/rfc822',
  '.epub': 'application/epub+zip',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.json': 'application/json',
  '.log': 'text/plain',
  '.markdown': 'text/markdown',
  '.md': 'text/markdown',
  '.odp': 'application/vnd.oasis.opendocument.presentation',
  '.ods': 'application/vnd.oasis.opendocument.spreadsheet',
  '.odt': 'application/vnd.oasis.opendocument.text',
  '.pdf': 'application/pdf',
  '.pptx': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  '.rtf': 'application/rtf',
  '.text': 'text/plain',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.xhtml': 'application/xhtml+xml',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
};

/** RFC 6838 names, without parameters. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

export function declaredType(path: string): string | undefined {
  const ending = extname(path).toLowerCase();
  return Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined;
}

export function isMediaType(text: string): boolean {
  return MEDIA_TYPE.test(text);
}
