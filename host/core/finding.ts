/** One finding of `ccos doctor`. `check` is stable: scripts may depend on it. */
export interface Finding {
  readonly check: string;
  readonly severity: 'ok' | 'info' | 'warning' | 'critical';
  readonly message: string;
  readonly mend: string;
}
