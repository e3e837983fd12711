/**
 * What an agent learns from a call beside its output: which failure it was, and when the answer came. Both
 * are a plugin's to choose, so both are closed sets, and the leak ceiling counts them.
 */
const FAILURES = [
  'document_malformed',
  'document_encrypted',
  'unsupported_type',
  'limit',
  'document_empty',
  'needs_ocr',
  'transform_rejected',
  'plugin_failed',
  'timeout',
  'memory',
] as const;

/** Whether a plugin could have chosen the code of a failure: an agent is then told nothing else about it. */
export function isToldFailure(code: string): boolean {
  return (FAILURES as readonly string[]).includes(code);
}

/** Answers come after 16 ms, or twice that, and so on to 2 s; later ones every 2 s. */
const FIRST_MILLIS = 16;
const DOUBLINGS = 7;
const LAST_MILLIS = FIRST_MILLIS * 2 ** DOUBLINGS;

/** When an answer may come that is ready after `elapsed` ms: at the same few times for everybody. */
export function answerTime(elapsed: number): number {
  if (elapsed > LAST_MILLIS) return LAST_MILLIS * Math.ceil(elapsed / LAST_MILLIS);
  return FIRST_MILLIS * 2 ** Math.max(0, Math.ceil(Math.log2(elapsed / FIRST_MILLIS)));
}

/** The bits of a whole answer, from those of its output and the longest that the call may take, in ms. */
export function answerBits(outputBits: number, callMillis: number): number {
  const times = 1 + DOUBLINGS + Math.ceil(callMillis / LAST_MILLIS);
  return Math.ceil(sumBits([outputBits, Math.log2(FAILURES.length)]) + Math.log2(times));
}

/** The logarithm of a sum of numbers that are given by their logarithms; to the base 2. */
export function sumBits(bits: readonly number[]): number {
  const most = Math.max(-Infinity, ...bits);
  if (!Number.isFinite(most)) return most;
  return most + Math.log2(bits.reduce((sum, one) => sum + 2 ** (one - most), 0));
}

const UNITS = [
  [1e6, 'MB'],
  [1e3, 'KB'],
] as const;
const FEW_BITS = 64;

/** For a person: rounded up, so that it is true. */
export function leakWords(bits: number): string {
  if (bits < FEW_BITS)
    return `at most ${String(Math.ceil(bits))} bits per message, each time it is called`;
  const bytes = bits / 8;
  const [size, unit] = UNITS.find(([least]) => bytes >= least) ?? [1, 'bytes'];
  const count = unit === 'bytes' ? Math.ceil(bytes) : Math.ceil((bytes / size) * 10) / 10;
  return `at most ${String(count)} ${unit} per message, each time it is called`;
}
