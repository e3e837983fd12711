/** Which kind of text a text is: what was declared, or what nothing else starts with. */
import { Json, judgeJson } from './json';
import { Lines, isBlank, startsWith, startsWithAnyCase } from './lines';
import { startsCue } from './subtitles';

/** Formats by media type; "code" with its language behind a colon. */
const TYPES: string =
  '|text/csv=csv|application/csv=csv|text/x-csv=csv|text/tab-separated-values=tsv' +
  '|application/json=json|text/json=json|application/x-ndjson=ndjson|application/ndjson=ndjson' +
  '|application/jsonl=ndjson|application/x-jsonlines=ndjson|application/json-seq=ndjson' +
  '|application/xml=xml|text/xml=xml|application/yaml=yaml|application/x-yaml=yaml|text/yaml=yaml' +
  '|text/x-yaml=yaml|text/vnd.yaml=yaml|text/markdown=markdown|text/x-markdown=markdown' +
  '|application/x-subrip=srt|text/x-subrip=srt|text/srt=srt|text/vtt=vtt|text/calendar=ics' +
  '|text/vcard=vcf|text/x-vcard=vcf|text/directory=vcf' +
  '|text/javascript=code:javascript|application/javascript=code:javascript' +
  '|application/x-javascript=code:javascript|text/ecmascript=code:javascript' +
  '|application/typescript=code:typescript|text/x-typescript=code:typescript' +
  '|text/x-python=code:python|application/x-python-code=code:python' +
  '|text/x-java=code:java|text/x-java-source=code:java|text/x-c=code:c|text/x-csrc=code:c' +
  '|text/x-chdr=code:c|text/x-c++=code:cpp|text/x-c++src=code:cpp|text/x-csharp=code:csharp' +
  '|text/x-go=code:go|text/rust=code:rust|text/x-rust=code:rust|text/x-ruby=code:ruby' +
  '|application/x-ruby=code:ruby|text/x-php=code:php|application/x-httpd-php=code:php' +
  '|application/x-php=code:php|application/x-sh=code:shell|text/x-sh=code:shell' +
  '|text/x-shellscript=code:shell|application/x-shellscript=code:shell|application/sql=code:sql' +
  '|text/x-sql=code:sql|text/css=code:css|text/x-swift=code:swift|text/x-kotlin=code:kotlin' +
  '|text/x-lua=code:lua|text/x-perl=code:perl|application/x-perl=code:perl|text/x-r=code:r' +
  '|text/x-scala=code:scala|text/x-haskell=code:haskell|application/toml=code:toml' +
  '|text/x-toml=code:toml|text/x-ini=code:ini|text/x-properties=code:properties|text/x-diff=code:diff' +
  '|text/x-patch=code:diff|text/x-tex=code:tex|application/x-tex=code:tex' +
  '|application/x-powershell=code:powershell|application/x-bat=code:batch' +
  '|text/x-assemblyscript=code:typescript|';

/** What the first line of a script may call, and the language that is. */
const INTERPRETERS: string =
  '|sh=shell|bash=shell|zsh=shell|dash=shell|ksh=shell|python=python|node=javascript|deno=typescript' +
  '|ruby=ruby|perl=perl|php=php|lua=lua|';

const MAX_TYPE: i32 = 128;

function lookUp(table: string, key: string): string {
  const at = table.indexOf('|' + key + '=');
  if (at < 0) return '';
  const from = at + key.length + 2;
  return table.substring(from, table.indexOf('|', from));
}

/** The format that a media type names, or nothing. */
export function kindOfType(mediaType: string): string {
  const semicolon = mediaType.indexOf(';');
  const type = (semicolon < 0 ? mediaType : mediaType.substring(0, semicolon)).trim().toLowerCase();
  if (type.length == 0 || type.length > MAX_TYPE) return '';
  const known = lookUp(TYPES, type);
  if (known.length > 0) return known;
  if (type.endsWith('+json')) return 'json';
  return type.endsWith('+xml') ? 'xml' : '';
}

function passSpaces(at: usize, end: usize): usize {
  while (at < end && <u32>load<u8>(at) <= 32) at++;
  return at;
}

/** The language of a script, by the program that its first line names. */
function scriptLanguage(at: usize, end: usize): string {
  const line = new Lines(at, end);
  line.next();
  let name = '';
  for (let i = line.from + 2; i < line.to && name.length < 32; i++) {
    const byte = <u32>load<u8>(i);
    if (byte == 47 || isBlank(byte)) {
      if (lookUp(INTERPRETERS, name).length > 0) break;
      name = '';
    } else if ((byte | 32) - 97 < 26) name += String.fromCharCode(byte);
  }
  return lookUp(INTERPRETERS, name);
}

function startsJson(byte: u32): bool {
  return byte == 123 || byte == 91;
}

/** What a text is that nobody has named: only what leaves no doubt. Nothing for any other. `isCut`: it goes on. */
export function kindOfContent(from: usize, end: usize, isCut: bool): string {
  const at = passSpaces(from, end);
  if (at == end) return '';
  const first = <u32>load<u8>(at);
  if (startsJson(first)) {
    if (judgeJson(at, end, false, isCut) == Json.VALID) return 'json';
    return first == 123 && judgeJson(at, end, true, isCut) == Json.VALID ? 'ndjson' : '';
  }
  if (startsWith(at, end, '<?xml')) return 'xml';
  if (startsWith(at, end, 'WEBVTT')) return 'vtt';
  if (startsWithAnyCase(at, end, 'begin:vcalendar')) return 'ics';
  if (startsWithAnyCase(at, end, 'begin:vcard')) return 'vcf';
  if (startsCue(at, end)) return 'srt';
  if (at != from || !startsWith(at, end, '#!')) return '';
  const language = scriptLanguage(at, end);
  return language.length > 0 ? 'code:' + language : '';
}
