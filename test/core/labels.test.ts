import { readFileSync, readdirSync } from 'node:fs';
import { join as pathOf } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { project } from '../../host/core/field-label.ts';
import {
  BLOB_CLASSES,
  PUBLIC,
  TAGS,
  downgrades,
  join,
  labelOf,
  outputLabel,
  raised,
  tagList,
} from '../../host/core/label.ts';
import type { Label } from '../../host/core/label.ts';
import { declassifiedLabel, releasedLabel } from '../../host/kernel/release/relabel.ts';

const ORIGINS = ['s_1', 's_2', 's_3'];
const labels = fc
  .record({ tags: fc.subarray([...TAGS]), origins: fc.subarray(ORIGINS) })
  .map(({ tags, origins }) => labelOf(tags, origins));
const same = (a: Label, b: Label): boolean =>
  tagList(a).join() === tagList(b).join() &&
  [...a.origins].sort().join() === [...b.origins].sort().join();

describe('Label (INV-LABEL-1, D0.1-a)', () => {
  test('join is commutative, associative and idempotent, and drops nothing', () => {
    fc.assert(
      fc.property(labels, labels, labels, (a, b, c) => {
        expect(same(join(a, b), join(b, a))).toBe(true);
        expect(same(join(a, join(b, c)), join(join(a, b), c))).toBe(true);
        expect(same(join(a, a), a)).toBe(true);
        for (const tag of [...a.tags, ...b.tags]) expect(join(a, b).tags).toContain(tag);
      }),
    );
  });

  test('a caller raises a label and never lowers it (D0.1-d)', () => {
    const floor = labelOf(['pii.redacted'], ['s_1']);
    expect(same(raised(floor, undefined), floor)).toBe(true);
    expect(tagList(raised(floor, ['pii.attachment']))).toEqual(['pii.attachment', 'pii.redacted']);
    expect(tagList(raised(floor, ['public']))).toEqual(['pii.redacted']);
    expect(tagList(raised(floor, ['no such tag']))).toEqual(['pii.chat.message', 'pii.redacted']);
    expect(downgrades(floor, undefined)).toBe(false);
    expect(downgrades(floor, ['public'])).toBe(true);
    expect(downgrades(floor, ['pii.attachment'])).toBe(true);
    expect(downgrades(floor, ['pii.redacted', 'pii.attachment'])).toBe(false);
  });
});

describe('project (INV-LABEL-3, D0.1-c)', () => {
  const label = labelOf(['pii.redacted'], ['s_1']);
  const value = { a: 1, b: { c: 'x', d: 'y' }, list: [{ ok: true, why: 'z' }] };
  const fields = new Map([
    ['/a', labelOf([])],
    ['/b/c', labelOf(['pii.attachment'])],
    ['/list/*/ok', labelOf([])],
  ]);
  const tagsAt = (pointer: string): readonly string[] | undefined => {
    const part = project({ value, label, fields }, pointer);
    return part === undefined ? undefined : tagList(part.label);
  };

  test.each([
    ['', ['pii.attachment', 'pii.redacted']],
    ['/a', ['public']],
    ['/b', ['pii.attachment', 'pii.redacted']],
    ['/b/c', ['pii.attachment']],
    ['/b/d', ['pii.redacted']],
    ['/list', ['pii.redacted']],
    ['/list/0', ['pii.redacted']],
    ['/list/0/ok', ['public']],
    ['/list/0/why', ['pii.redacted']],
  ])('%s', (pointer, tags) => {
    expect(tagsAt(pointer)).toEqual(tags);
  });

  test('what is not there has no label, and nothing is inherited', () => {
    expect(['/x', '/a/b', '/list/1', '/toString', '/__proto__'].map(tagsAt)).toEqual(
      new Array(5).fill(undefined),
    );
  });

  test('without declared fields a part is what the whole is', () => {
    const part = project({ value, label, fields: new Map() }, '/list/0/ok');
    expect(part && same(part.label, label)).toBe(true);
  });
});

/** A step of a random program: what it takes is given as how far back it was made. */
type Step =
  | { readonly kind: 'blob'; readonly label: Label }
  | { readonly kind: 'plugin'; readonly inputs: readonly number[]; readonly run: number }
  | { readonly kind: 'tell'; readonly input: number; readonly run: number }
  | { readonly kind: 'write'; readonly run: number; readonly claim: readonly string[] }
  | { readonly kind: 'part'; readonly input: number }
  | { readonly kind: 'release'; readonly input: number; readonly granted: boolean }
  | { readonly kind: 'declassify'; readonly input: number; readonly approved: boolean };

const back = fc.nat(12);
const run = fc.nat(2);
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('blob' as const), label: labels }),
  fc.record({
    kind: fc.constant('plugin' as const),
    inputs: fc.array(back, { maxLength: 4 }),
    run,
  }),
  fc.record({ kind: fc.constant('tell' as const), input: back, run }),
  fc.record({ kind: fc.constant('write' as const), run, claim: fc.subarray(['public', ...TAGS]) }),
  fc.record({ kind: fc.constant('part' as const), input: back }),
  fc.record({ kind: fc.constant('release' as const), input: back, granted: fc.boolean() }),
  fc.record({ kind: fc.constant('declassify' as const), input: back, approved: fc.boolean() }),
);

/** A value, and what it is made of as far as nobody with an approval has said otherwise. */
interface Made {
  readonly label: Label;
  readonly madeOf: ReadonlySet<string>;
}

const RAW: readonly string[] = BLOB_CLASSES;
const NOTHING: Made = { label: labelOf([]), madeOf: new Set() };

describe('labels through plugins (KR-2, INV-LABEL-4)', () => {
  test('10,000 random graphs: no value lacks what it is made of, without an approval', () => {
    fc.assert(graphs(RULES), { numRuns: 10_000 });
  }, 60_000);

  const LOSSY: readonly (readonly [what: string, rules: Partial<Rules>])[] = [
    ['the handles of a call', { outputLabel: ({ floor, args }) => join(floor, args) }],
    ['the arguments', { outputLabel: ({ floor, handles }) => join(floor, ...handles) }],
    ['the floor of the run', { outputLabel: ({ args, handles }) => join(args, ...handles) }],
    ['what was told', { join: (floor) => floor }],
    ['what was known of a text', { raised: (_, claimed = []) => labelOf(claimed) }],
    ['the label of the whole', { project: () => ({ value: 1, label: PUBLIC, fields: new Map() }) }],
    ['that nothing was granted', { releasedLabel: () => labelOf(['pii.redacted']) }],
    ['that nothing was approved', { declassifiedLabel: () => PUBLIC }],
  ];
  test.each(LOSSY)('the same sees it where a rule forgets %s', (_, rules) => {
    const search = fc.check(graphs({ ...RULES, ...rules }), { numRuns: 10_000 });
    expect(search.failed).toBe(true);
  });
});

/** The rules of the product, so that a test can put another in the place of one. */
const RULES = { declassifiedLabel, join, outputLabel, project, raised, releasedLabel };
type Rules = typeof RULES;

/** Programs after each of whose steps every value still has what it is made of. */
function graphs(rules: Rules): fc.IProperty<[readonly Step[]]> {
  return fc.property(fc.array(steps, { minLength: 2, maxLength: 25 }), (program) => {
    const floors: Made[] = [NOTHING, NOTHING, NOTHING];
    const made: Made[] = [];
    for (const step of program) {
      const value = perform(step, { made, floors, rules });
      made.push(value);
      for (const part of value.madeOf) {
        const [what, word = ''] = part.split(' ');
        const { tags, origins } = value.label;
        const has = what === 'tag' ? [...tags].map(String) : [...origins];
        if (!has.includes(word)) throw new Error(`${step.kind} lost ${part}`);
      }
    }
  });
}

interface State {
  readonly made: readonly Made[];
  readonly floors: Made[];
  readonly rules: Rules;
}

function perform(step: Step, { made, floors, rules }: State): Made {
  const at = (distance: number): Made => made.at(-1 - distance) ?? NOTHING;
  const floorOf = (index: number): Made => floors.at(index) ?? NOTHING;
  switch (step.kind) {
    case 'blob':
      return { label: step.label, madeOf: partsOf(step.label) };
    case 'plugin':
      return callPlugin(floorOf(step.run), step.inputs.map(at), rules);
    case 'tell': {
      const told = at(step.input);
      const floor = floorOf(step.run);
      floors[step.run] = { label: rules.join(floor.label, told.label), madeOf: union(floor, told) };
      return told;
    }
    case 'write':
      return { ...floorOf(step.run), label: rules.raised(floorOf(step.run).label, step.claim) };
    case 'part': {
      const whole = at(step.input);
      const value = { value: { a: 1 }, label: whole.label, fields: new Map() };
      return { ...whole, label: rules.project(value, '/a')?.label ?? labelOf([]) };
    }
    case 'release':
      return release(at(step.input), step.granted, rules);
    case 'declassify':
      return declassify(at(step.input), step.approved, rules);
  }
}

function callPlugin(floor: Made, inputs: readonly Made[], rules: Rules): Made {
  const [args = NOTHING, ...handles] = inputs;
  const label = rules.outputLabel({
    floor: floor.label,
    args: args.label,
    handles: handles.map((handle) => handle.label),
  });
  return { label, madeOf: union(floor, args, ...handles) };
}

function release(value: Made, granted: boolean, rules: Rules): Made {
  const label = rules.releasedLabel(value.label, { granted, passed: true });
  if (!granted) return { ...value, label };
  const raw = [...value.madeOf].some((part) => RAW.includes(part.slice('tag '.length)));
  const kept = [...value.madeOf].filter((part) => !RAW.includes(part.slice('tag '.length)));
  return { label, madeOf: new Set([...kept, ...(raw ? ['tag pii.redacted'] : [])]) };
}

function declassify(value: Made, approved: boolean, rules: Rules): Made {
  const label = rules.declassifiedLabel(value.label, { approved, passed: true });
  const open = [...value.madeOf].every(
    (part) => part === 'tag pii.redacted' || part.startsWith('origin'),
  );
  return { label, madeOf: approved && open ? new Set() : value.madeOf };
}

const partsOf = ({ tags, origins }: Label): ReadonlySet<string> =>
  new Set([
    ...[...tags].map((tag) => `tag ${tag}`),
    ...[...origins].map((origin) => `origin ${origin}`),
  ]);
const union = (...all: readonly Made[]): ReadonlySet<string> =>
  new Set(all.flatMap(({ madeOf }) => [...madeOf]));

describe('what can lower a label (INV-LABEL-4)', () => {
  const files = readdirSync('host', { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const holding = (words: RegExp): readonly string[] =>
    files.filter((path) => words.test(readFileSync(pathOf('host', path), 'utf8'))).sort();

  test('is called by the release of a transform alone', () => {
    expect(holding(/\b(?:releasedLabel|declassifiedLabel)\b/)).toEqual([
      'kernel/release/relabel.ts',
      'kernel/transforms.ts',
    ]);
  });

  test('is no label out of nothing: who says that something is public', () => {
    expect(holding(/\bPUBLIC\b|\btags: new Set/)).toEqual([
      'core/label.ts',
      'flow/act.ts', // the floor of a command at the terminal
      'flow/agent-plane.ts', // ids and counters
      'kernel/exception-request.ts', // only to write the tags of a request
      'kernel/release/relabel.ts',
      'kernel/transforms.ts', // of a blob, by its class
      'policy/table.ts',
      'policy/variations.ts',
    ]);
  });
});
