import { BLOB_CLASSES, PUBLIC } from '../../core/label.ts';
import type { Label, Tag } from '../../core/label.ts';

/** What a host operation has to show before a label is lowered. */
interface Grounds {
  /** The output has passed every check that belongs to the operation. */
  readonly passed: boolean;
}

const RAW: readonly Tag[] = BLOB_CLASSES;

/**
 * Release: what passed schema, ceiling and guards goes from raw to `pii.redacted`, where the grant of its
 * capability says so. Origins stay (INV-LABEL-4: nothing but this and {@link declassifiedLabel} lowers one).
 */
export function releasedLabel(
  label: Label,
  { granted, passed }: Grounds & { readonly granted: boolean },
): Label {
  if (!granted || !passed) return label;
  const kept = [...label.tags].filter((tag) => !RAW.includes(tag));
  const wasRaw = kept.length < label.tags.size;
  return {
    tags: new Set<Tag>(wasRaw ? [...kept, 'pii.redacted'] : kept),
    origins: label.origins,
  };
}

/**
 * Declassification: what a transform released becomes public, where the run has an approval for it and a
 * verifier has passed exactly this output. Anything that is not `pii.redacted` alone stays what it is.
 */
export function declassifiedLabel(
  label: Label,
  { approved, passed }: Grounds & { readonly approved: boolean },
): Label {
  const redactedOnly = [...label.tags].every((tag) => tag === 'pii.redacted');
  return approved && passed && redactedOnly ? PUBLIC : label;
}
