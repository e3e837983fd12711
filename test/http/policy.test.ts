import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { TAGS } from '../../host/core/label.ts';
import { SINKS } from '../../host/policy/question.ts';
import type { Question } from '../../host/policy/question.ts';
import { BASES } from '../../host/policy/sample.ts';
import { variations } from '../../host/policy/variations.ts';
import { toAsked, toQuestion } from '../../host/kernel/question-schema.ts';
import { ccos, ccosJson } from '../support/ccos-command.ts';
import { makeTestFolder, makeTestHome, openTestGateway } from '../support/home.ts';
import { SHIPPED } from '../policy/pack-source.ts';

const home = makeTestHome().directory;
const folder = makeTestFolder();
const WILD =
  '@id("local.wild") @title("anything may leave") permit (principal, action == Gate::Action::"release", resource);';

interface Shown {
  readonly version: string;
  readonly sha256: string;
  readonly signer: string;
  readonly rules: readonly { readonly id: string; readonly text: string }[];
}
interface Evaluated {
  readonly decision: string;
  readonly rules: readonly string[];
  readonly reason: string;
  readonly facts: readonly { readonly fact: string; readonly decision: string }[];
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const evaluate = (
  ...options: readonly string[]
): Promise<Evaluated & { readonly exit: number | null }> =>
  ccos(home, 'policy', 'eval', ...options, '--json').then(({ exit, stdout }) => ({
    ...(JSON.parse(stdout) as Evaluated),
    exit,
  }));

beforeAll(() => ccosJson(home, 'status')); // makes the databases

describe('ccos policy show (D0.2-a)', () => {
  test('has the version, digest and signer of the pack, and its rules in their order', async () => {
    const pack = await ccosJson<Shown>(home, 'policy', 'show');
    const status = await ccosJson<{ policy: Pick<Shown, 'version' | 'sha256'> }>(home, 'status');
    expect({ version: pack.version, sha256: pack.sha256 }).toEqual(status.policy);
    expect(pack.signer).toMatch(/^ed25519:/);
    const source = [...SHIPPED].filter(([name]) => name.endsWith('.cedar')).sort();
    const ids = source.flatMap(([, text]) => [...text.matchAll(/^@id\("([^"]+)"\)/gm)]);
    expect(pack.rules.map(({ id }) => id)).toEqual(ids.map(([, id]) => id));
  });

  test('prints one rule, and says which there are where there is no such one', async () => {
    const shown = await ccos(home, 'policy', 'show', 'const.agent.raw');
    expect(shown.stdout).toContain('raw personal data never reaches an agent');
    expect(shown.stdout).toContain('forbid (');
    const none = await ccos(home, 'policy', 'show', 'const.agent.rwa');
    expect([none.exit, none.stderr]).toEqual([1, expect.stringContaining('ccos policy show')]);
  });

  test('--table has a row for each sink and a column for each label, and every cell with --json', async () => {
    const { stdout } = await ccos(home, 'policy', 'show', '--table');
    const [heading = '', ...rows] = stdout.split('\n');
    expect(heading.split(/ {2,}/)).toEqual(['SINK', 'public', ...TAGS]);
    expect(rows.slice(0, SINKS.length).map((row) => row.split(' ')[0])).toEqual(SINKS);
    const { cells } = await ccosJson<{ cells: readonly unknown[] }>(
      home,
      'policy',
      'show',
      '--table',
    );
    expect(cells).toHaveLength(SINKS.length * (TAGS.length + 1) * 2);
  });
});

describe('ccos policy eval (D2.2-d, D0.1-a)', () => {
  test.each([
    ['pii.redacted', 'http.public', 4, 'base.release.http.public'],
    ['pii.chat.message', 'http.public', 3, 'const.egress.raw'],
    ['pii.chat.mesage', 'http.public', 3, 'const.egress.raw'],
    ['public,pii.chat.message', 'agent', 3, 'const.agent.raw'],
    ['secret.token', 'operator', 3, 'const.release.secret'],
    ['public', 'agent', 0, 'base.release.agent.public'],
  ])('--labels %s --sink %s ends with %i by %s', async (...expected) => {
    const [labels, sink, exit, rule] = expected;
    const run = await evaluate('--labels', labels, '--sink', sink);
    expect(run).toMatchObject({ exit, rules: [rule] });
    expect(run.reason).not.toBe('');
  });

  test('what has no label counts as raw personal data', async () => {
    expect(await evaluate('--unlabelled', '--sink', 'agent')).toMatchObject({
      exit: 3,
      rules: ['const.agent.raw'],
    });
  });

  test('names each fact that would turn it, and what it would be', async () => {
    const { facts } = await evaluate('--labels', 'pii.redacted', '--sink', 'http.public');
    expect(facts).toContainEqual({
      fact: 'approved',
      value: 'false',
      instead: 'true',
      decision: 'allow',
    });
    expect(facts.map(({ fact }) => fact)).not.toContain('localDocument');
    const allowed = await evaluate(
      '--labels',
      'pii.redacted',
      '--sink',
      'http.public',
      '--approved',
    );
    expect(allowed).toMatchObject({ exit: 0, decision: 'allow' });
  });

  test('takes any question as JSON, and prints one of each action to start from', async () => {
    const { stdout } = await ccos(home, 'policy', 'eval', '--example', 'accessBlob');
    const asked = JSON.parse(stdout) as { running: boolean };
    expect(await evaluate('--question', file('q.json', stdout))).toMatchObject({
      exit: 0,
      rules: ['base.blob.read'],
    });
    const stopped = file('q2.json', JSON.stringify({ ...asked, running: false }));
    expect(await evaluate('--question', stopped)).toMatchObject({
      exit: 3,
      rules: ['default.deny'],
    });
  });

  test.each([
    [[]],
    [['--sink', 'agent']],
    [['--sink', 'agent', '--labels', 'public', '--unlabelled']],
    [['--sink', 'nowhere', '--labels', 'public']],
    [['--example', 'fly']],
    [['--question', '/does/not/exist']],
  ])('%j is exit 2', async (options) => {
    expect((await ccos(home, 'policy', 'eval', ...options)).exit).toBe(2);
  });

  test('decides every question as the gate of a running gateway does, and writes no row', async () => {
    const { services, close } = await openTestGateway(makeTestHome());
    const rows = (await services.audit.rows({ limit: 1 }))[0]?.seq;
    const decide = (question: Question) => services.policies.evaluate(question).verdict;
    for (const base of BASES)
      for (const question of [base, ...variations(base).map((one) => one.question)])
        expect(decide(toQuestion(toAsked(question)))).toEqual(decide(question));
    expect((await services.audit.rows({ limit: 1 }))[0]?.seq).toBe(rows);
    await close();
  });
});

describe('ccos policy lint (D0.2-a)', () => {
  test('has nothing against the pack in force', async () => {
    expect(await ccos(home, 'policy', 'lint')).toMatchObject({
      exit: 0,
      stdout: 'nothing is wrong\n',
    });
  });

  test('refuses a file with a wildcard beside the pack in force, and says what to do', async () => {
    const { exit, stdout } = await ccos(home, 'policy', 'lint', file('local.cedar', WILD));
    expect(exit).toBe(1);
    expect(stdout).toContain('wildcard_egress  local.cedar local.wild\n  mend: ');
  });

  test('takes a folder for a pack of its own', async () => {
    const pack = makeTestFolder();
    for (const [name, text] of SHIPPED) writeFileSync(join(pack, name), text);
    expect((await ccos(home, 'policy', 'lint', pack)).exit).toBe(0);
    writeFileSync(join(pack, 'constitution.cedar'), 'forbid (principal, action, resource);');
    const { stdout } = await ccos(home, 'policy', 'lint', pack);
    expect(stdout).toContain('id  constitution.cedar');
    expect(readdirSync(pack)).toHaveLength(3);
  });

  test('leaves the pack in force as it was', async () => {
    const before = readFileSync(join(home, 'policies', 'default.cedar'), 'utf8');
    expect(before).toBe(SHIPPED.get('default.cedar'));
    expect(await evaluate('--labels', 'public', '--sink', 'http.public')).toMatchObject({
      exit: 4,
    });
  });
});
