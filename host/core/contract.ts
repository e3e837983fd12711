/** A test by its file and its titles, from the outermost `describe` in; `%s`, `$name` and `${…}` stand for anything. */
export interface Citation {
  readonly file: string;
  readonly title: string;
}

/** One thing that the product promises, and the tests that see it hold. */
export interface Sentence {
  readonly id: string;
  readonly text: string;
  readonly tests: readonly Citation[];
}

export interface TestResult extends Citation {
  readonly passed: boolean;
}

export type SentenceState = 'proven' | 'failed' | 'not_run';

export interface ProvenSentence extends Omit<Sentence, 'tests'> {
  readonly state: SentenceState;
  /** How many tests ran for it. */
  readonly tests: number;
}

/** How the contract stands to the newest results. */
export interface ContractCoverage {
  readonly sentences: readonly ProvenSentence[];
  /** Of what was tested: its commit, and whether it is what runs here; null without results. */
  readonly results: { readonly commit: string; readonly same_build: boolean } | null;
}

export const TITLE_SEPARATOR = ' › ';

const SENTENCE = /^### (?<id>C-[A-Z]+-\d+)\n(?<body>(?:(?!^#).*\n?)*)/gm;
const CITATION = /^- `(?<file>[^`›]+?) › (?<title>[^`]+)`$/gm;

/**
 * The sentences of `policies/CONTRACT.md`: a heading of the third level with the id, the sentence, and a
 * list of its tests, each `file › title` as code.
 */
export function parseContract(markdown: string): readonly Sentence[] {
  return [...markdown.matchAll(SENTENCE)].map(({ groups }) => {
    const { id = '', body = '' } = groups ?? {};
    const [text = ''] = body.split(/^- /m);
    const tests = [...body.matchAll(CITATION)].map((cited) => {
      const { file = '', title = '' } = cited.groups ?? {};
      return { file, title };
    });
    return { id, text: text.trim().replaceAll(/\s+/g, ' '), tests };
  });
}

/** A sentence is proven where each test that it cites ran, in every case of it, and passed. */
export function coverageOf(
  sentences: readonly Sentence[],
  results: readonly TestResult[],
): readonly ProvenSentence[] {
  return sentences.map(({ id, text, tests }) => {
    const ran = tests.map((cited) => results.filter((result) => isCited(cited, result)));
    const all = ran.flat();
    return { id, text, tests: all.length, state: stateOf(ran, all) };
  });
}

function stateOf(
  ran: readonly (readonly TestResult[])[],
  all: readonly TestResult[],
): SentenceState {
  if (all.some(({ passed }) => !passed)) return 'failed';
  return ran.length > 0 && ran.every((results) => results.length > 0) ? 'proven' : 'not_run';
}

/** The title of a `describe` cites all that is in it. */
function isCited({ file, title }: Citation, result: TestResult): boolean {
  if (file !== result.file) return false;
  const parts = title.split(VARIES).map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]+')}(?:${TITLE_SEPARATOR}|$)`).test(result.title);
}

/** What vitest and template strings fill in. */
const VARIES = /%[sdifjo#]|\$\{[^}]+\}|\$[a-z]\w*/;
