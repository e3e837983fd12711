import { BOUNDS } from './bounds.ts';

/** Where the signed envelope lies in a bundle. */
export const ENVELOPE_PATH = 'bundle.dsse.json';

const PATH = /^[a-z0-9][a-z0-9._-]{0,63}(?:\/[a-z0-9][a-z0-9._-]{0,63}){0,4}$/;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;

/**
 * Whether a name means the same file on every file system: lower-case ASCII, relative, without `..`,
 * without what Windows strips or reserves.
 */
export function isBundlePath(name: string): boolean {
  if (name.length > BOUNDS.pathBytes || !PATH.test(name)) return false;
  return !name.split('/').some((part) => part.endsWith('.') || WINDOWS_DEVICE.test(part));
}
