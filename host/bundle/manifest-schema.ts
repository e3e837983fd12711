import { z } from 'zod';
import { EFFECTS } from '../core/abi.ts';
import { TAGS } from '../core/label.ts';
import type { Tag } from '../core/label.ts';
import { FIXED } from '../core/limits.ts';
import { BOUNDS } from './bounds.ts';
import { isBundlePath } from './path.ts';
import { VERSION, VERSION_RANGE } from './version.ts';

/** What the files of a bundle are for. */
export const FILE_ROLES = [
  'module',
  'schema',
  'doc',
  'policy',
  'attestation',
  'locale',
  'source-map',
] as const;

const CAPABILITY_KINDS = ['transform', 'action', 'verifier', 'agent'] as const;
const OUTPUT_KINDS = ['derived', 'released', 'action'] as const;

/** Tags that a plugin may see or make; secrets and the host's own data never enter one. */
const CLASSES = TAGS.filter((tag): tag is Extract<Tag, `pii.${string}`> => tag.startsWith('pii.'));

/** One line that shows as what it is: no control, bidi, zero-width or unassigned characters. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u);
const path = z.string().refine(isBundlePath);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const time = z.string().refine(isTime);
const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,38}$/);
const mediaType = z
  .string()
  .regex(/^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/);
const classes = z.array(z.enum(CLASSES)).max(CLASSES.length).refine(isDistinct);
const words = z.record(z.string().regex(/^[A-Za-z0-9_.@/-]{1,64}$/), text(200));

const limits = z.strictObject({
  memoryPages: z.int().positive(),
  timeMs: z.int().positive(),
  inputBytes: count,
  outputBytes: count,
  hostCalls: count,
});

const magic = z
  .strictObject({
    offset: count.max(FIXED.sniffBytes - 1),
    hex: z.string().regex(/^(?:[0-9a-f]{2})+$/),
    ignoreCase: z.boolean().optional(),
  })
  .refine(({ offset, hex }) => offset + hex.length / 2 <= FIXED.sniffBytes);

const input = z.strictObject({
  schema: path,
  mediaTypes: z.array(mediaType).max(64).refine(isDistinct),
  magic: z.array(magic).max(64),
  fallback: z.boolean().optional(),
  classes,
});

const output = z.strictObject({
  kind: z.enum(OUTPUT_KINDS),
  schema: path,
  classes,
  labels: z
    .record(
      z
        .string()
        .max(256)
        .regex(/^(?:\/(?:[^~/]|~[01])*)*$/),
      classes,
    )
    .optional(),
});

const capability = z.strictObject({
  id: z
    .string()
    .max(100)
    .regex(/^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){1,5}$/),
  variant: slug,
  kind: z.enum(CAPABILITY_KINDS),
  export: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/),
  module: path,
  title: text(120),
  doc: path.optional(),
  input,
  output,
  effects: z.array(z.enum(EFFECTS)).max(EFFECTS.length).refine(isDistinct),
  imports: z.array(z.string().max(200)).max(64),
  hosts: z
    .array(z.string().regex(/^(?:\*|(?:\*\.)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,7})$/))
    .max(32)
    .refine(isDistinct),
  deterministic: z.boolean(),
  idempotent: z.boolean(),
  limits,
});

const lineageLink = z.strictObject({
  old: z.string().max(64),
  new: z.string().max(64),
  at: time,
  capabilities: z.array(slug).max(8),
  sig_by_old: z.string().max(128),
});

const build = z.strictObject({
  source: z.strictObject({
    repo: text(200),
    commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
  }),
  builder: text(200),
  command: text(500),
  env: words,
  toolchain: words,
  reproducible: z.boolean(),
});

/** The manifest of `ccos-bundle/1`. Its fields are explained in bundles/FORMAT.md. */
export const manifestSchema = z.strictObject({
  format: z.literal('ccos-bundle/1'),
  requires: z.strictObject({
    host: z.string().regex(VERSION_RANGE),
    abi: z.literal('ccos-abi/1'),
    /** No optional feature exists yet, so whoever needs one needs a newer host. */
    features: z.array(z.never()).optional(),
  }),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,38}\/[a-z0-9][a-z0-9-]{0,62}$/),
  version: z.string().regex(VERSION),
  sequence: count,
  publishedAt: time,
  notAfter: time,
  publisher: z.strictObject({ id: slug, lineage: z.array(lineageLink).max(16).optional() }),
  files: z
    .array(z.strictObject({ path, size: count, sha256: digest, role: z.enum(FILE_ROLES) }))
    .max(FIXED.bundleFiles - 1),
  capabilities: z.array(capability).min(1).max(BOUNDS.capabilities),
  recommendedPolicy: path.optional(),
  build,
  supersedes: z
    .array(z.strictObject({ sequence: count, sha256: digest }))
    .max(64)
    .optional(),
  yanks: z.array(digest).max(64).optional(),
  limits,
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestCapability = Manifest['capabilities'][number];

function isDistinct(list: readonly string[]): boolean {
  return new Set(list).size === list.length;
}

/** `2026-11-25T14:00:00Z`, a time that exists. */
function isTime(written: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(written)) return false;
  const millis = Date.parse(written);
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(written.slice(0, 19));
}
