import { readFileSync, readdirSync } from 'node:fs';
import { POLICIES } from './paths.ts';

/** The policy pack that ships with this version: file name to text. */
export function readDefaultPack(): ReadonlyMap<string, string> {
  const names = readdirSync(POLICIES).filter((name) => /\.cedar(schema)?$/.test(name));
  return new Map(names.sort().map((name) => [name, readFileSync(new URL(name, POLICIES), 'utf8')]));
}
