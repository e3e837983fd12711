import ipaddr from 'ipaddr.js';

/**
 * Where an address leads: `public` is the Internet, `private` a network or a machine of somebody's own,
 * `never` what no request may reach whatever was approved: link-local (where clouds hand out credentials),
 * multicast, reserved, and the ranges that wrap another address (NAT64, 6to4, Teredo). By the special
 * registries of IANA (RFC 6890); an IPv4 address inside an IPv6 one counts as what it is.
 */
export type Reach = 'public' | 'private' | 'never';

const PRIVATE = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);
/** Where clouds answer inside ranges that are private otherwise (AWS over IPv6, Alibaba). */
const METADATA = new Set(['fd00:ec2::254', '100.100.100.200']);

export function reachOf(address: string): Reach {
  if (!ipaddr.isValid(address) || address.includes('%')) return 'never';
  const parsed = ipaddr.process(address);
  if (METADATA.has(parsed.toString())) return 'never';
  const range = parsed.range();
  if (PRIVATE.has(range)) return 'private';
  return range === 'unicast' && isAssigned(parsed) ? 'public' : 'never';
}

/** The address of a URL's host that is one, without brackets; null for a name. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) ? bare : null;
}

/** IANA has given out 2000::/3 of IPv6, and no more. */
function isAssigned(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.kind() === 'ipv4' || ((address.toByteArray()[0] ?? 0) & 0xe0) === 0x20;
}
