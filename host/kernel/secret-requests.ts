import type { BindingRecord, SecretRecord } from '../store/tables/secrets.ts';
import { factText } from './approval-request.ts';
import type { ApprovalRequest } from './approval-request.ts';

/** What a grant of a secret is for: never for the value, and for nothing else of that name later. */
export function insertRequest({ tenant, name, record }: SecretRecord): ApprovalRequest {
  return {
    kind: 'secret.insert',
    subject: name,
    summary: `put the secret ${name} into use`,
    changes: [
      {
        effect: 'WIDENS',
        what: 'the host may attach it to requests, once it is bound to a capability and a domain',
        value: name,
      },
      { effect: 'SAME', what: 'nobody is shown its value: no agent, no plugin, no command' },
    ],
    facts: { tenant, secret: name, record },
  };
}

export function rotateRequest(next: SecretRecord, present: SecretRecord): ApprovalRequest {
  const { tenant, name, record } = next;
  return {
    kind: 'secret.rotate',
    subject: name,
    summary: `replace the value of the secret ${name}`,
    changes: [
      { effect: 'SAME', what: 'it stays bound to what it is bound to', value: name },
      { effect: 'NARROWS', what: 'the value that it has now is destroyed' },
    ],
    facts: { tenant, secret: name, record, replaces: present.record },
  };
}

export function bindRequest(
  { tenant, name, lineage }: SecretRecord,
  to: Pick<BindingRecord, 'capability' | 'publisher' | 'domain'>,
): ApprovalRequest {
  const { capability, publisher, domain } = to;
  return {
    kind: 'secret.bind',
    subject: name,
    summary: `attach the secret ${name} to requests of ${capability} to ${domain}`,
    changes: [
      {
        effect: 'WIDENS',
        what: 'the host attaches it to requests of this capability, of this version only',
        value: capability,
      },
      { effect: 'WIDENS', what: 'this host is given it, and no other', value: domain },
    ],
    facts: { tenant, secret: name, lineage, capability, publisher, domain },
  };
}

/** Whether an approved request is the one that this row stands on (INV-SECRET-2). */
export function provesSecret(request: ApprovalRequest | null, secret: SecretRecord): boolean {
  return (
    request !== null &&
    factText(request, 'tenant') === secret.tenant &&
    factText(request, 'secret') === secret.name &&
    factText(request, 'record') === secret.record
  );
}

export function provesBinding(
  request: ApprovalRequest | null,
  secret: SecretRecord,
  bound: BindingRecord,
): boolean {
  if (request === null) return false;
  const wanted = bindRequest(secret, bound).facts;
  return Object.entries(wanted).every(([name, value]) => request.facts[name] === value);
}
