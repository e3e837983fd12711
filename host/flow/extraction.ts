import { z } from 'zod';
import { CcosError } from '../core/error.ts';
import { parseStrictJson } from '../core/strict-json.ts';

/** Deeper than any result of a parser nests. */
const JSON_DEPTH = 64;

/** What every parser of documents gives, whatever its bundle's own schema adds or narrows. */
const extractionSchema = z.looseObject({
  format: z.string().max(32),
  pages: z.array(
    z.looseObject({
      number: z.int().positive(),
      text: z.string(),
      scanned: z.boolean().optional(),
    }),
  ),
  truncated: z.boolean(),
  warnings: z.array(z.string().max(64)).max(100),
  counts: z.record(z.string(), z.int().nonnegative()),
  encoding: z.string().max(40).optional(),
  title: z.string().optional(),
  blocks: z
    .array(
      z.looseObject({
        kind: z.string().max(32),
        level: z.int().nonnegative().optional(),
        text: z.string().optional(),
        rows: z.array(z.array(z.string())).optional(),
        page: z.int().positive().optional(),
      }),
    )
    .default([]),
});

/** The text of a document, whole and by page. */
export type Extraction = z.infer<typeof extractionSchema> & { readonly text: string };

/**
 * The only maker of an {@link Extraction}: valid UTF-8, JSON, valid by the bundle's schema and by
 * ours. Throws `transform_rejected` with the step that failed, and no more.
 */
export function parseExtraction(
  output: Uint8Array,
  validates: (value: unknown) => boolean,
  limits: { readonly pages: number; readonly text_bytes: number },
): Extraction {
  const rejected = (why: string): CcosError => new CcosError('transform_rejected', { why });
  if (output.length === 0) throw rejected('no_output');
  const value = parseStrictJson(output, {
    depth: JSON_DEPTH,
    canonical: false,
    refuse: notOneValue,
  });
  if (!validates(value)) throw rejected('schema');
  const parsed = extractionSchema.safeParse(value);
  if (!parsed.success) throw rejected('shape');
  const { pages } = parsed.data;
  if (pages.length > limits.pages) throw over('pages', limits.pages);
  const bytes = pages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes > limits.text_bytes) throw over('textBytes', limits.text_bytes);
  return { ...parsed.data, text: textOf(parsed.data.pages) };
}

export const textOf = (pages: Extraction['pages']): string =>
  pages.map(({ text }) => text).join('\n\n');

/** A key twice means one thing to this reader and another to the next: such a plugin does not work. */
const notOneValue = (why: string): CcosError =>
  new CcosError(why === 'duplicate_key' ? 'plugin_failed' : 'transform_rejected', { why });

/** The plugin was told; that it keeps to it is checked here. */
const over = (limit: string, value: number): CcosError => new CcosError('limit', { limit, value });
