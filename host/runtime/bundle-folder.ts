import { readFileSync, readdirSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { CcosError } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';

/** The folders of a bundle's source whose files go into it; anything else stays behind. */
const FOLDERS = ['attestations', 'docs', 'locales', 'maps', 'policies', 'schemas', 'wasm'];

/** The source of a bundle: `bundle.json` is the draft of its manifest. Links are refused. */
export function readBundleFolder(folder: string): {
  readonly manifest: JsonObject;
  readonly files: ReadonlyMap<string, Uint8Array>;
} {
  const files = new Map<string, Uint8Array>();
  for (const name of FOLDERS) collect(folder, name, files);
  return { manifest: readDraft(join(folder, 'bundle.json')), files };
}

function collect(root: string, path: string, files: Map<string, Uint8Array>): void {
  const full = join(root, path);
  const entry = lstatSync(full, { throwIfNoEntry: false });
  if (entry === undefined) return;
  if (entry.isDirectory()) {
    for (const name of readdirSync(full).sort()) collect(root, `${path}/${name}`, files);
  } else if (entry.isFile()) {
    files.set(path, Uint8Array.from(readFileSync(full)));
  } else {
    throw new CcosError('bundle_files', { why: 'link' });
  }
}

function readDraft(file: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new CcosError('file_not_found', { what: 'bundle.json' });
  }
  try {
    return JSON.parse(text) as JsonObject; // packBundle() checks every field
  } catch {
    throw new CcosError('bundle_manifest', { why: 'json' });
  }
}
