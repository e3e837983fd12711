import type { Effect } from '../core/abi.ts';
import type { Manifest, ManifestCapability } from './manifest-schema.ts';

/** What an effect lets a capability do, for a person. */
const EFFECT_WORDS: Readonly<Record<Effect, string>> = {
  'quarantine.read': 'reads the raw content it is called for',
  'quarantine.derive': 'puts new raw content (members, pages) into the quarantine',
  'net.http': 'sends requests to the hosts listed below',
  'fs.write': 'writes files',
};

const OUTPUT_WORDS: Readonly<Record<ManifestCapability['output']['kind'], string>> = {
  derived: 'its result is still raw and stays in the quarantine',
  released: 'its result goes to an agent after the checks of the host',
  action: 'its result is the answer of an action',
};

/** One capability of a bundle. */
export interface CapabilityDescription {
  readonly id: string;
  readonly variant: string;
  readonly kind: string;
  readonly title: string;
  /** SHA-256 of the module, hex. */
  readonly module: string;
  readonly effects: readonly { readonly effect: Effect; readonly words: string }[];
  /** Media types, and first bytes in hex, that it takes documents by. */
  readonly reads: string;
  readonly imports: readonly string[];
  readonly hosts: readonly string[];
  readonly inputClasses: readonly string[];
  readonly outputClasses: readonly string[];
  readonly output: string;
  readonly limits: Readonly<Manifest['limits']>;
}

/** What a person sees of a bundle before anything about it is decided. */
export interface BundleDescription {
  readonly digest: string;
  readonly name: string;
  readonly version: string;
  readonly sequence: number;
  readonly publisher: string;
  readonly publishedAt: string;
  readonly notAfter: string;
  readonly source: string;
  readonly files: readonly {
    readonly path: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  readonly capabilities: readonly CapabilityDescription[];
  /** The same as text. Names and titles are the publisher's: escape each line before it is shown. */
  readonly lines: readonly string[];
}

/** Describes a manifest for `inspect` and for an approval; `digest` is the SHA-256 of its payload. */
export function describeBundle(manifest: Manifest, digest: string): BundleDescription {
  const { name, version, sequence, publishedAt, notAfter, build } = manifest;
  const description = {
    digest,
    name,
    version,
    sequence,
    publisher: manifest.publisher.id,
    publishedAt,
    notAfter,
    source: `${build.source.repo} ${build.source.commit}`,
    files: manifest.files.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
    capabilities: manifest.capabilities.map((capability) => describe(capability, manifest)),
  };
  return { ...description, lines: linesOf(description) };
}

function describe(capability: ManifestCapability, { files }: Manifest): CapabilityDescription {
  const { id, variant, kind, title, effects, imports, hosts, input, output, limits } = capability;
  return {
    id,
    variant,
    kind,
    title,
    module: files.find(({ path }) => path === capability.module)?.sha256 ?? '',
    effects: effects.map((effect) => ({ effect, words: EFFECT_WORDS[effect] })),
    reads: [...input.mediaTypes, ...input.magic.map(({ hex }) => hex)].join(' '),
    imports,
    hosts,
    inputClasses: input.classes,
    outputClasses: output.classes,
    output: OUTPUT_WORDS[output.kind],
    limits,
  };
}

function linesOf(bundle: Omit<BundleDescription, 'lines'>): readonly string[] {
  return [
    `${bundle.name} ${bundle.version} (sequence ${String(bundle.sequence)})`,
    `publisher ${bundle.publisher}`,
    `digest sha256:${bundle.digest}`,
    `published ${bundle.publishedAt}, to be installed until ${bundle.notAfter}`,
    `source ${bundle.source}`,
    ...bundle.capabilities.flatMap(capabilityLines),
    ...bundle.files.map(
      ({ path, size, sha256 }) => `file ${path}, ${String(size)} bytes, sha256:${sha256}`,
    ),
  ];
}

function capabilityLines(capability: CapabilityDescription): readonly string[] {
  const { limits } = capability;
  return [
    `capability ${capability.id} (${capability.variant}), ${capability.kind}: ${capability.title}`,
    ...capability.effects.map(({ effect, words }) => `  ${words} (${effect})`),
    ...(capability.effects.length === 0 ? ['  has no effects'] : []),
    ...capability.hosts.map((host) => `  host ${host}`),
    `  takes ${listed(capability.inputClasses)}, gives ${listed(capability.outputClasses)}: ${capability.output}`,
    `  imports ${listed(capability.imports)}`,
    `  at most ${String(limits.memoryPages / 16)} MiB of memory, ${String(limits.timeMs)} ms, ` +
      `${String(limits.inputBytes)} bytes in, ${String(limits.outputBytes)} bytes out, ` +
      `${String(limits.hostCalls)} host calls`,
    `  module sha256:${capability.module}`,
  ];
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'nothing' : words.join(', ');
}
