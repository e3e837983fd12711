/** What the ending of a member's name says of its content. */

const MAX_EXTENSION: usize = 10;

/** What text files are called; a name without a dot may be text as well. */
const TEXT_EXTENSIONS: string =
  '|txt|text|md|markdown|rst|adoc|csv|tsv|tab|json|jsonl|ndjson|xml|yaml|yml|toml|ini|cfg|conf|properties|log|' +
  'html|htm|xhtml|css|js|mjs|ts|py|rb|java|c|h|cc|cpp|hpp|cs|go|rs|php|sh|bat|ps1|sql|tex|bib|srt|vtt|ics|vcf|svg|diff|patch|';

/** What other documents are called, and their media types. */
const DOCUMENTS: string =
  '|pdf=application/pdf' +
  '|docx=application/vnd.openxmlformats-officedocument.wordprocessingml.document' +
  '|xlsx=application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' +
  '|pptx=application/vnd.openxmlformats-officedocument.presentationml.presentation' +
  '|docm=application/vnd.ms-word.document.macroenabled.12' +
  '|xlsm=application/vnd.ms-excel.sheet.macroenabled.12' +
  '|odt=application/vnd.oasis.opendocument.text' +
  '|ods=application/vnd.oasis.opendocument.spreadsheet' +
  '|odp=application/vnd.oasis.opendocument.presentation' +
  '|epub=application/epub+zip|rtf=application/rtf|eml=message/rfc822|mbox=application/mbox' +
  '|mht=multipart/related|mhtml=multipart/related|zip=application/zip|tar=application/x-tar' +
  '|gz=application/gzip|tgz=application/gzip|png=image/png|jpg=image/jpeg|jpeg=image/jpeg' +
  '|tif=image/tiff|tiff=image/tiff|gif=image/gif|bmp=image/bmp|webp=image/webp|';

/** In lower case; empty for a name without a dot, `?` for what is no ending of ours. */
function extensionOf(at: usize, length: usize): string {
  let from = length;
  while (from > 0) {
    const byte = load<u8>(at + from - 1);
    if (byte == 46) break;
    if (byte == 47 || byte == 92) return '';
    from--;
  }
  if (from == 0) return '';
  if (length - from > MAX_EXTENSION) return '?';
  let extension = '';
  for (let i = from; i < length; i++) {
    const byte = <i32>load<u8>(at + i);
    const isLetter = (byte | 32) >= 97 && (byte | 32) <= 122;
    if (!isLetter && (byte < 48 || byte > 57)) return '?';
    extension += String.fromCharCode(isLetter ? byte | 32 : byte);
  }
  return extension;
}

export function isTextName(at: usize, length: usize): bool {
  const extension = extensionOf(at, length);
  return extension == '' || TEXT_EXTENSIONS.includes('|' + extension + '|');
}

/** The media type of a document that is read for itself; empty for any other name. */
export function childType(at: usize, length: usize): string {
  const extension = extensionOf(at, length);
  if (extension == '' || extension == '?') return '';
  const key = '|' + extension + '=';
  const from = DOCUMENTS.indexOf(key);
  if (from < 0) return '';
  return DOCUMENTS.substring(from + key.length, DOCUMENTS.indexOf('|', from + key.length));
}
