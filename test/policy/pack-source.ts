import { readFileSync, readdirSync } from 'node:fs';
import type { PolicyEngine } from '../../host/policy/engine.ts';
import type { PackSource } from '../../host/policy/pack.ts';
import { loadPack } from '../../host/policy/pack.ts';

const FOLDER = new URL('../../policies/', import.meta.url);

/** The pack of this repository. */
export const SHIPPED: PackSource = new Map(
  readdirSync(FOLDER)
    .filter((name) => /\.cedar(?:schema)?$/.test(name))
    .map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')]),
);

export const IDENTITY = { version: '1', sha256: 'f'.repeat(64) } as const;

export function load(source: PackSource = SHIPPED): Promise<PolicyEngine> {
  return loadPack(source, IDENTITY);
}

/** The pack with one file changed; fails where the change changes nothing. */
export function edited(name: string, edit: (text: string) => string): PackSource {
  const before = SHIPPED.get(name) ?? '';
  const after = edit(before);
  if (after === before) throw new Error(`nothing changed in ${name}`);
  return new Map([...SHIPPED, [name, after]]);
}

/** The pack without one rule. */
export function without(id: string): PackSource {
  const file = id.startsWith('const.') ? 'constitution.cedar' : 'default.cedar';
  return edited(file, (text) =>
    text
      .split(/^(?=@id\()/m)
      .filter((part) => !part.startsWith(`@id("${id}")`))
      .join(''),
  );
}

/** The pack with one rule more. */
export function withRule(file: string, rule: string): PackSource {
  return new Map([...SHIPPED, [file, `${SHIPPED.get(file) ?? ''}\n${rule}\n`]]);
}
