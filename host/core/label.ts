/** What a value may contain. A label is a set of these; the empty set is written `public`. */
export const TAGS = [
  'pii.redacted',
  'pii.chat.message',
  'pii.chat.metadata',
  'pii.attachment',
  'secret.token',
  'internal.system',
] as const;
export type Tag = (typeof TAGS)[number];

/** The classes that a blob in quarantine can have: those that are a stranger's raw data. */
export const BLOB_CLASSES = ['pii.chat.message', 'pii.chat.metadata', 'pii.attachment'] as const;
export type BlobClass = (typeof BLOB_CLASSES)[number];

/** What a value may contain, and which conversations its personal tags came from. */
export interface Label {
  readonly tags: ReadonlySet<Tag>;
  readonly origins: ReadonlySet<string>;
}

export const PUBLIC: Label = { tags: new Set(), origins: new Set() };

/** Union of tags and origins (INV-LABEL-1: a join loses nothing). */
export function join(...labels: readonly Label[]): Label {
  return {
    tags: new Set(labels.flatMap((label) => [...label.tags])),
    origins: new Set(labels.flatMap((label) => [...label.origins])),
  };
}

/** What a call has to do with: the floor of its run, what it was asked, and every handle it could read. */
export interface CallLabels {
  readonly floor: Label;
  readonly args: Label;
  readonly handles: readonly Label[];
}

/** What an output of a plugin may contain: whatever the call could read. What it says itself is not asked. */
export function outputLabel({ floor, args, handles }: CallLabels): Label {
  return join(floor, args, ...handles);
}

/** A label that a caller claims for what it brings: it can raise what is known, never lower it. */
export function raised(known: Label, claimed: readonly string[] | undefined): Label {
  return join(known, labelOf(claimedTags(claimed)));
}

/** Whether a claim leaves out what is known: an attempt to lower a label, which changes nothing. */
export function downgrades(known: Label, claimed: readonly string[] | undefined): boolean {
  return claimed !== undefined && [...known.tags].some((tag) => !claimed.includes(tag));
}

/** `public` is how the empty set is written. */
function claimedTags(claimed: readonly string[] = []): readonly string[] {
  return claimed.filter((word) => word !== 'public');
}

/** INV-LABEL-2: a tag that is missing or unknown counts as raw personal data. */
export function labelOf(tags: readonly string[], origins: readonly string[] = []): Label {
  const known = tags.map((tag) => (isTag(tag) ? tag : 'pii.chat.message'));
  return { tags: new Set(known), origins: new Set(origins) };
}

function isTag(word: string): word is Tag {
  return (TAGS as readonly string[]).includes(word);
}

/** Sorted, for records and answers; `['public']` for the empty set. */
export function tagList(label: Label): readonly string[] {
  return label.tags.size === 0 ? ['public'] : [...label.tags].sort();
}
