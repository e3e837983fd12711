import type { ApprovalChange, ApprovalRequest } from '../kernel/approval-request.ts';
import { leakWords } from '../core/leak.ts';
import { describeBundle } from './describe.ts';
import type { CapabilityDescription } from './describe.ts';
import { releasedCeiling } from './leak-ceiling.ts';
import type { VerifiedBundle } from './verify.ts';

/** The approval that makes one digest the active bundle of its name. */
export function installRequest(bundle: VerifiedBundle): ApprovalRequest {
  const description = describeBundle(bundle.manifest, bundle.digest);
  const { name, version, sequence, publisher, digest } = description;
  return {
    kind: 'bundle.install',
    subject: name,
    summary: `install the bundle ${name} ${version}, signed by ${publisher}`,
    changes: [
      { effect: 'WIDENS', what: 'the code of this bundle can be loaded', value: digest },
      ...[...new Set(description.capabilities.map(({ id }) => id))].map((value) => ({
        effect: 'WIDENS' as const,
        what: 'it offers the capability, which needs an approval of its own',
        value,
      })),
    ],
    facts: {
      name,
      version,
      sequence,
      publisher,
      digest,
      signers: [...bundle.signers],
      published: description.publishedAt,
      modules: description.capabilities.map(({ variant, module }) => `${variant} sha256:${module}`),
    },
  };
}

/** The approval that lets one capability of one digest be called. */
export function capabilityRequest(bundle: VerifiedBundle, id: string): ApprovalRequest {
  const { name, version, capabilities } = describeBundle(bundle.manifest, bundle.digest);
  const variants = capabilities.filter((capability) => capability.id === id);
  const effects = new Map(
    variants.flatMap(({ effects: all }) => all.map((e) => [e.effect, e.words])),
  );
  const asked = bundle.manifest.capabilities.filter((capability) => capability.id === id);
  const leaks = asked.flatMap((capability) => releasedCeiling(capability, bundle.files) ?? []);
  const bits = leaks.length === 0 ? null : Math.max(...leaks.map((leak) => leak.bits));
  return {
    kind: 'capability.enable',
    subject: id,
    summary: `let ${id} of ${name} ${version} be called`,
    changes: [
      ...[...effects].map(([value, words]): ApprovalChange => ({
        effect: 'WIDENS',
        what: `it ${words}`,
        value,
      })),
      ...classesOf(variants).map((value): ApprovalChange => ({
        effect: 'WIDENS',
        what: 'it is given content of the class',
        value,
      })),
      {
        effect: 'WIDENS',
        what: 'the most memory that one call can take, in MiB',
        value: memoryMiB(variants),
      },
      {
        effect: 'WIDENS',
        what: 'the longest that one call can take, in ms',
        value: timeMs(variants),
      },
      ...powersOf(variants),
      ...(variants.some(({ kind }) => kind === 'action') ? [] : [whatLeaves(variants, bits)]),
    ],
    facts: {
      capability: id,
      bundle: name,
      digest: bundle.digest,
      version,
      variants: variants.map(factOf),
      ...(bits !== null && { leak_bits: bits }),
    },
  };
}

/** What an agent may be told, by the host's own count; null where it is told nothing. */
function whatLeaves(
  variants: readonly CapabilityDescription[],
  bits: number | null,
): ApprovalChange {
  if (variants.every(({ kind }) => kind === 'verifier'))
    return {
      effect: 'SAME',
      what: 'it says yes or no of a result; each approval that lets that count names it',
    };
  if (bits === null)
    return {
      effect: 'SAME',
      what: 'agents get nothing of its result: the text stays in quarantine and goes to the operator',
    };
  return {
    effect: 'WIDENS',
    what: 'the most that it can tell an agent of what it reads, were it hostile',
    value: leakWords(bits),
  };
}

/** One variant on one line: everything that its call is bounded by. */
function factOf(capability: CapabilityDescription): string {
  const { variant, kind, module, effects, imports, hosts, limits, reads } = capability;
  return [
    `${variant}: ${kind}`,
    `module sha256:${module}`,
    `effects ${effects.map(({ effect }) => effect).join(' ') || 'none'}`,
    `reads ${reads || 'whatever nothing else reads'}`,
    `hosts ${hosts.join(' ') || 'none'}`,
    `imports ${imports.join(' ')}`,
    `at most ${String(limits.memoryPages / 16)} MiB, ${String(limits.timeMs)} ms, ${String(limits.inputBytes)} bytes in, ${String(limits.outputBytes)} bytes out, ${String(limits.hostCalls)} host calls`,
  ].join('; ');
}

/** What it has of the world outside, and who gets its result. */
function powersOf(variants: readonly CapabilityDescription[]): readonly ApprovalChange[] {
  if (!variants.some(({ kind }) => kind === 'action'))
    return [{ effect: 'SAME', what: 'it has no network, no files, no clock and no environment' }];
  const hosts = [...new Set(variants.flatMap((variant) => variant.hosts))];
  return [
    ...hosts.map((value): ApprovalChange => ({
      effect: 'WIDENS',
      what:
        value === '*'
          ? 'it may ask for any host; each one needs an exception of its own'
          : 'what is public may go to the host, over TLS',
      value,
    })),
    {
      effect: 'SAME',
      what: 'what is or may be personal data leaves only by an exception that names it',
    },
    { effect: 'SAME', what: 'its result goes to whoever called it' },
    { effect: 'SAME', what: 'it has no clock and no environment' },
  ];
}

const classesOf = (variants: readonly CapabilityDescription[]): readonly string[] => [
  ...new Set(variants.flatMap(({ inputClasses }) => inputClasses)),
];
const memoryMiB = (variants: readonly CapabilityDescription[]): number =>
  Math.max(...variants.map(({ limits }) => limits.memoryPages / 16));
const timeMs = (variants: readonly CapabilityDescription[]): number =>
  Math.max(...variants.map(({ limits }) => limits.timeMs));
