import { describe, expect, it } from 'vitest';
import { lintPack } from '../../host/policy/lint.ts';
import { tuneForGateway } from '../../host/runtime/v8-flags.ts';
import { SHIPPED, edited, withRule } from './pack-source.ts';

const release = (sink: string, more = ''): string =>
  `permit (principal, action == Gate::Action::"release", resource in Gate::SinkKind::"${sink}")${more};`;
const named = (id: string, text: string): string => `@id("${id}") @title("a title") ${text}`;
const ANYWHERE = 'permit (principal, action == Gate::Action::"release", resource)';

const codes = async (file: string, text: string): Promise<readonly (readonly unknown[])[]> =>
  (await lintPack(withRule(file, text))).map(({ code, rule }) => [code, rule]);

tuneForGateway(); // so many questions as one lint asks end an untuned Node 20

describe('lintPack (D0.2-a)', () => {
  it('has nothing against the shipped pack', async () => {
    expect(await lintPack(SHIPPED)).toEqual([]);
  });

  it.each([
    ['every sink', `${ANYWHERE};`],
    ['every sink, for an approval of anything', `${ANYWHERE} when { context.approved };`],
    ['every sink but one', `${ANYWHERE} unless { resource in Gate::SinkKind::"fs" };`],
    ['every public host', release('http.public')],
    [
      'every public host, for what is redacted',
      release('http.public', ' when { context.payload in Gate::Label::"pii.redacted" }'),
    ],
    [
      'every public host, in one case of two',
      release('http.public', ' when { context.approved || context.releasedGrant }'),
    ],
    [
      'every public host, where nothing was approved',
      release('http.public', ' when { !context.approved }'),
    ],
    ['every file', release('fs')],
    ['every node', release('node')],
    ['anything that is asked', 'permit (principal, action, resource);'],
  ])('refuses wildcard egress: %s', async (_, text) => {
    expect(await codes('local.cedar', named('local.wild', text))).toEqual([
      ['wildcard_egress', 'local.wild'],
    ]);
  });

  it('accepts a permit for one destination by its name, which is no wildcard', async () => {
    const text =
      'permit (principal, action == Gate::Action::"release", resource == Gate::Sink::"one")';
    const rule = `${text} when { context.payload in Gate::Label::"pii.redacted" };`;
    expect(await codes('local.cedar', named('local.one', rule))).toEqual([]);
  });

  it.each([
    [
      'a permit beside a wider one',
      named(
        'local.dead',
        release('http.public', ' when { context.approved && context.localDocument }'),
      ),
    ],
    [
      'a permit of what is forbidden',
      named('local.dead', release('agent', ' when { context.payload in Gate::Label::"pii.raw" }')),
    ],
    [
      'a forbid beside the same one',
      named(
        'local.dead',
        'forbid (principal, action == Gate::Action::"release", resource) when { context.payload in Gate::Label::"secret.token" };',
      ),
    ],
    [
      'a forbid of what can not be',
      named(
        'local.dead',
        'forbid (principal, action == Gate::Action::"bind", resource) when { resource.port > 1 && resource.port < 1 };',
      ),
    ],
  ])('refuses a rule that decides nothing: %s', async (_, text) => {
    expect((await codes('local.cedar', text)).map(([code]) => code)).toContain('dead_rule');
  });

  it('accepts rules that decide by what they name themselves', async () => {
    const rules = [
      named(
        'local.port',
        'forbid (principal, action == Gate::Action::"bind", resource) when { resource.port == 8080 };',
      ),
      named(
        'local.agent',
        'forbid (principal == Gate::Agent::"a_17", action == Gate::Action::"execute", resource);',
      ),
      named(
        'local.publisher',
        'forbid (principal, action == Gate::Action::"accessBlob", resource) when { principal.publisher like "acme*" };',
      ),
      named(
        'local.size',
        'forbid (principal, action == Gate::Action::"ingest", resource) when { context.bytes > 5000 };',
      ),
    ];
    expect(await codes('local.cedar', rules.join('\n'))).toEqual([]);
  });

  it.each([
    ['id', 'permit (principal, action == Gate::Action::"bind", resource);'],
    ['id', '@title("x") permit (principal, action == Gate::Action::"bind", resource);'],
    ['title', '@id("local.x") permit (principal, action == Gate::Action::"bind", resource);'],
    [
      'annotations',
      '@id("local.x") @titel("x") permit (principal, action == Gate::Action::"bind", resource);',
    ],
    [
      'approval',
      '@approval("bind.opn") @id("local.x") @title("x") permit (principal, action == Gate::Action::"bind", resource);',
    ],
    ['syntax', 'permit (principal'],
    [
      'validation',
      named(
        'local.x',
        'forbid (principal, action == Gate::Action::"accessBlob", resource) when { resource.purgd };',
      ),
    ],
    [
      'duplicate',
      named('base.bind', 'permit (principal, action == Gate::Action::"bind", resource);'),
    ],
    [
      'constitution',
      named('const.x', 'forbid (principal, action == Gate::Action::"bind", resource);'),
    ],
    [
      'depth',
      named(
        'local.x',
        `permit (principal, action, resource) when { ${'('.repeat(40)}true${')'.repeat(40)} };`,
      ),
    ],
    ['template', named('local.x', 'permit (principal == ?principal, action, resource);')],
  ])('says %s of a pack that would not load', async (code, text) => {
    const [problem] = await lintPack(withRule('local.cedar', text));
    expect(problem).toMatchObject({ code });
    expect(problem?.mend).not.toBe('');
  });

  it('says where, and what Cedar says, of a word that the schema does not have', async () => {
    const source = edited('constitution.cedar', (text) =>
      text.replace('resource.purged', 'resource.purgd'),
    );
    expect(await lintPack(source)).toMatchObject([
      {
        code: 'validation',
        file: 'constitution.cedar',
        rule: 'const.blob.purged',
        detail: expect.stringContaining('purged') as string,
      },
    ]);
  });

  it('finds every unnamed rule of a file at once, in its order', async () => {
    const bare = 'permit (principal, action == Gate::Action::"bind", resource);';
    const problems = await lintPack(withRule('local.cedar', `${bare}\n@id("local.b") ${bare}`));
    expect(problems.map(({ code }) => code)).toEqual(['id', 'title']);
  });
});
