/** What a server proves itself with: PEM, and the host names that the certificate is for. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
  readonly names: readonly string[];
}

/** Where to listen; port 0 takes a free one. */
export interface ListenAt {
  readonly hostname: string;
  readonly port: number;
  readonly tls?: Tls;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Stops accepting, lets requests in flight end, then closes what is left after `graceMillis`. */
  readonly close: (graceMillis: number) => Promise<void>;
}
