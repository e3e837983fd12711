/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Stops accepting, lets requests in flight end, then closes what is left after `graceMillis`. */
  readonly close: (graceMillis: number) => Promise<void>;
}
