/** The outside, as the host may see it. Production: runtime/. Tests: test/support/. */
export interface World {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds that only ever rise, with fractions. */
  readonly monotonic: () => number;
  readonly randomBytes: (count: number) => Uint8Array<ArrayBuffer>;
}

/** Fields that may be logged: ids, counts, words of a closed vocabulary. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** A log of codes and ids; `event` is a fixed word such as `sandbox.killed`. */
export interface Log {
  readonly info: (event: string, fields?: LogFields) => void;
  readonly warn: (event: string, fields?: LogFields) => void;
  readonly error: (event: string, fields?: LogFields) => void;
}
