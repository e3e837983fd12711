import type { Finding } from '../core/finding.ts';
import type { Registry } from './registry.ts';

/** Whether every bundle that may be called is still what the operator approved (INV-LOAD-1). */
export async function examineBundles(registry: Registry): Promise<Finding> {
  const { size } = await registry.damaged();
  const check = 'bundles.files';
  if (size === 0)
    return { check, severity: 'ok', message: 'every active bundle verifies', mend: '' };
  return {
    check,
    severity: 'critical',
    message: `${String(size)} active bundles are not what was approved, and are not run`,
    mend: 'see ccos audit log --type bundle.rejected, and install these bundles again',
  };
}
