import { describe, expect, test } from 'vitest';
import { exportsOf, importsOf } from '../support/abi-host.ts';
import { docx, epub, odf, pptx, shape, wordParagraph } from '../support/office-files.ts';
import { zip, zipOf } from '../support/zip.ts';
import { callOffice, extractOffice, officeModule } from './office-guest.ts';
import { FAIL, mutate, seeded } from './text-guest.ts';

const CODES = [...Object.values(FAIL), 1, 2];
const WORD = docx(
  `${wordParagraph('one', '<w:pStyle w:val="H"/>')}<w:tbl><w:tr><w:tc>${wordParagraph('a')}</w:tc></w:tr></w:tbl>`,
  {
    styles: '<w:style w:styleId="H"><w:name w:val="heading 1"/></w:style>',
    footer: wordParagraph('f'),
  },
);

/** The same members, not compressed: damage then reaches the XML, not the compression alone. */
const stored = (files: Readonly<Record<string, string>>): Buffer =>
  zip(Object.entries(files).map(([name, content]) => ({ name, content, stored: true })));

const SAMPLES: readonly (readonly [string, Buffer])[] = [
  ['DOCX', WORD],
  ['PPTX', pptx([{ shapes: shape(['x'], 'title'), notes: shape(['n']) }], [1])],
  ['ODT', odf('text', '<text:h text:outline-level="1">x</text:h><text:p>a<text:s/>b</text:p>')],
  ['EPUB', epub({ a: '<html><body><p>x</p></body></html>' }, ['a'])],
  ['ZIP', zipOf({ 'a.txt': 'text', 'b.bin': Buffer.from([0, 1]) })],
];

describe('the office plugin', () => {
  test('imports only functions of the ABI, and exports extract_text alone', () => {
    expect(importsOf(officeModule)).toEqual([
      'ccos:host/1.child_new',
      'ccos:host/1.child_write',
      'ccos:host/1.fail',
      'ccos:host/1.out_write',
      'ccos:host/1.q_read',
      'ccos:host/1.q_stat',
      'extism:host/env.input_length',
      'extism:host/env.input_load_u8',
    ]);
    expect(exportsOf(officeModule)).toEqual(['_initialize', 'extract_text', 'memory']);
  });

  test.each(SAMPLES)(
    'survives seeded damage of a %s with text or a typed failure',
    async (_, blob) => {
      const below = seeded(7_654_321);
      for (let round = 0; round < 150; round++) {
        const damaged = mutate(blob, below);
        const outcome = await callOffice(damaged);
        expect(outcome.trap).toBeUndefined();
        if (outcome.failCode === undefined) await extractOffice(damaged);
        else expect(CODES).toContain(outcome.failCode);
      }
    },
    60_000,
  );

  test('survives seeded damage of XML that no checksum guards', async () => {
    const below = seeded(1_357_911);
    const text = `<w:document xmlns:w="w"><w:body>${wordParagraph('one &amp; two', '<w:numPr><w:ilvl w:val="1"/></w:numPr>')}</w:body></w:document>`;
    const types =
      '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>';
    for (let round = 0; round < 300; round++) {
      const part = Buffer.from(mutate(mutate(Buffer.from(text), below), below)).toString('latin1');
      const outcome = await callOffice(
        stored({ '[Content_Types].xml': types, 'word/document.xml': part }),
      );
      expect(outcome.trap).toBeUndefined();
      if (outcome.failCode !== undefined) expect(CODES).toContain(outcome.failCode);
    }
  }, 60_000);
});
