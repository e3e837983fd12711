import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { docx, epub, odf, odfStyles, pptx, shape, wordParagraph } from '../support/office-files.ts';
import { onePage, streamOf } from '../support/pdf.ts';
import { DOC, MSG, MSG_OF_HTML, MSG_OF_LZFU, MSG_OF_RTF, PPT, XLS } from './legacy-seeds.ts';
import { zip } from '../support/zip.ts';
import { odsOf, xlsxOf } from '../plugins/spreadsheet-files.ts';

/** A format that is fuzzed: by which plugin it is read, as what it is declared, and what it starts from. */
export interface Format {
  readonly plugin: string;
  readonly mediaType: string;
  readonly seeds: readonly Uint8Array[];
}

const text = (...texts: readonly string[]): readonly Uint8Array[] =>
  texts.map((content) => Buffer.from(content));
const sampleOf = (bundle: string, name: string): Uint8Array =>
  readFileSync(`bundles/${bundle}/samples/${name}`);
const sample = (name: string): Uint8Array => sampleOf('documents', name);

const HTML = [
  '<!doctype html><title>T &amp; U</title><h1>Head</h1><p>one <b>two</b><br>three</p><ul><li>a<ol start=3><li>b</ol></ul>' +
    '<table><caption>C</caption><tr><th>x<th>y<tr><td>1<td>2</table><pre>\n a\n  b</pre><img alt="pic" src=a/b.png>' +
    '<div hidden>no</div><math display=block><mfrac><mi>a</mi><msup><mi>b</mi><mn>2</mn></msup></mfrac></math>',
  '<html><body><table><tr><td><table><tr><td>in<td>ner</table><td>x</table><textarea>t</textarea><select><option>o</select>' +
    '<script>var a = "</p>"</script><svg><title>s</title><![CDATA[c]]></svg><q>quoted</q>&notin;&#x80;&copy',
];
const MAIL = [
  'Received: x\r\nSubject: =?utf-8?q?caf=C3=A9?= =?iso-2022-jp?B?GyRCJF4bKEI=?=\r\nFrom: A <a@example.org>\r\nTo: b@example.org,\r\n c@example.org\r\n' +
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\npre\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n' +
    'Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nsoft=\r\n line =E4\r\n--c\r\n' +
    'Content-Type: text/html\r\n\r\n<p>html\r\n--c--\r\n--b\r\nContent-Type: application/pdf; name="x.pdf"\r\n' +
    "Content-Disposition: attachment; filename*=utf-8''%c3%a9.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjc=\r\n--b\r\n" +
    'Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody\r\n--b--\r\n',
  'From: a\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n#86)C\n`\nend\n',
];
const MHTML =
  'From: <Saved by a browser>\r\nSnapshot-Content-Location: http://x/\r\nMIME-Version: 1.0\r\n' +
  'Content-Type: multipart/related; type="text/html"; start="<r>"; boundary="b"\r\n\r\n--b\r\nContent-ID: <r>\r\n' +
  'Content-Type: text/html; charset="windows-1252"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<h1>T=E9</h1>\r\n--b\r\n' +
  'Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n';
const RTF = [
  "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset204 A;}}{\\stylesheet{\\s1 heading 1;}}{\\info{\\title T}}{\\header h\\par}\\pard\\s1 Head\\par\\pard {\\b bold} \\'e9\\u8364?{\\v hidden}\\par" +
    '\\trowd\\cellx1\\intbl a\\cell b\\cell\\row\\pard{\\listtext 1.}item\\par{\\footnote n}{\\pict\\bin4 abcd}\\page end}',
  '{\\pard \\ql \\f0 {\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt y}}{\\*\\shppict{\\pict 00}}{\\upr{a}{\\*\\ud{b}}}\\uc2\\u-10179??\\u-8704??\\par}',
];
const DOCX = docx(
  wordParagraph('Head', '<w:pStyle w:val="h"/>') +
    wordParagraph('item', '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>') +
    '<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>' +
    '<w:p><w:del><w:r><w:delText>x</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>v</w:t><w:br w:type="page"/><w:sym w:font="Symbol" w:char="F061"/></w:r></w:p>',
  {
    header: wordParagraph('h'),
    footnotes: '<w:footnote w:id="1"><w:p/></w:footnote>',
    styles: '<w:style w:styleId="h"><w:name w:val="heading 1"/></w:style>',
  },
);
const XLSX = xlsxOf({
  sheets: [
    [
      'One',
      '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>44927.5</v></c><c r="D1" t="inlineStr"><is><t>i</t></is></c></row><row r="3"><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c s="2"><v>-0.25</v></c></row>',
    ],
    ['Two', '<row><c><f>1+1</f><v>2</v></c></row>'],
  ],
  strings:
    '<si><r><t xml:space="preserve">a </t></r><r><t>b_x000A_</t></r><rPh><t>x</t></rPh></si>',
  formats: ['[$-407]dddd, d. mmmm yyyy hh:mm:ss.00', '[Red]# ?/?;(0.0%);"zero";@', '#,##0.00E+00'],
});
const PPTX = pptx(
  [
    { shapes: shape(['Title'], 'title') + shape(['one', 'two']), notes: shape(['note'], 'body') },
    {
      shapes:
        '<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>c</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>',
    },
  ],
  [2, 1],
);
const ODT = odf(
  'text',
  '<text:h text:outline-level="2">Head</text:h><text:p>a<text:s text:c="3"/>b<text:tab/><text:note><text:note-body><text:p>n</text:p></text:note-body></text:note></text:p>' +
    '<text:list><text:list-item><text:p>i</text:p></text:list-item></text:list><table:table><table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>c</text:p></table:table-cell></table:table-row></table:table>',
  { 'styles.xml': odfStyles('<style:header><text:p>h</text:p></style:header>') },
);
const ODP = odf(
  'presentation',
  '<draw:page draw:name="p"><draw:frame><draw:text-box><text:p>t</text:p></draw:text-box></draw:frame><presentation:notes><text:p>n</text:p></presentation:notes></draw:page>',
);
const ODS = odsOf(
  '<table:table table:name="A"><table:table-row table:number-rows-repeated="3"><table:table-cell office:value-type="float" office:value="1.5"/>' +
    '<table:table-cell office:value-type="percentage" office:value="0.1" table:number-columns-repeated="2"><text:p>10%</text:p></table:table-cell></table:table-row></table:table>',
);
const EPUB = epub(
  { 'a.xhtml': `<html><body>${HTML[0] ?? ''}</body></html>`, 'nav.xhtml': '<nav/>' },
  ['nav.xhtml', 'a.xhtml'],
);
const ZIP = zip([
  { name: 'a/', stored: true },
  { name: 'a/läsmig.txt', content: 'rad ett\r\nrad två' },
  { name: 'b.pdf', content: '%PDF-1.7', stored: true },
  { name: 'data.csv', content: 'a,b\n1,2\n' },
]);

/** A TAR of two members. */
function tarOf(): Buffer {
  const block = (name: string, content: string, type = '0'): Buffer => {
    const header = Buffer.alloc(512);
    header.write(name);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write(`        ${type}`, 148);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return Buffer.concat([header, Buffer.from(content.padEnd(512, '\0'))]);
  };
  const pax = '19 path=long/a.txt\n';
  return Buffer.concat([
    block('x', pax, 'x'),
    block('a.txt', 'one'),
    block('b.txt', 'two'),
    Buffer.alloc(1024),
  ]);
}

const office = (mediaType: string, ...seeds: readonly Uint8Array[]): Format => ({
  plugin: 'office',
  mediaType,
  seeds,
});
const plain = (mediaType: string, ...seeds: readonly Uint8Array[]): Format => ({
  plugin: 'text',
  mediaType,
  seeds,
});
const legacy = (mediaType: string, ...seeds: readonly Uint8Array[]): Format => ({
  plugin: 'legacy',
  mediaType,
  seeds,
});
const OOXML = 'application/vnd.openxmlformats-officedocument.';
const OASIS = 'application/vnd.oasis.opendocument.';

/** Every format by name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  text: plain(
    'text/plain',
    sample('notice-shift-jis.txt'),
    ...text('Ein Text mit Ümlauten,\r\n“Zeichen” und 漢字 – und 😀.\n\nZwei.'),
    Buffer.from('\ufeffUTF-16 mit Marke 漢', 'utf16le'),
    Buffer.from('1b2442467c4b5c1b2842206f6b', 'hex'),
    Buffer.from('d0cec4babaf2b7a2cbcd0a81308130', 'hex'),
  ),
  csv: plain(
    'text/csv',
    ...text(
      'name;age;note\n"Ann ""x""";4;\'y\'\n\'B;o\';5\n;;\n',
      'sep=,\n"a","b"\n"\\"c\\" d",2\n',
      'a\tb\r\n1\t2\r\n',
    ),
  ),
  json: plain(
    'application/json',
    ...text(
      '{"a":[{"b":"\\u00e9\\ud83d\\ude00"},{"b":2,"c":null}],"d":{"e":[1,[2]],"f":-1.5e+3}}',
      '[[1,2],[3,true]]',
      ' "x\\n" ',
    ),
  ),
  ndjson: plain(
    'application/x-ndjson',
    ...text('{"a":1}\n{"b":"x","a":2}\n', '[1]\n{"a":{"b":1}}\n3\n'),
  ),
  xml: plain(
    'application/xml',
    ...text(
      '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE a [<!ELEMENT a ANY><!ENTITY e "x">]><a xmlns:n="u" n:x="y"><b>t &amp; u</b>mixed<!-- c --><d/><![CDATA[<e>]]></a>',
    ),
  ),
  yaml: plain(
    'application/yaml',
    ...text('%YAML 1.2\n---\na: &x\n- b: |-\n    c\n\n    d\n  e: *x\n# f\n- >\n  g\n...\n'),
  ),
  markdown: plain(
    'text/markdown',
    ...text(
      '---\nt: x\n---\n# A #\n\nB\n=\n\n- c\n  * d\n\n    e\n1. f\n\n| g | h \\| i |\n|---|:-:|\n| j | k |\n\n```js\nl\n```\n> m\n>> n\n\n    o\n***\n',
    ),
  ),
  code: plain(
    'text/x-python',
    ...text('#!/usr/bin/env python3\nimport a\n\ndef f():\n    x\n\n    y\n\n}\nz\n'),
  ),
  srt: plain(
    'application/x-subrip',
    ...text(
      '1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}<i>Hi</i>\r\nyou\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nx < y\r\n',
    ),
  ),
  vtt: plain(
    'text/vtt',
    ...text(
      'WEBVTT - t\n\nNOTE n\n\nid\n00:01.000 --> 00:02.000 align:start\n<v.a Ann>Hi <c.x>you</c>\n\n00:03.000 --> 00:04.000\n- b\n',
    ),
  ),
  ics: plain(
    'text/calendar',
    ...text(
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=de:L\\, t\r\n  w\\nH\r\nATTENDEE;CN="A: B":mailto:a@b\r\nATTACH;ENCODING=BASE64:AAAA\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
    ),
  ),
  vcf: plain(
    'text/vcard',
    ...text(
      'BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=BC=\nller;=E4\nPHOTO:data:image/png;base64,AA\nEND:VCARD\n',
    ),
  ),
  html: {
    plugin: 'html',
    mediaType: 'text/html',
    seeds: [...text(...HTML), sample('newsletter.html')],
  },
  eml: { plugin: 'mail', mediaType: 'message/rfc822', seeds: text(...MAIL) },
  mbox: {
    plugin: 'mail',
    mediaType: 'application/mbox',
    seeds: text(`From a@b Mon\n${MAIL[1] ?? ''}\nFrom c@d Tue\nSubject: two\n\n>From x\nbody\n`),
  },
  mhtml: { plugin: 'mail', mediaType: 'multipart/related', seeds: text(MHTML) },
  rtf: { plugin: 'rtf', mediaType: 'application/rtf', seeds: text(...RTF) },
  docx: office(`${OOXML}wordprocessingml.document`, DOCX),
  xlsx: office(`${OOXML}spreadsheetml.sheet`, XLSX),
  pptx: office(`${OOXML}presentationml.presentation`, PPTX),
  odt: office(`${OASIS}text`, ODT),
  ods: office(`${OASIS}spreadsheet`, ODS),
  odp: office(`${OASIS}presentation`, ODP),
  epub: office('application/epub+zip', EPUB),
  zip: office('application/zip', ZIP),
  tar: { plugin: 'archive', mediaType: 'application/x-tar', seeds: [tarOf()] },
  gzip: {
    plugin: 'archive',
    mediaType: 'application/gzip',
    seeds: [gzipSync(tarOf()), gzipSync('some text\n')],
  },
  doc: legacy('application/msword', DOC, sampleOf('legacy', 'rules.doc')),
  msg: legacy('application/vnd.ms-outlook', MSG, MSG_OF_HTML, MSG_OF_RTF, MSG_OF_LZFU),
  ppt: legacy('application/vnd.ms-powerpoint', PPT),
  xls: legacy('application/vnd.ms-excel', XLS, sampleOf('legacy', 'price-list.xls')),
  identify: {
    plugin: 'identify',
    mediaType: 'application/octet-stream',
    seeds: [
      DOCX,
      ODT,
      ZIP,
      tarOf(),
      ...text(...MAIL, ...HTML, ...RTF, '{"a":1}', 'a,b\n1,2\n3,4\n'),
      Buffer.from('\ufeff{"a":[1]}', 'utf16le'),
    ],
  },
  pdf: {
    plugin: 'pdf',
    mediaType: 'application/pdf',
    seeds: [sample('minutes.pdf'), onePage(streamOf('BT /F1 24 Tf 72 700 Td (Hello) Tj ET'))],
  },
};
