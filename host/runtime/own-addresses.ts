import { networkInterfaces } from 'node:os';

/** The addresses by which a gateway that listens at `address` can be called from elsewhere. */
export function ownAddresses(address: string): readonly string[] {
  if (address !== '0.0.0.0' && address !== '::') return [address];
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all
    .filter(({ family }) => address === '::' || family === 'IPv4')
    .map(({ address: own }) => own);
}
