import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from './atomic-file.ts';
import { DIST } from './paths.ts';

/** What a checkout installs beside what reads documents, where that is asked for. */
export const FURTHER_BUNDLES = ['ocr', 'legacy'] as const;

export type FirstPartyBundle = 'documents' | (typeof FURTHER_BUNDLES)[number];

/** A bundle of this build, unsigned. */
export function readFirstPartyBundle(name: FirstPartyBundle): Uint8Array {
  return Uint8Array.from(readFileSync(new URL(`bundles/${name}.ccosb`, DIST)));
}

/** The publisher key of this home, made once; it never leaves the home. */
export function homePublisherKey(home: string, make: () => string): string {
  const folder = join(home, 'keys', 'publisher');
  const file = join(folder, 'ccos.key.pem');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileAtomic(file, make());
  }
  return readFileSync(file, 'utf8');
}
