import { sha256Hex } from '../crypto/digest.ts';
import type { Manifest } from './manifest-schema.ts';
import { releasedCeiling } from './leak-ceiling.ts';
import { checkModule } from './module-check.ts';
import { ENVELOPE_PATH } from './path.ts';
import { refusal } from './refusal.ts';
import { checkSchema } from './schema-check.ts';

/**
 * Checks that the files of a bundle are exactly those of its manifest, then each module and each
 * schema; a released output has a leak ceiling (INV-LEAK-1). Refuses with `bundle_files`, `bundle_module`, `bundle_imports`, `bundle_schema` or
 * `bundle_limit`.
 */
export function checkContents(manifest: Manifest, files: ReadonlyMap<string, Uint8Array>): void {
  checkFiles(manifest, files);
  for (const { path, role } of manifest.files) {
    const bytes = files.get(path);
    if (bytes === undefined) continue;
    if (role === 'schema') checkSchema(bytes);
    if (role === 'module') checkModuleOf(manifest, path, bytes);
  }
  for (const [capability, asked] of manifest.capabilities.entries())
    if (releasedCeiling(asked, files)?.bits === Infinity)
      throw refusal('bundle_schema', 'unbounded', { capability });
}

function checkFiles({ files: listed }: Manifest, files: ReadonlyMap<string, Uint8Array>): void {
  const paths = new Set([ENVELOPE_PATH, ...listed.map(({ path }) => path)]);
  if ([...files.keys()].some((path) => !paths.has(path))) throw refusal('bundle_files', 'unlisted');
  for (const [file, { path, size, sha256 }] of listed.entries()) {
    const bytes = files.get(path);
    if (bytes === undefined) throw refusal('bundle_files', 'missing', { file });
    if (bytes.length !== size) throw refusal('bundle_files', 'size', { file });
    if (sha256Hex(bytes) !== sha256) throw refusal('bundle_files', 'sha256', { file });
  }
}

/** Every capability of a module declares all of its imports; the smallest memory limit holds. */
function checkModuleOf({ capabilities }: Manifest, path: string, bytes: Uint8Array): void {
  const users = capabilities.filter(({ module }) => module === path);
  const exports = users.map((user) => user.export);
  const memoryPages = Math.min(...users.map(({ limits }) => limits.memoryPages));
  for (const { imports } of users) checkModule(bytes, { imports, exports, memoryPages });
}
