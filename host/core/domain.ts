import { CcosError } from './error.ts';

/**
 * Where a request goes, as grants name it: the host as the URL standard writes it (lower case, punycode,
 * no dot at the end, one form for each address), and the port where it is not the scheme's own. Nothing
 * matches by suffix: a domain is itself and no other.
 */
export function domainOf(url: URL): string {
  const host = url.hostname.replace(/\.$/, '');
  return url.port === '' ? host : `${host}:${url.port}`;
}

/** A domain that an operator has typed, such as `api.example.org` or `127.0.0.1:8080`. */
export function parseDomain(typed: string): string {
  const refused = new CcosError('invalid_input', { field: 'domain' });
  if (!/^[^\s/?#@\\*]{1,255}$/.test(typed) || !URL.canParse(`https://${typed}/`)) throw refused;
  const domain = domainOf(new URL(`https://${typed}/`));
  if (domain === '' || domain.startsWith(':')) throw refused;
  return domain;
}
