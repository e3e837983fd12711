import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CcosError } from '../core/error.ts';
import type { Tls } from '../core/serve.ts';

/**
 * A certificate and its key, from files that the operator has named (PEM). Throws `file_not_found`, and
 * `invalid_input` where they are none, do not belong together, or do not hold at `now`.
 */
export function readTls(files: { readonly cert: string; readonly key: string }, now: number): Tls {
  const [cert, key] = [readPem(files.cert, 'tls_cert'), readPem(files.key, 'tls_key')];
  const refused = (why: string): CcosError =>
    new CcosError('invalid_input', { field: 'tls_cert', why });
  let parsed: X509Certificate;
  let belongs: boolean;
  try {
    parsed = new X509Certificate(cert);
    belongs = parsed.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw refused('pem');
  }
  if (!belongs) throw refused('another_key');
  if (now < Date.parse(parsed.validFrom) || now > Date.parse(parsed.validTo))
    throw refused('expired');
  return { cert, key, names: namesOf(parsed) };
}

/** The host names that it is for (RFC 6125): what a browser may call us. */
function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName
    .split(', ')
    .flatMap((entry) => /^DNS:([A-Za-z0-9.-]+)$/.exec(entry)?.[1]?.toLowerCase() ?? []);
}

function readPem(file: string, field: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new CcosError('file_not_found', { field });
  }
}
