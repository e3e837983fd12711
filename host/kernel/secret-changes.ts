import { activateSecret, noneActive, secretIs, unbindSecret } from '../store/tables/secrets.ts';
import type { SecretName } from '../store/tables/secrets.ts';
import type { Transaction } from '../store/store.ts';
import { factText } from './approval-request.ts';
import type { ApprovalRequest } from './approval-request.ts';

export const nameIn = (request: ApprovalRequest): SecretName => ({
  tenant: factText(request, 'tenant'),
  name: factText(request, 'secret'),
});

/** The end of one binding. */
export function unbound(request: ApprovalRequest): Transaction {
  const [at, capability] = [nameIn(request), factText(request, 'capability')];
  const domain = factText(request, 'domain');
  return {
    rows: [{ type: 'secret.revoked', data: { name: at.name, capability, domain } }],
    changes: [unbindSecret(at, { capability, domain })],
  };
}

/** A value that waited is in use. */
export function inserted(request: ApprovalRequest, approval: string): Transaction {
  const at = nameIn(request);
  return {
    rows: [],
    changes: [activateSecret(at, approval)],
    guards: [noneActive(at), secretIs(at, 'pending', factText(request, 'record'))],
  };
}
