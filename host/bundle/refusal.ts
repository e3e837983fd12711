import { CcosError } from '../core/error.ts';
import type { ErrorCode, SafeDetail } from '../core/error.ts';

/** The codes with which a bundle is refused. */
export type BundleCode = Extract<ErrorCode, `bundle_${string}`>;

/** A refusal. Its details are fixed words and numbers, never a name or a text from the bundle. */
export function refusal(code: BundleCode, why: string, detail: SafeDetail = {}): CcosError {
  return new CcosError(code, { why, ...detail });
}
