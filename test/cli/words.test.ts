import { describe, expect, it } from 'vitest';
import type { Block } from '../../host/cli/answers.ts';
import { declaredType, isMediaType } from '../../host/cli/media-type.ts';
import { toMarkdown } from '../../host/cli/markdown.ts';
import { parsePublisherKey } from '../../host/cli/publisher-key.ts';
import { suggest } from '../../host/cli/suggest.ts';
import { displayWidth, table } from '../../host/cli/table.ts';
import { localTime, sinceTime } from '../../host/cli/time.ts';

const STYLE = { width: undefined, heading: (text: string) => text };
const DOCUMENT = {
  text: '',
  format: 'pdf',
  pages: [],
  blocks: [],
  warnings: [],
  truncated: false,
  call_id: 'call_1',
};

describe('suggest()', () => {
  it.each([
    ['exract', 'extract'],
    ['stauts', 'status'],
    ['cap', 'capabilities'],
  ])('%s means %s', (typed, meant) => {
    expect(suggest(typed, ['extract', 'status', 'capabilities', 'up'])).toBe(meant);
  });

  it('says nothing where nothing is near', () => {
    expect(suggest('frobnicate', ['extract', 'status'])).toBeUndefined();
    expect(suggest('', ['up'])).toBeUndefined();
  });
});

describe('table()', () => {
  it('escapes every cell', () => {
    const text = table([{ title: 'NAME' }], [['\u001b[2J\nA']], STYLE);
    expect(text).toBe('NAME\n\\x1b[2J\\x0aA');
  });

  it('cuts the widest column to the terminal and never one that is kept', () => {
    const id = 'ap_0123456789abcdef';
    const text = table([{ title: 'ID', kept: true }, { title: 'WHAT' }], [[id, 'x'.repeat(100)]], {
      ...STYLE,
      width: 40,
    });
    expect(text).toContain(id);
    expect(text).toContain('…');
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(40);
  });

  it('does not cut below what can be read, nor loop, on a narrow terminal', () => {
    const text = table(
      [{ title: 'ID', kept: true }, { title: 'WHAT' }],
      [['x'.repeat(30), 'yyyyyyyyyy']],
      {
        ...STYLE,
        width: 10,
      },
    );
    expect(text).toContain('yyyyy…');
  });

  it('aligns wide and combining characters by the columns that they take', () => {
    const text = table(
      [{ title: 'A' }, { title: 'B' }],
      [
        ['東京', '1'],
        ['e\u0301', '2'],
      ],
      STYLE,
    );
    expect(text).toBe('A     B\n東京  1\ne\u0301     2');
  });
});

describe('localTime()', () => {
  it('is ISO 8601 with an offset, of the same moment', () => {
    const iso = '2026-07-01T10:20:30.456Z';
    const local = localTime(iso);
    expect(local).toMatch(/^2026-0[67]-\d\dT\d\d:\d\d:30[+-]\d\d:\d\d$/);
    expect(Date.parse(local)).toBe(Date.parse('2026-07-01T10:20:30Z'));
  });

  it('leaves what is no time', () => {
    expect(localTime('soon')).toBe('soon');
  });
});

describe('sinceTime()', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  it.each([
    ['2h', '2026-01-01T22:00:00.000Z'],
    ['7d', '2025-12-26T00:00:00.000Z'],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z'],
  ])('%s is %s', (typed, iso) => {
    expect(sinceTime(typed, now)).toBe(iso);
  });

  it('refuses what is no time', () => {
    expect(() => sinceTime('yesterday', now)).toThrow('--since');
  });
});

describe('declaredType()', () => {
  it('goes by the ending, in any case, and knows nothing of others', () => {
    expect(declaredType('/tmp/A.PDF')).toBe('application/pdf');
    expect(declaredType('a.constructor')).toBeUndefined();
    expect(declaredType('.pdf')).toBeUndefined();
  });

  it('isMediaType() refuses parameters and line breaks', () => {
    expect(isMediaType('text/html')).toBe(true);
    expect(isMediaType('text/html; charset=x')).toBe(false);
    expect(isMediaType('text/html\nx')).toBe(false);
  });
});

describe('toMarkdown()', () => {
  it('escapes what would be a link, HTML, a heading, a list or a fence', () => {
    const text = '[a](https://evil.example)\n<script>\n# not a title\n1. one\n- two\n~~~\n&lt;';
    expect(toMarkdown({ ...DOCUMENT, text })).toBe(
      '\\[a](https://evil.example)\n\\<script>\n\\# not a title\n1\\. one\n\\- two\n\\~~~\n\\&lt;',
    );
  });

  it('makes sections of pages, under the title on one line', () => {
    const pages = [
      { number: 1, text: 'a' },
      { number: 2, text: 'b' },
    ];
    expect(toMarkdown({ ...DOCUMENT, title: 'T\n# t', pages })).toBe(
      '# T # t\n\n## Page 1\n\na\n\n## Page 2\n\nb',
    );
  });
});

describe('toMarkdown() of blocks', () => {
  const markdown = (blocks: readonly Block[], title?: string): string =>
    toMarkdown({ ...DOCUMENT, text: 'not this', blocks, ...(title !== undefined && { title }) });

  it('writes headings, paragraphs, lists and rules', () => {
    const blocks = [
      { kind: 'heading', level: 1, text: 'One\n# two' },
      { kind: 'paragraph', text: '    no code\n1. no list' },
      { kind: 'list_item', level: 1, text: 'a' },
      { kind: 'list_item', level: 2, text: '- b' },
      { kind: 'list_item', level: 1, text: 'c' },
      { kind: 'page_break' },
      { kind: 'heading', level: 99, text: 'deep' },
      { kind: 'new', text: 'word' },
      { kind: 'paragraph', text: ' ' },
    ];
    expect(markdown(blocks)).toBe(
      [
        '# One # two',
        'no code\n1\\. no list',
        '- a\n  - \\- b\n- c',
        '---',
        '###### deep',
        'word',
      ].join('\n\n'),
    );
  });

  it('writes tables of GFM in which a cell stays one cell', () => {
    const rows = [['a|b', 'c'], ['<x>\nnext'], ['1', '2', '3']];
    expect(markdown([{ kind: 'table', rows }])).toBe(
      '| a\\|b | c |  |\n| --- | --- | --- |\n| \\<x> next |  |  |\n| 1 | 2 | 3 |',
    );
    expect(markdown([{ kind: 'table', rows: [] }])).toBe('');
  });

  it('fences code so that nothing in it ends the fence', () => {
    const text = '  a\n```\n# b\n````\n';
    expect(markdown([{ kind: 'code', text }])).toBe(`\`\`\`\`\`\n${text}\`\`\`\`\``);
  });

  it('has the title once', () => {
    const blocks = [{ kind: 'heading', level: 1, text: 'T' }];
    expect(markdown(blocks, 'T')).toBe('# T');
    expect(markdown(blocks, 'Other')).toBe('# Other\n\n# T');
  });
});

describe('parsePublisherKey()', () => {
  const good = {
    format: 'ccos-publisher-key/1',
    publisher: 'acme',
    public_key: Buffer.alloc(32, 7).toString('base64'),
  };
  it('reads what keygen writes', () => {
    const { publisher, public_key } = good;
    expect(parsePublisherKey(JSON.stringify(good))).toEqual({ publisher, public_key });
  });

  it.each([
    ['no JSON', '{'],
    ['no object', 'null'],
    ['another format', JSON.stringify({ ...good, format: 'x' })],
    ['a name that is none', JSON.stringify({ ...good, publisher: '../acme' })],
    ['a key of another length', JSON.stringify({ ...good, public_key: 'AAAA' })],
  ])('refuses %s', (_, text) => {
    expect(() => parsePublisherKey(text)).toThrow('invalid_input');
  });
});
