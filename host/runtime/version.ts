import { readFileSync } from 'node:fs';
import { PACKAGE_JSON } from './paths.ts';

/** The version of this program, from its package. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(PACKAGE_JSON, 'utf8')) as {
    readonly version: string;
  };
  return version;
}
