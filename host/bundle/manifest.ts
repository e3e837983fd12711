import { BOUNDS } from './bounds.ts';
import { checkManifestRules } from './manifest-rules.ts';
import { manifestSchema } from './manifest-schema.ts';
import type { Manifest } from './manifest-schema.ts';
import { refusal } from './refusal.ts';
import { parseStrictJson } from '../core/strict-json.ts';

/** Records whose keys an author chooses; such a key is never repeated in an error. */
const RECORDS: readonly (PropertyKey | undefined)[] = ['env', 'toolchain', 'labels'];

/**
 * Reads the payload of a bundle: RFC 8785 bytes of the closed schema, then the rules between fields.
 * Refuses with `bundle_manifest`; with `bundle_imports` an import outside the ABI; with
 * `bundle_limit` a limit above the host's hard maximum.
 */
export function parseManifest(payload: Uint8Array): Manifest {
  const json = parseStrictJson(payload, {
    depth: BOUNDS.jsonDepth,
    canonical: true,
    refuse: (why) => refusal('bundle_manifest', why),
  });
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path ?? [];
    const field = place.map((step, at) => (RECORDS.includes(place[at - 1]) ? '*' : String(step)));
    throw refusal('bundle_manifest', 'shape', { field: field.join('.') });
  }
  checkManifestRules(parsed.data);
  return parsed.data;
}
