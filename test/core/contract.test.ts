import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TITLE_SEPARATOR, coverageOf, parseContract } from '../../host/core/contract.ts';
import type { TestResult } from '../../host/core/contract.ts';

const TEXT = `# Words

### C-ONE-1

Something holds,
always.

- \`test/a.test.ts › group › sees %s hold\`
- \`test/b.test.ts › group\`

### C-ONE-2

Nothing sees this.

## More

### C-TWO-1

A last one.

- \`test/a.test.ts › $name: (a.b)\`
`;
const SENTENCES = parseContract(TEXT);

const passed = (file: string, title: string): TestResult => ({ file, title, passed: true });
const ALL = [
  passed('test/a.test.ts', 'group › sees it hold'),
  passed('test/a.test.ts', 'group › sees that hold'),
  passed('test/b.test.ts', 'group › one'),
  passed('test/a.test.ts', 'x: (a.b)'),
];
const states = (results: readonly TestResult[]) =>
  coverageOf(SENTENCES, results).map(({ state, tests }) => [state, tests]);

test('parseContract (NA-1): each sentence with its id, its text and its tests', () => {
  expect(SENTENCES.map(({ id, text, tests }) => [id, text, tests.length])).toEqual([
    ['C-ONE-1', 'Something holds, always.', 2],
    ['C-ONE-2', 'Nothing sees this.', 0],
    ['C-TWO-1', 'A last one.', 1],
  ]);
  expect(SENTENCES[0]?.tests[0]).toEqual({
    file: 'test/a.test.ts',
    title: 'group › sees %s hold',
  });
});

test('coverageOf (NA-1): proven by every case of every test, a group by all that is in it', () => {
  expect(states(ALL)).toEqual([
    ['proven', 3],
    ['not_run', 0],
    ['proven', 1],
  ]);
});

test('coverageOf: failed by one case, not run where one of its tests did not run, whatever else did', () => {
  const failing = ALL.map((result, i) => ({ ...result, passed: i !== 1 }));
  expect(states(failing)[0]).toEqual(['failed', 3]);
  expect(states(ALL.slice(0, 2))[0]).toEqual(['not_run', 2]);
  expect(states([])).toEqual(SENTENCES.map(() => ['not_run', 0]));
});

test('coverageOf: a title is no pattern, and a part of a title is not the title', () => {
  const [, , last] = states([
    passed('test/a.test.ts', 'x: (aXb)'),
    passed('test/a.test.ts', 'x: (a.b) and more'),
    passed('test/c.test.ts', 'x: (a.b)'),
  ]);
  expect(last).toEqual(['not_run', 0]);
});

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const contract = readFileSync('policies/CONTRACT.md', 'utf8');

test('policies/CONTRACT.md (NA-1): every heading with an id is read, once', () => {
  const ids = parseContract(contract).map(({ id }) => id);
  expect(ids).toEqual([...contract.matchAll(/^#+ (C-\S+)$/gm)].map(([, id]) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(40);
});

test.each(parseContract(contract).map((sentence) => [sentence.id, sentence] as const))(
  'policies/CONTRACT.md (NA-1): %s has tests, and each of them exists',
  (_, { text, tests }) => {
    expect(text).toMatch(/^[A-Z`].*\.$/);
    expect(tests.length).toBeGreaterThan(0);
    for (const { file, title } of tests) {
      expect(existsSync(file), file).toBe(true);
      const source = readFileSync(file, 'utf8').replaceAll("\\'", "'");
      for (const part of title.split(TITLE_SEPARATOR))
        expect(source).toMatch(new RegExp(`(['"\`])${escaped(part)}\\1`));
    }
  },
);
