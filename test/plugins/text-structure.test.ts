import { beforeAll, describe, expect, test } from 'vitest';
import type { Block } from './office-guest.ts';
import { FAIL, loadGuest, mutate, seeded, type Guest } from './text-guest.ts';

let guest: Guest;
beforeAll(async () => {
  guest = await loadGuest('dist/plugins/text.wasm', 'text/plain');
});

const read = (text: string, mediaType = 'text/plain', textBytes?: number) =>
  guest.extract(Buffer.from(text), {
    mediaType,
    ...(textBytes === undefined ? {} : { textBytes }),
  });
const blocksOf = async (text: string, mediaType?: string) => (await read(text, mediaType)).blocks;
const p = (text: string): Block => ({ kind: 'paragraph', text });
const h = (level: number, text: string): Block => ({ kind: 'heading', level, text });
const li = (level: number, text: string): Block => ({ kind: 'list_item', level, text });
const code = (text: string): Block => ({ kind: 'code', text });
const table = (...rows: string[][]): Block => ({ kind: 'table', rows });
const headed = (...rows: string[][]): Block => ({ kind: 'table', header: true, rows });

describe('CSV', () => {
  test.each<[string, string, Block]>([
    ['commas', 'name,age\nAnn,4\nBo,5\n', headed(['name', 'age'], ['Ann', '4'], ['Bo', '5'])],
    ['semicolons', 'a;b\n1,5;2\n2,5;3\n', headed(['a', 'b'], ['1,5', '2'], ['2,5', '3'])],
    ['tabs', 'a\tb\r\n1\t2\r\n', headed(['a', 'b'], ['1', '2'])],
    ['bars', 'a|b\nc|d\n', headed(['a', 'b'], ['c', 'd'])],
    ['a hint', 'sep=;\na,x;b\nc;d\n', headed(['a,x', 'b'], ['c', 'd'])],
    ['numbers alone', '1,2\n3,4\n', table(['1', '2'], ['3', '4'])],
    ['a name twice', 'a,a\n3,4\n', table(['a', 'a'], ['3', '4'])],
    ['rows of any length', 'a,b,c\nd\n\ne,f\n', headed(['a', 'b', 'c'], ['d'], ['e', 'f'])],
    ['one column', 'only\none\n', table(['only'], ['one'])],
    [
      'quotes',
      'a,b\n"x, ""y""","1\n2"\n" z" ,\n',
      headed(['a', 'b'], ['x, "y"', '1\n2'], [' z', '']),
    ],
    [
      'single quotes',
      "a,b\n'x, y',1\n'p, q',2\n",
      headed(['a', 'b'], ['x, y', '1'], ['p, q', '2']),
    ],
    ['backslashes', '"\\"A\\" b";1\n"c";2\n', table(['"A" b', '1'], ['c', '2'])],
    [
      'a quote that does not close',
      'a,b\n"x,1\ny,2\n',
      headed(['a', 'b'], ['"x', '1'], ['y', '2']),
    ],
    [
      'quotes inside of a field',
      'a,b\n5" pipe,2\nx "y" z,3\n',
      headed(['a', 'b'], ['5" pipe', '2'], ['x "y" z', '3']),
    ],
  ])('with %s is a table', async (_, text, expected) => {
    const result = await read(text, 'text/csv; charset=utf-8');
    expect(result).toMatchObject({ format: 'csv', blocks: [expected], warnings: [] });
    expect(result.pages[0]?.text).toBe(text.replaceAll('\r', ''));
  });

  test('believes in tabs where they are declared', async () => {
    const result = await read('a,b\t1\nc,d\t2\n', 'text/tab-separated-values');
    expect(result).toMatchObject({ format: 'tsv', blocks: [table(['a,b', '1'], ['c,d', '2'])] });
  });

  test('leaves blocks out that are more than the host takes, and keeps the text', async () => {
    for (const text of [','.repeat(20_000), 'a,b\n'.repeat(400_000)]) {
      const result = await read(text, 'text/csv');
      expect(result).toMatchObject({ format: 'csv', warnings: ['blocks_omitted'] });
      expect(result.blocks).toBeUndefined();
      expect(result.counts.characters).toBe(text.length);
    }
  });

  test('is read in linear time whatever its quotes', async () => {
    const started = performance.now();
    for (const text of [`"${'x'.repeat(2_000_000)}`, '"x,'.repeat(600_000), '""'.repeat(900_000)])
      await read(text, 'text/csv');
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('JSON', () => {
  test.each<[string, Block[]]>([
    ['"a\\n\\u00e9\\ud83d\\ude00\\ud800\\/\\u0000"', [p('a\né😀\ufffd/\ufffd')]],
    [' -1.5e+3 ', [p('-1.5e+3')]],
    [
      '{"a":1,"b":{"c":[true,null],"d":{}},"e":"x"}',
      [
        li(1, 'a: 1'),
        li(1, 'b'),
        li(2, 'c'),
        li(3, 'true'),
        li(3, 'null'),
        li(2, 'd'),
        li(1, 'e: x'),
      ],
    ],
    ['[[1,2],[3]]', [table(['1', '2'], ['3'])]],
    [
      '{"rows":[{"a":1,"b":"x"},{"b":"y","c":null}]}',
      [li(1, 'rows'), headed(['a', 'b', 'c'], ['1', 'x', ''], ['', 'y', 'null'])],
    ],
    ['[{"a":1},{"a":[2]}]', [li(1, '[0]'), li(2, 'a: 1'), li(1, '[1]'), li(2, 'a'), li(3, '2')]],
    ['[{"a":1}]', [li(1, '[0]'), li(2, 'a: 1')]],
    ['[]', []],
  ])('of %s is an outline', async (json, blocks) => {
    const result = await read(json, 'application/json');
    expect(result).toMatchObject({ format: 'json', blocks, warnings: [] });
    expect(result.pages[0]?.text).toBe(json);
  });

  test.each<[string, Block[]]>([
    ['{"a":1,"b":2}\n{"a":3}\n', [headed(['a', 'b'], ['1', '2'], ['3', ''])]],
    ['{"a":1}\n[2]\n3', [li(1, '[0]'), li(2, 'a: 1'), li(1, '[1]'), li(2, '2'), li(1, '3')]],
  ])('in lines, %j, is a table or an outline', async (text, blocks) => {
    expect(await read(text, 'application/x-ndjson')).toMatchObject({ format: 'ndjson', blocks });
  });

  test.each([
    '{"a":1,}',
    '{"a" 1}',
    '[1 2]',
    '01x',
    '{"a":tru}',
    '"open',
    '[',
    '1 2',
    '-',
    '1.',
    '',
  ])('is plain text when it is %j', async (text) => {
    if (text === '') return;
    const result = await read(text, 'application/vnd.api+json');
    expect(result).toMatchObject({ format: 'text', warnings: ['not_as_declared'] });
    expect(result.pages[0]?.text).toBe(text);
  });

  test('goes 500 deep, and no deeper', async () => {
    const deep = (levels: number) => Buffer.from('['.repeat(levels) + ']'.repeat(levels));
    const call = (levels: number) => guest.call(deep(levels), { mediaType: 'application/json' });
    expect(await call(500)).toMatchObject({ failCode: undefined, trap: undefined });
    for (const levels of [501, 1_000_000])
      expect(await call(levels)).toMatchObject({ failCode: FAIL.overLimit, trap: undefined });
    expect((await read('['.repeat(501))).format).toBe('text');
  });

  test('is read up to where the text was cut', async () => {
    const json = JSON.stringify([
      { name: 'first', n: 1 },
      { name: 'second', n: 2 },
      { name: 'third' },
    ]);
    const result = await read(json, 'application/json', 45);
    expect(result).toMatchObject({ format: 'json', truncated: true });
    expect(result.blocks).toEqual([headed(['name', 'n'], ['first', '1'], ['second', ''])]);
  });

  test.each([
    ['{"a":[1,{"b":"c"}]}', 'json'],
    ['\n[1]', 'json'],
    ['{"a":1}\n{"a":2}\n', 'ndjson'],
    ['{not json}', 'text'],
    ['[see below]', 'text'],
  ])('is recognised in the plain text %j', async (text, format) => {
    expect(await read(text)).toMatchObject({ format, warnings: [] });
  });
});

describe('XML', () => {
  test('is an outline of its elements, attributes and text', async () => {
    const xml =
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]><!-- no -->\n<a xmlns="urn:x" n:k=\'v\'>' +
      '<b>one &amp; &e;\n  two</b><c x="1" y="&lt;2"/>between<d><![CDATA[<raw>]]></d></a>';
    expect(await read(xml, 'application/xml')).toMatchObject({
      format: 'xml',
      blocks: [
        h(1, "a (n:k='v')"),
        li(1, 'b: one & &e; two'),
        li(1, 'c (x="1", y="&lt;2")'),
        p('between'),
        li(1, 'd: <raw>'),
      ],
    });
  });

  test('that is none is plain text, and one that is too deep is over a limit', async () => {
    for (const xml of ['<a><b></a>', 'no', '<a>', '<a/><b/>'])
      expect(await read(xml, 'image/svg+xml')).toMatchObject({
        format: 'text',
        warnings: ['not_as_declared'],
      });
    const deep = (levels: number) => `${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`;
    expect((await read(deep(256), 'text/xml')).format).toBe('xml');
    const outcome = await guest.call(Buffer.from(deep(257)), { mediaType: 'text/xml' });
    expect(outcome).toMatchObject({ failCode: FAIL.overLimit, trap: undefined });
  });

  test('is read up to where the text was cut', async () => {
    const result = await read('<?xml version="1.0"?><a><b>one</b><c>two</c></a>', 'text/plain', 38);
    expect(result).toMatchObject({ format: 'xml', truncated: true });
    expect(result.blocks).toEqual([h(1, 'a'), li(1, 'b: one'), li(1, 'c: t')]);
  });
});

describe('YAML', () => {
  test('is an outline by its indents, and no alias is resolved', async () => {
    const yaml = [
      '%YAML 1.2',
      '---',
      '# a remark',
      'name: x # y',
      'list:',
      '- one',
      '- key: v',
      '  other: w',
      'deep:',
      '  a: &id',
      '    b: *id',
      'text: |',
      '  line 1',
      '',
      '    line 2',
      'folded: >-',
      '  one',
      '...',
    ].join('\n');
    expect(await read(yaml, 'application/yaml')).toMatchObject({
      format: 'yaml',
      blocks: [
        p('# a remark'),
        li(1, 'name: x # y'),
        li(1, 'list:'),
        li(2, '- one'),
        li(2, '- key: v'),
        li(3, 'other: w'),
        li(1, 'deep:'),
        li(2, 'a: &id'),
        li(3, 'b: *id'),
        li(1, 'text:'),
        code('  line 1\n\n    line 2'),
        li(1, 'folded:'),
        p('  one'),
      ],
    });
  });
});

describe('Markdown', () => {
  test.each<[string, Block[]]>([
    ['# One #\n## Two##\n####### no', [h(1, 'One'), h(2, 'Two##'), p('####### no')]],
    [
      'Title\n=====\nSub\n---\ntext\n\n---\nmore',
      [h(1, 'Title'), h(2, 'Sub'), p('text'), p('more')],
    ],
    ['a\nb\n\n\nc', [p('a\nb'), p('c')]],
    [
      '- a\n  goes on\n  * b\n\n    more\n1. c\n2) d\n\nend',
      [li(1, 'a\n  goes on'), li(2, 'b'), p('more'), li(1, 'c'), li(1, 'd'), p('end')],
    ],
    ['> a\n>> b\n\nc', [p('a\nb'), p('c')]],
    ['```js\nlet a;\n\n# no\n```\nb', [code('let a;\n\n# no'), p('b')]],
    ['~~~~\n~~~\nopen', [code('~~~\nopen')]],
    ['a\n\n    code\n\n      more\n\nb', [p('a'), code('    code\n\n      more'), p('b')]],
    [
      'a\n\n| n | v |\n|---|:-:|\n| x \\| y | `1` |\n| 2 |\n\nb | c',
      [p('a'), headed(['n', 'v'], ['x | y', '`1`'], ['2']), p('b | c')],
    ],
    ['---\ntitle: x\n---\n\n# A', [code('title: x'), h(1, 'A')]],
    ['---\nno end', [p('no end')]],
    ['* * *\n- - -\n-', [li(1, '')].slice(1)],
    ['**a** [b](c) <d>', [p('**a** [b](c) <d>')]],
  ])('of %j', async (markdown, blocks) => {
    const result = await read(markdown, 'text/markdown');
    expect(result).toMatchObject({ format: 'markdown', blocks });
    expect(result.pages[0]?.text).toBe(markdown);
  });
});

describe('source code', () => {
  test('has a block for each part, and its language', async () => {
    const python = 'import a\n\ndef f():\n    x\n\n    y\n\nclass B:\n    pass\n';
    expect(await read(python, 'text/x-python')).toMatchObject({
      format: 'code',
      language: 'python',
      blocks: [code('import a'), code('def f():\n    x\n\n    y'), code('class B:\n    pass')],
    });
  });

  test.each([
    ['#!/bin/sh\necho x', 'shell'],
    ['#!/usr/bin/env -S node --flag\nx()', 'javascript'],
    ['#!/usr/bin/python3.11\nx', 'python'],
  ])('is known by the program that %j calls', async (text, language) => {
    expect(await read(text)).toMatchObject({ format: 'code', language });
  });

  test('is none of a program that nobody knows', async () => {
    expect((await read('#!/opt/x\ny')).format).toBe('text');
  });
});

describe('subtitles', () => {
  const rows = table(
    ['00:00:01,000', '00:00:02,500', 'Hello\nthere'],
    ['00:00:03,000', '00:00:04,000', 'x < y'],
  );

  test('of SubRip are a table of times and text', async () => {
    const srt =
      '1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}<i>Hello</i>\r\nthere\r\n\r\n' +
      '2\r\n00:00:03,000 --> 00:00:04,000 X1:5\r\nx < y\r\n';
    for (const type of ['application/x-subrip', 'text/plain'])
      expect(await read(srt, type)).toMatchObject({ format: 'srt', blocks: [rows] });
  });

  test('of WebVTT have who speaks, and neither notes nor styles', async () => {
    const vtt =
      'WEBVTT - title\n\nSTYLE\n::cue {}\n\nNOTE no\n\nid\n00:01.000 --> 00:02.000 align:start\n' +
      '<v.loud Ann>Hi <c.x>you</c>\n';
    expect(await read(vtt, 'text/vtt')).toMatchObject({
      format: 'vtt',
      blocks: [table(['00:01.000', '00:02.000', 'Ann: Hi you'])],
    });
    expect((await read('no', 'text/vtt')).warnings).toEqual(['not_as_declared']);
  });
});

describe('calendars and contacts', () => {
  test('are components and properties, unfolded and without escapes', async () => {
    const ics =
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Lunch\\, then\r\n  walk\\nHome\r\n' +
      'ATTENDEE;CN="A: B":mailto:a@example.org\r\nATTACH;ENCODING=BASE64:AAAA\r\n' +
      'END:VEVENT\r\nX:y\r\nEND:VCALENDAR\r\n';
    for (const type of ['text/calendar', 'text/plain'])
      expect(await read(ics, type)).toMatchObject({
        format: 'ics',
        blocks: [
          h(1, 'VCALENDAR'),
          h(2, 'VEVENT'),
          li(1, 'SUMMARY: Lunch, then walk\nHome'),
          li(1, 'ATTENDEE (CN="A: B"): mailto:a@example.org'),
          li(1, 'ATTACH (ENCODING=BASE64): [binary]'),
          li(1, 'X: y'),
        ],
      });
  });

  test('of vCard 2.1 and 4.0', async () => {
    const vcf =
      'BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=BC=\nller;=E4\n' +
      'PHOTO:data:image/png;base64,AAAA\nTEL:+1\nEND:VCARD\n';
    expect(await read(vcf, 'text/vcard')).toMatchObject({
      format: 'vcf',
      blocks: [
        h(1, 'VCARD'),
        li(1, 'N (ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8): Müller;?'),
        li(1, 'PHOTO: [binary]'),
        li(1, 'TEL: +1'),
      ],
    });
  });
});

test('plain text has its paragraphs, and what is declared otherwise is still read', async () => {
  expect(await blocksOf('a\nb\n \t\n\nc')).toEqual([p('a\nb'), p('c')]);
  expect(await read('a', 'text/x-unknown')).toMatchObject({ format: 'text', warnings: [] });
});

test('every kind survives seeded damage with text or a typed failure', async () => {
  const below = seeded(20_261_126);
  const sources: readonly [string, string][] = [
    ['text/csv', 'name;age\n"Ann ""x""";4\n\'Bo\';5\n'],
    ['application/json', '{"a":[{"b":"\\u00e9\\ud83d\\ude00"},{"b":2}],"c":{"d":[1,[2]]}}'],
    ['application/x-ndjson', '{"a":1}\n{"b":"x"}\n[1]\n'],
    ['application/xml', '<?xml version="1.0"?><a x="y"><b>t &amp; u</b><!-- c --><d/></a>'],
    ['application/yaml', 'a:\n- b: |\n    c\n  d: e\n# f\n'],
    ['text/markdown', '# A\n\n- b\n  - c\n\n| d | e |\n|---|---|\n| f | g |\n\n```\nh\n```\n> i\n'],
    ['text/x-python', 'def f():\n    x\n\ny\n'],
    ['text/vtt', 'WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>b\n'],
    ['text/vcard', 'BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=C3=BC=\nx\nEND:VCARD\n'],
  ];
  for (let round = 0; round < 900; round++) {
    const [mediaType, text] = sources[round % sources.length] ?? ['', ''];
    const blob = mutate(mutate(Buffer.from(text), below), below);
    const outcome = await guest.call(blob, { mediaType });
    expect(outcome.trap).toBeUndefined();
    if (outcome.failCode === undefined) await guest.extract(blob, { mediaType });
    else expect(Object.values(FAIL)).toContain(outcome.failCode);
  }
});
