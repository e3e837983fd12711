/** The formats that are told apart, and the media type of each. */

const TYPES: string =
  '|pdf=application/pdf|rtf=application/rtf|html=text/html|eml=message/rfc822|mbox=application/mbox' +
  '|mhtml=multipart/related' +
  '|docx=application/vnd.openxmlformats-officedocument.wordprocessingml.document' +
  '|xlsx=application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' +
  '|pptx=application/vnd.openxmlformats-officedocument.presentationml.presentation' +
  '|odt=application/vnd.oasis.opendocument.text|ods=application/vnd.oasis.opendocument.spreadsheet' +
  '|odp=application/vnd.oasis.opendocument.presentation|epub=application/epub+zip' +
  '|zip=application/zip|tar=application/x-tar|gzip=application/gzip|bzip2=application/x-bzip2' +
  '|xz=application/x-xz|zstd=application/zstd|sevenzip=application/x-7z-compressed' +
  '|rar=application/vnd.rar|doc=application/msword|xls=application/vnd.ms-excel' +
  '|ppt=application/vnd.ms-powerpoint|msg=application/vnd.ms-outlook|ole=application/x-ole-storage' +
  '|locked=application/x-encrypted-office' +
  '|png=image/png|jpeg=image/jpeg|gif=image/gif|bmp=image/bmp|tiff=image/tiff|webp=image/webp' +
  '|heic=image/heic|avif=image/avif|mp4=video/mp4|mov=video/quicktime|webm=video/webm|avi=video/x-msvideo' +
  '|mp3=audio/mpeg|ogg=audio/ogg|wav=audio/wav|flac=audio/flac|elf=application/x-elf' +
  '|exe=application/vnd.microsoft.portable-executable|wasm=application/wasm|sqlite=application/vnd.sqlite3' +
  '|text=text/plain|csv=text/csv|tsv=text/tab-separated-values|json=application/json' +
  '|ndjson=application/x-ndjson|xml=application/xml|yaml=application/yaml|markdown=text/markdown' +
  '|srt=application/x-subrip|vtt=text/vtt|ics=text/calendar|vcf=text/vcard|unknown=application/octet-stream|';

export function mediaTypeOf(format: string): string {
  const key = '|' + format + '=';
  const from = TYPES.indexOf(key) + key.length;
  return TYPES.substring(from, TYPES.indexOf('|', from));
}

/** The format of a media type in lower case without parameters; empty for one that is not of these. */
export function formatOfType(mediaType: string): string {
  const at = TYPES.indexOf('=' + mediaType + '|');
  if (at < 0) return '';
  let from = at;
  while (TYPES.charCodeAt(from - 1) != 124) from--;
  return TYPES.substring(from, at);
}
