import { CcosError } from '../core/error.ts';
import type { Credential, Tokens } from '../kernel/tokens.ts';
import type { Lockout } from './lockout.ts';

/** The hosts by which a gateway may be called; null where there is no socket at all. */
export type OwnHosts = () => ReadonlySet<string> | null;

/** Host headers of these names and addresses at a port; a scheme's own port is left out by clients. */
export function hostsAt(
  names: readonly string[],
  { port, scheme }: { readonly port: number; readonly scheme: 'http' | 'https' },
): ReadonlySet<string> {
  const bare = names.map((name) => (name.includes(':') ? `[${name}]` : name));
  const isDefault = port === (scheme === 'https' ? 443 : 80);
  return new Set(bare.flatMap((name) => [`${name}:${String(port)}`, ...(isDefault ? [name] : [])]));
}

export function loopbackHosts(port: number): ReadonlySet<string> {
  return hostsAt(['127.0.0.1', 'localhost', '::1'], { port, scheme: 'http' });
}

/**
 * A web page cannot speak for the operator: the Host must be ours (DNS rebinding), an Origin must be
 * ours, and a browser must not say that the request came from elsewhere (INV-HTTP-1).
 */
export function checkSource(
  headers: Headers,
  ownHosts: OwnHosts,
  scheme: 'http' | 'https' = 'http',
): void {
  const hosts = ownHosts();
  if (hosts === null) return;
  if (!hosts.has((headers.get('host') ?? '').toLowerCase())) throw new CcosError('foreign_host');
  const origin = headers.get('origin');
  if (origin !== null && !isOwnOrigin(origin, scheme, hosts)) throw new CcosError('foreign_origin');
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none')
    throw new CcosError('foreign_origin');
}

/** RFC 6454: scheme and host. `null`, and a host without a scheme, are nobody's. */
function isOwnOrigin(origin: string, scheme: string, hosts: ReadonlySet<string>): boolean {
  const [, its, host] = /^(https?):\/\/(.+)$/.exec(origin) ?? [];
  return its === scheme && host !== undefined && hosts.has(host.toLowerCase());
}

/** What a secret is tried at; within the process nobody guesses. */
export interface Doors {
  readonly tokens: Tokens;
  readonly lockout?: Pick<Lockout, 'wrong'>;
}

/** INV-HTTP-2: loopback is no identity; every route with a plane wants a credential of that plane. */
export function authenticate(
  authorization: string | undefined,
  plane: Credential['plane'],
  { tokens, lockout }: Doors,
): Credential {
  const match = /^bearer +([\w.-]{1,200})$/i.exec(authorization ?? ''); // RFC 9110, 11.1: in any case
  if (match?.[1] === undefined) throw new CcosError('unauthenticated');
  const credential = tokens.authenticate(match[1]);
  if (credential === null) {
    lockout?.wrong(plane);
    throw new CcosError('unauthenticated');
  }
  if (credential.plane !== plane) throw new CcosError('wrong_plane');
  return credential;
}
