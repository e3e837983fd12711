import { describe, expect, test } from 'vitest';
import { pptx, shape } from '../support/office-files.ts';
import { FAIL, extractOffice, officeFailure, officeText } from './office-guest.ts';

const cell = (text: string) =>
  `<a:tc><a:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></a:txBody></a:tc>`;

describe('extractPptx', () => {
  test('gives a page for each slide in the order of the presentation, its notes after it', async () => {
    const slides = [
      { shapes: shape(['one'], 'title') + shape(['text']), notes: shape(['say this'], 'body') },
      { shapes: shape(['two']) },
      { shapes: shape(['not in the show']) },
    ];
    const result = await extractOffice(pptx(slides, [2, 1]));
    expect(result).toMatchObject({ format: 'pptx', counts: { pages: 2 } });
    expect(result.pages).toEqual([
      { number: 1, text: 'two' },
      { number: 2, text: 'one\ntext\nsay this' },
    ]);
    expect(result.blocks).toEqual([
      { kind: 'paragraph', text: 'two' },
      { kind: 'page_break' },
      { kind: 'heading', level: 1, text: 'one' },
      { kind: 'paragraph', text: 'text' },
      { kind: 'paragraph', text: 'say this' },
    ]);
  });

  test('reads groups, breaks, fields, items and tables', async () => {
    const paragraph = (properties: string, inner: string) => `<a:p>${properties}${inner}</a:p>`;
    const text = (value: string) => `<a:r><a:t>${value}</a:t></a:r>`;
    const shapes =
      `<p:grpSp><p:grpSp><p:sp><p:txBody>${paragraph('', `${text('a')}<a:br/>${text('b')}`)}` +
      paragraph('<a:pPr lvl="1"><a:tabLst><a:tab/></a:tabLst></a:pPr>', text('c')) +
      paragraph('<a:pPr><a:buChar char="-"/></a:pPr>', text('d')) +
      paragraph('<a:pPr lvl="1"><a:buNone/></a:pPr>', '<a:fld><a:t>e</a:t></a:fld>') +
      `</p:txBody></p:sp></p:grpSp></p:grpSp><p:graphicFrame><a:tbl><a:tr>${cell('f')}${cell('g')}</a:tr></a:tbl></p:graphicFrame>`;
    const result = await extractOffice(pptx([{ shapes }], [1]));
    expect(result.pages[0]?.text).toBe('a\nb\nc\nd\ne\nf\tg');
    expect(result.blocks).toEqual([
      { kind: 'paragraph', text: 'a\nb' },
      { kind: 'list_item', level: 2, text: 'c' },
      { kind: 'list_item', level: 1, text: 'd' },
      { kind: 'paragraph', text: 'e' },
      { kind: 'table', rows: [['f', 'g']] },
    ]);
  });

  test('reads the words of a chart and of a diagram after the shapes', async () => {
    const series = (name: string) =>
      `<c:ser><c:tx><c:strRef><c:strCache><c:pt><c:v>${name}</c:v></c:pt></c:strCache></c:strRef></c:tx>` +
      '<c:cat><c:strRef><c:strCache><c:pt><c:v>North</c:v></c:pt></c:strCache></c:strRef></c:cat>' +
      '<c:val><c:numRef><c:numCache><c:pt><c:v>4.2</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>';
    const title = '<c:title><a:p><a:r><a:t>Sales</a:t></a:r></a:p></c:title>';
    const shapes =
      '<p:graphicFrame><c:chart r:id="ch"/></p:graphicFrame>' +
      '<p:graphicFrame><dgm:relIds xmlns:dgm="d" r:dm="dm" r:lo="x"/></p:graphicFrame>';
    const slide = {
      shapes: shapes + shape(['shape']),
      links: [
        { id: 'ch', type: 'chart', target: '../charts/chart1.xml' },
        { id: 'dm', type: 'diagramData', target: '../diagrams/data1.xml' },
      ],
    };
    const blob = pptx([slide], [1], {
      'ppt/charts/chart1.xml': `<c:chart xmlns:c="c" xmlns:a="a">${title}${series('Tea')}${series('Jam')}</c:chart>`,
      'ppt/diagrams/data1.xml': '<d xmlns:a="a"><a:p><a:r><a:t>node</a:t></a:r></a:p></d>',
    });
    expect(await officeText(blob)).toBe('shape\nSales\nTea\nNorth\nJam\nnode');
  });

  test('passes over slides that are named and not there', async () => {
    expect(await officeText(pptx([{ shapes: shape(['one']) }], [7, 1]))).toBe('one');
    expect(await officeFailure(pptx([], [1]))).toBe(FAIL.empty);
  });

  test('stops at the limit of pages', async () => {
    const slides = [1, 2, 3].map((n) => ({ shapes: shape([`slide ${String(n)}`]) }));
    const result = await extractOffice(pptx(slides, [1, 2, 3]), { pages: 2 });
    expect(result).toMatchObject({ truncated: true, counts: { pages: 2 } });
  });
});
