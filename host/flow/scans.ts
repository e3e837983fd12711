import { CcosError, asCcosError } from '../core/error.ts';
import { textOf } from './extraction.ts';
import type { Extraction } from './extraction.ts';

/** What pages are drawn as: a grey map of netpbm. */
export const PICTURE_OF_PAGE = 'image/x-portable-graymap';

/** The plugins' word for it. */
const NEEDS_OCR = 'page_needs_ocr';

type Block = Extraction['blocks'][number];

/** A page as it was read from a picture of it. */
type Recognised = Extraction & { readonly call_id: string };

/** Reads a page of this number from a picture of it. */
type PageReader = (page: number) => Promise<Recognised>;

interface ReadScans {
  readonly texts: ReadonlyMap<number, Recognised>;
  /** The first page that was not read, unless there was nothing to read on it. */
  readonly failure?: CcosError;
}

export const scannedPages = ({ pages }: Extraction): readonly number[] =>
  pages.filter(({ scanned }) => scanned === true).map(({ number }) => number);

/**
 * The extraction with the text of its scanned pages in its place, each with the call that read it. What
 * could not be read stays empty, with the warning that it needs OCR. Throws where nothing has text at all.
 */
export async function withScans(
  extraction: Extraction,
  read: PageReader,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Extraction> {
  const numbers = scannedPages(extraction);
  if (numbers.length === 0) return extraction;
  const scans = await readAll(numbers, read, onProgress);
  const pages = extraction.pages.map((page) => {
    const { text, call_id: call } = scans.texts.get(page.number) ?? {};
    return text === undefined ? page : { ...page, text, recognised_by: call };
  });
  if (!hasText(pages)) throw scans.failure ?? new CcosError('document_empty');
  return {
    ...extraction,
    pages,
    text: textOf(pages),
    blocks: extraction.blocks.flatMap((block) => inPlace(block, scans.texts)),
    truncated: extraction.truncated || isCut(scans),
    warnings: warningsOf(extraction, scans),
    counts: { ...extraction.counts, characters: charactersOf(pages) },
  };
}

async function readAll(
  numbers: readonly number[],
  read: PageReader,
  onProgress: (done: number, total: number) => void,
): Promise<ReadScans> {
  const texts = new Map<number, Recognised>();
  let failure: CcosError | undefined;
  for (const [done, number] of numbers.entries()) {
    onProgress(done, numbers.length);
    try {
      texts.set(number, await read(number));
    } catch (thrown) {
      const error = asCcosError(thrown);
      if (error.code === 'not_ready') throw error; // nobody waits any more
      if (error.code !== 'document_empty') failure ??= error;
    }
  }
  return { texts, ...(failure !== undefined && { failure }) };
}

const charactersOf = (pages: Extraction['pages']): number =>
  pages.reduce((sum, { text }) => sum + Array.from(text).length, 0);

/** Texts are what the pages show, or what was written on them. */
const hasText = (pages: Extraction['pages']): boolean =>
  pages.some(
    (page) =>
      page.text.trim() !== '' || page['fields'] !== undefined || page['annotations'] !== undefined,
  );

/** The blocks of the page that stood here as a picture; none where it was not read. */
function inPlace(block: Block, texts: ReadScans['texts']): readonly Block[] {
  if (block.kind !== 'picture') return [block];
  return texts.get(block.page ?? 0)?.blocks ?? [];
}

const isCut = ({ texts, failure }: ReadScans): boolean =>
  failure?.code === 'limit' ||
  failure?.code === 'timeout' ||
  [...texts.values()].some(({ truncated }) => truncated);

function warningsOf({ warnings }: Extraction, { texts, failure }: ReadScans): string[] {
  const read = [...texts.values()];
  const all = [
    ...warnings.filter((warning) => warning !== NEEDS_OCR || failure !== undefined),
    ...(read.length > 0 ? ['page_recognised'] : []),
    ...read.flatMap((page) => page.warnings),
  ];
  return [...new Set(all)];
}
