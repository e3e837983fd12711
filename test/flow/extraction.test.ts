import { expect, test } from 'vitest';
import { parseExtraction } from '../../host/flow/extraction.ts';

const LIMITS = { pages: 2, text_bytes: 10 };
const output = (texts: readonly string[]): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({
      format: 'text',
      pages: texts.map((text, i) => ({ number: i + 1, text })),
      counts: { pages: texts.length },
      truncated: false,
      warnings: [],
    }),
  );
const parse = (texts: readonly string[]): unknown =>
  parseExtraction(output(texts), () => true, LIMITS);

test('parseExtraction: takes what is within the limits', () => {
  expect(parse(['12345', '67890'])).toMatchObject({ text: '12345\n\n67890' });
});

test('parseExtraction: limit for more pages or more text than the plugin was told', () => {
  expect(() => parse(['1', '2', '3'])).toThrow(
    expect.objectContaining({ code: 'limit', detail: { limit: 'pages', value: 2 } }),
  );
  expect(() => parse(['12345', '678901'])).toThrow(
    expect.objectContaining({ code: 'limit', detail: { limit: 'textBytes', value: 10 } }),
  );
});

test('parseExtraction: plugin_failed for a key that is there twice, wherever it is', () => {
  const text = new TextDecoder().decode(output(['1']));
  for (const doubled of [
    text.replace('{', '{"format":"text",'),
    text.replace('{"number":1', '{"number":2,"number":1'),
    text.replace('"pages":1', String.raw`"pages":1,"p\u0061ges":1`),
  ])
    expect(() => parseExtraction(new TextEncoder().encode(doubled), () => true, LIMITS)).toThrow(
      expect.objectContaining({ code: 'plugin_failed', detail: { why: 'duplicate_key' } }),
    );
});
