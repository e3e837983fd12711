import type { Registry } from '../bundle/registry.ts';
import type { LoadedVariant } from '../bundle/variant.ts';
import { CcosError, asCcosError } from '../core/error.ts';
import type { ErrorBody } from '../core/error.ts';
import { FIXED } from '../core/limits.ts';
import type { LimitValues } from '../core/limits.ts';
import type { JsonObject } from '../core/json.ts';
import { tagList } from '../core/label.ts';
import type { World } from '../core/world.ts';
import type { Child } from '../host-functions/scope.ts';
import type { Approvals } from '../kernel/approvals.ts';
import type { ParentCall } from '../kernel/call-types.ts';
import type { Calls } from '../kernel/calls.ts';
import type { Store } from '../kernel/records.ts';
import type { Runs } from '../kernel/runs.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { Chooser } from './choice.ts';
import { DocumentCalls } from './document-calls.ts';
import type { Answered, DocumentToCall } from './document-calls.ts';
import { parseExtraction } from './extraction.ts';
import type { Extraction } from './extraction.ts';
import type { PluginAnswer } from './plugin-run.ts';
import { PICTURE_OF_PAGE, scannedPages, withScans } from './scans.ts';

export { EXTRACT_TEXT } from './choice.ts';

interface Parts {
  readonly store: Store;
  readonly registry: Registry;
  readonly calls: Calls;
  readonly runs: Runs;
  readonly approvals: Approvals;
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly limits: () => Promise<LimitValues>;
  readonly retentionMillis: () => number;
}

/** A local document that the operator named; the name itself stays with the command line. */
export interface ExtractRequest {
  readonly bytes: Uint8Array;
  readonly declaredType?: string;
  readonly session: string;
  /** Of the document and of what is in it; it goes to the plugins that take one, and nowhere else. */
  readonly password?: string;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What the operator gets: the text, and where it came from. */
export interface ExtractResult extends Extraction {
  readonly attachments: readonly Attachment[];
  readonly labels: readonly string[];
  readonly plugin: { readonly id: string; readonly version: string; readonly code_sha256: string };
  readonly times_ms: Readonly<Record<'total' | 'queue' | 'load' | 'run', number>>;
  readonly call_id: string;
}

/** A document inside a document: what it is, and its text or why there is none. */
export type Attachment =
  | ({ readonly media_type: string; readonly bytes: number } & ExtractResult)
  | { readonly media_type: string; readonly bytes: number; readonly error: ErrorBody };

/** What a document and everything in it may take together. */
interface Budget {
  /** Of children, in bytes. */
  bytes: number;
  /** Of text, in bytes of UTF-8. */
  text: number;
  /** By the monotonic clock; nothing in the document is begun after it. */
  readonly deadline: number;
}

/** How many times the limit of one call a document with everything in it may take. */
const CALLS_OF_TIME = 3;

/** Where a document stands in the one that the caller brought. */
interface Nesting {
  readonly depth: number;
  readonly run: ReturnType<Runs['command']>;
  readonly budget: Budget;
  readonly parent?: ParentCall;
}

/** What every plugin that reads documents is asked. */
interface ExtractArgs extends JsonObject {
  readonly limits: { readonly pages: number; readonly text_bytes: number };
}

/** What draws a page of a document. */
interface Drawing {
  readonly page: number;
  readonly variant: LoadedVariant;
  readonly limits: LimitValues;
  readonly args: ExtractArgs;
  readonly document: DocumentToCall;
}

/** Text of a local document, through quarantine, gate, sandbox and chain. */
export class Extractor {
  readonly #parts: Parts;
  readonly #documents: DocumentCalls;
  readonly #chooser: Chooser;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#documents = new DocumentCalls(parts);
    this.#chooser = new Chooser({ ...parts, documents: this.#documents });
  }

  async extract(request: ExtractRequest): Promise<ExtractResult> {
    const { childBytes, textBytes, callMillis } = await this.#parts.limits();
    const deadline = this.#parts.world.monotonic() + CALLS_OF_TIME * callMillis;
    const budget = { bytes: childBytes, text: textBytes, deadline };
    const run = this.#parts.runs.command();
    return this.#extract(request, { depth: 0, budget, run });
  }

  async #extract(request: ExtractRequest, nesting: Nesting): Promise<ExtractResult> {
    const started = this.#parts.world.monotonic();
    const limits = await this.#parts.limits();
    const { variant, document } = await this.#chooser.choose({ ...request, ...nesting }, limits);
    const args = await this.#argsOf(variant, { limits, nesting });
    const answered = await this.#documents.call(document, {
      variant,
      limits,
      args,
      read: (output) => parseExtraction(output, variant.validatesOutput, args.limits),
      isLast: hasAll,
    });
    const { call, answer, result } = answered;
    nesting.budget.text -= Buffer.byteLength(result.text);
    const parent = { id: call.id, target: variant.target, facts: call.facts };
    const drawing = { variant, limits, args, document: { ...document, stored: call.stored } };
    const rest = await this.#inRun(
      request,
      hasAll(answer, result) ? undefined : nesting,
      async () => ({
        whole: await withScans(
          result,
          (page) => this.#readScan(request, { ...nesting, parent }, { ...drawing, page }),
          request.onProgress,
        ),
        attachments: await this.#readChildren(request, answer.children, {
          ...nesting,
          depth: nesting.depth + 1,
          parent,
        }),
      }),
    );
    const total = this.#parts.world.monotonic() - started;
    return resultOf({ ...answered, result: rest.whole }, { ...rest, variant, total });
  }

  /** Asks for the places of scanned pages where a plugin takes that question and another reads pictures. */
  async #argsOf(
    variant: LoadedVariant,
    { limits, nesting }: { readonly limits: LimitValues; readonly nesting: Nesting },
  ): Promise<ExtractArgs> {
    const args = { limits: { pages: limits.pages, text_bytes: nesting.budget.text } };
    const more = { ...args, scans: true };
    if (!variant.validatesInput(more)) return args;
    return (await this.#chooser.reads(PICTURE_OF_PAGE)) ? more : args;
  }

  /** A run of several calls ends with the last of them; the document that the caller brought has it. */
  async #inRun<Result>(
    { session }: ExtractRequest,
    nesting: Nesting | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const ends = async (state: 'done' | 'failed'): Promise<void> => {
      if (nesting === undefined || nesting.depth > 0) return;
      const { runs, store } = this.#parts;
      const { id: run } = nesting.run;
      const row = { type: 'run.complete', session, run, data: { state } } as const;
      await store.commit({ rows: [row], changes: [runs.ends(run, state)] });
    };
    try {
      const result = await work();
      await ends('done');
      return result;
    } catch (failure) {
      await ends('failed');
      throw failure;
    }
  }

  /** One page at a time is drawn, and read as a document of its own. */
  async #readScan(
    request: ExtractRequest,
    nesting: Nesting,
    { page, variant, limits, args, document }: Drawing,
  ): Promise<ExtractResult> {
    this.#demandRoom(nesting);
    const { answer } = await this.#documents.call(document, {
      variant,
      limits,
      args: { ...args, draw: page },
      read: (output) => parseExtraction(output, variant.validatesOutput, args.limits),
      isLast: () => false,
      isExtra: true,
    });
    const [child] = answer.children;
    if (child?.mediaType !== PICTURE_OF_PAGE) throw new CcosError('plugin_failed', {});
    return this.#readChild(request, child, nesting);
  }

  /** Each child in its turn, as a call of its own; what cannot be read says why. */
  async #readChildren(
    request: ExtractRequest,
    children: readonly Child[],
    nesting: Nesting,
  ): Promise<readonly Attachment[]> {
    const attachments: Attachment[] = [];
    for (const child of children) {
      const facts = { media_type: child.mediaType, bytes: child.bytes };
      try {
        this.#demandRoom(nesting);
        attachments.push({ ...facts, ...(await this.#readChild(request, child, nesting)) });
      } catch (failure) {
        attachments.push({ ...facts, error: asCcosError(failure).toBody() });
      }
    }
    return attachments;
  }

  #readChild(
    { session, password, signal }: ExtractRequest,
    { mediaType, parts }: Child,
    nesting: Nesting,
  ): Promise<ExtractResult> {
    const child = { bytes: Buffer.concat(parts), declaredType: mediaType, session };
    const given = { ...(password !== undefined && { password }), ...(signal && { signal }) };
    return this.#extract({ ...child, ...given }, nesting);
  }

  #demandRoom({ depth, budget }: Nesting): void {
    if (depth > FIXED.nestingDepth)
      throw new CcosError('limit', { limit: 'nestingDepth', value: FIXED.nestingDepth });
    if (budget.text <= 0) throw new CcosError('limit', { limit: 'textBytes' });
    if (this.#parts.world.monotonic() > budget.deadline)
      throw new CcosError('timeout', { limit: 'callMillis', value: CALLS_OF_TIME });
  }
}

/** Whether nothing is left to read in what a plugin has answered. */
const hasAll = ({ children }: PluginAnswer, result: Extraction): boolean =>
  children.length === 0 && scannedPages(result).length === 0;

function resultOf(
  { call, answer: { outcome }, result }: Answered<Extraction>,
  from: {
    readonly variant: LoadedVariant;
    readonly total: number;
    readonly attachments: readonly Attachment[];
  },
): ExtractResult {
  const { variant, total, attachments } = from;
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    ...result,
    attachments,
    labels: tagList(call.label),
    plugin: {
      id: `${variant.target.bundle}:${variant.target.variant}`,
      version: variant.target.version,
      code_sha256: variant.target.codeSha256,
    },
    times_ms: {
      total: round(total),
      queue: round(outcome.times.queueMs),
      load: round(outcome.times.loadMs),
      run: round(outcome.times.runMs),
    },
    call_id: call.id,
  };
}
