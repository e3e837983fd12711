/**
 * Every way an operation can fail: the HTTP status, the exit code of the command line, and the one
 * sentence shown to a person. Sentences are fixed; what varies goes into `detail` as ids, counts and
 * words of a closed vocabulary (INV-ERR-1: no sentence is built from a stranger's text).
 */
export const ERRORS = {
  bad_request: [400, 2, 'the request is not well formed'],
  invalid_input: [422, 2, 'a field of the request has a value that is not accepted'],
  unauthenticated: [401, 1, 'a valid token is needed'],
  wrong_plane: [403, 1, 'this token belongs to another plane'],
  foreign_host: [403, 1, 'the Host header is not this gateway'],
  foreign_origin: [403, 1, 'the Origin header is not this gateway'],
  policy_denied: [403, 3, 'policy does not allow this'],
  approval_required: [409, 4, 'an approval by the operator is needed first'],
  stale_approval: [409, 1, 'the approval no longer matches what it was asked for'],
  conflict: [409, 1, 'the state has changed in the meantime'],
  run_terminal: [409, 1, 'the run has ended'],
  not_found: [404, 1, 'there is nothing by that name'],
  gone: [410, 1, 'it was deleted'],
  too_large: [413, 6, 'the input is larger than the limit'],
  limit: [422, 6, 'a limit was reached'],
  timeout: [422, 6, 'the call ran longer than its limit and was stopped'],
  memory: [422, 6, 'the call needed more memory than its limit'],
  rate_limited: [429, 6, 'too many requests, try again later'],
  budget_exhausted: [429, 6, 'the budget of this run is used up'],
  unsupported_type: [415, 1, 'no enabled capability reads this kind of content'],
  document_malformed: [422, 1, 'the document is damaged and cannot be read'],
  document_encrypted: [422, 1, 'the document is protected by a password'],
  document_empty: [422, 1, 'the document has no content'],
  needs_ocr: [422, 1, 'the document has pictures of text only and no OCR capability is enabled'],
  transform_rejected: [422, 1, 'the result of the plugin was refused'],
  plugin_failed: [502, 1, 'the plugin failed'],
  bundle_signature: [422, 5, 'the signature of the bundle is not valid'],
  bundle_untrusted_key: [422, 5, 'the bundle is not signed by a publisher that is trusted for it'],
  bundle_threshold: [422, 5, 'the bundle has fewer valid signatures than its publisher needs'],
  bundle_expired: [422, 5, 'the bundle or the key that signed it has expired'],
  bundle_revoked: [422, 5, 'the bundle or the key that signed it is revoked'],
  bundle_rollback: [422, 5, 'the bundle is older than, or differs from, what is installed'],
  bundle_channel_stale: [422, 5, 'the channel file is out of date'],
  bundle_container: [422, 5, 'the bundle file is not a well-formed container'],
  bundle_files: [422, 5, 'the files of the bundle are not those that were signed'],
  bundle_manifest: [422, 5, 'the manifest of the bundle is not valid'],
  bundle_module: [422, 5, 'a WebAssembly module of the bundle is not accepted'],
  bundle_imports: [422, 5, 'a WebAssembly module imports something other than it declares or may'],
  bundle_schema: [422, 5, 'a JSON Schema of the bundle is not accepted'],
  bundle_permission: [422, 5, 'the bundle asks for more than its publisher or its approval grants'],
  bundle_limit: [422, 5, 'the bundle is over a limit'],
  file_not_found: [404, 2, 'there is no such file'],
  not_a_file: [422, 2, 'it is not a regular file'],
  integrity: [500, 5, 'stored data is not what was written'],
  config_invalid: [500, 2, 'the configuration is not valid'],
  newer_home: [500, 2, 'this home was made by a newer version of ccos'],
  storage_full: [507, 1, 'the disk is full or cannot be written'],
  policy_unavailable: [503, 7, 'no policy could be evaluated, so nothing is allowed'],
  quarantine_locked: [503, 7, 'the quarantine cannot be opened with the keys of this home'],
  not_ready: [503, 7, 'the gateway is not ready'],
  locked: [503, 7, 'this home is in use by another process'],
  internal: [500, 1, 'an internal error'],
} as const satisfies Record<string, readonly [status: number, exit: number, message: string]>;

export type ErrorCode = keyof typeof ERRORS;

/** Ids, counts and words of a closed vocabulary; never text that a person or a plugin wrote. */
export type SafeDetail = Readonly<Record<string, string | number | boolean>>;

/** The one shape in which an error leaves: HTTP body, `--json`, and the line on standard error. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly rule_id?: string;
  readonly reason?: string;
  readonly decision_id?: string;
  readonly approval_id?: string;
  readonly details?: SafeDetail;
}

/** What a decision adds to the error that reports it. */
export interface DecisionFacts {
  readonly rule_id?: string;
  readonly reason?: string;
  readonly decision_id?: string;
  readonly approval_id?: string;
}

export class CcosError extends Error {
  override readonly name = 'CcosError';
  readonly code: ErrorCode;
  readonly detail: SafeDetail;
  readonly decision: DecisionFacts;

  constructor(code: ErrorCode, detail: SafeDetail = {}, decision: DecisionFacts = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
    this.decision = decision;
  }

  get status(): number {
    return ERRORS[this.code][0];
  }

  get exit(): number {
    return ERRORS[this.code][1];
  }

  toBody(): ErrorBody {
    return {
      code: this.code,
      message: ERRORS[this.code][2],
      ...this.decision,
      ...(Object.keys(this.detail).length > 0 && { details: this.detail }),
    };
  }
}

/** Any failure as a {@link CcosError}; what is not one already says nothing about itself. */
export function asCcosError(failure: unknown): CcosError {
  if (failure instanceof CcosError) return failure;
  return new CcosError('internal', {});
}

/** The error of a body that came over the wire, so that a client throws what the server threw. */
export function fromBody(body: ErrorBody): CcosError {
  const { code, details, message, ...decision } = body;
  return new CcosError(Object.hasOwn(ERRORS, code) ? code : 'internal', details ?? {}, decision);
}
