import { readFileSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { EFFECTS } from '../../host/core/abi.ts';
import { TAGS } from '../../host/core/label.ts';
import type { PackSource } from '../../host/policy/pack.ts';
import type { Cedar } from '../../host/policy/cedar.ts';
import { loadCedar } from '../../host/policy/cedar.ts';
import {
  ADMIN_TASKS,
  CAPABILITY_KINDS,
  JUSTIFICATIONS,
  OUTPUT_KINDS,
  SINKS,
} from '../../host/policy/question.ts';
import { IDENTITY, SHIPPED, edited, load, withRule } from './pack-source.ts';
import { BIND, INGEST } from './questions.ts';

const rule = (id: string, body = 'permit (principal, action, resource);'): string =>
  `@id("${id}") @title("a title") ${body}`;

async function refusal(source: PackSource): Promise<unknown> {
  const failure: unknown = await load(source).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'CcosError', code: 'integrity' });
  return (failure as { detail: unknown }).detail;
}

describe('loadPack', () => {
  it('accepts the shipped pack, which validates strictly and without warnings', async () => {
    const engine = await load();
    expect(engine).toMatchObject(IDENTITY);
    expect(engine.rules.length).toBeGreaterThan(40);
    expect(engine.rules.every(({ title }) => title.length > 10)).toBe(true);
  });

  it('accepts a further file of rules', async () => {
    const engine = await load(withRule('local.cedar', rule('local.extra')));
    expect(engine.rules.map(({ id }) => id)).toContain('local.extra');
  });

  it('leaves an engine that is in use alone when another pack is loaded or refused', async () => {
    const engine = await load();
    await load(edited('default.cedar', (text) => text.slice(0, text.indexOf('@id('))));
    await refusal(withRule('default.cedar', 'permit'));
    expect(engine.decide(INGEST).decision).toBe('allow');
  });

  it.each([
    ['files', 'no schema', new Map([...SHIPPED].filter(([name]) => name.endsWith('.cedar')))],
    ['files', 'two schemas', new Map([...SHIPPED, ['other.cedarschema', '']])],
    ['files', 'no constitution', new Map([...SHIPPED].filter(([n]) => n !== 'constitution.cedar'))],
    ['files', 'another kind of file', new Map([...SHIPPED, ['run.sh', '']])],
    ['files', 'nothing', new Map<string, string>()],
    ['schema', 'a schema that is not one', edited('gate.cedarschema', (t) => t.slice(1))],
    ['syntax', 'a policy that is not one', withRule('default.cedar', 'permit (principal')],
    [
      'template',
      'a template',
      withRule(
        'default.cedar',
        rule('base.t', 'permit (principal == ?principal, action, resource);'),
      ),
    ],
    [
      'id',
      'a rule without an id',
      withRule('default.cedar', 'permit (principal, action, resource);'),
    ],
    ['id', 'an id of another form', withRule('default.cedar', rule('Base'))],
    ['id', 'an id of the engine', withRule('default.cedar', rule('engine.error'))],
    [
      'title',
      'no title',
      withRule('default.cedar', '@id("base.x") permit (principal, action, resource);'),
    ],
    ['duplicate', 'an id that is taken', withRule('default.cedar', rule('base.ingest'))],
    ['duplicate', 'an id that another file has', withRule('local.cedar', rule('base.ingest'))],
  ])('refuses with why=%s: %s', async (why, _, source) => {
    expect(await refusal(source)).toMatchObject({ what: 'policy', why });
  });

  it.each([
    ['a misspelt annotation', `@aproval("raw.reveal") ${rule('base.x')}`, 'annotations'],
    [
      'an annotation without a value',
      `@id("base.x") @title permit (principal, action, resource);`,
      'annotations',
    ],
    ['an approval of no known kind', `@approval("raw.revel") ${rule('base.x')}`, 'approval'],
    [
      'a title with markup',
      '@id("base.x") @title("<b>") permit (principal, action, resource);',
      'title',
    ],
  ])('refuses %s', async (_, text, why) => {
    expect(await refusal(withRule('default.cedar', text))).toMatchObject({ why });
  });

  it.each([
    ['a permit', rule('const.x')],
    ['an unless', rule('const.x', 'forbid (principal, action, resource) unless { true };')],
    [
      'an unless after a condition with that word',
      rule(
        'const.x',
        'forbid (principal, action, resource) when { "unless" == "// " } unless { true };',
      ),
    ],
    ['another id', rule('base.x', 'forbid (principal, action, resource);')],
  ])('refuses %s in the constitution', async (_, text) => {
    const detail = await refusal(withRule('constitution.cedar', text));
    expect(detail).toMatchObject({ why: 'constitution' });
  });

  it('refuses a rule that calls itself constitutional elsewhere', async () => {
    const text = rule('const.x', 'forbid (principal, action, resource);');
    expect(await refusal(withRule('default.cedar', text))).toMatchObject({ why: 'constitution' });
  });

  it.each([
    ['action', 'Action::"accessBlob"', 'Action::"acessBlob"'],
    ['attribute', 'resource.purged', 'resource.purgd'],
    ['context field', 'context.justification', 'context.justificaton'],
    ['label', 'Label::"pii.raw"', 'Label::"pii.rwa"'],
    ['sink', 'SinkKind::"log"', 'SinkKind::"logs"'],
    ['task', 'AdminTask::"raiseLimit"', 'AdminTask::"raiseLimits"'],
    ['capability kind', 'CapabilityKind::"transform"', 'CapabilityKind::"transfrom"'],
    ['type', 'is Gate::Plugin', 'is Gate::Plugn'],
  ])('refuses a constitution with a misspelt %s', async (_, right, wrong) => {
    const source = edited('constitution.cedar', (text) => text.replaceAll(right, wrong));
    expect(await refusal(source)).toMatchObject({ why: 'validation' });
  });

  it.each([
    ['attribute', 'purged: Bool', 'purgd: Bool'],
    ['label', '"pii.raw"', '"pii.rwa"'],
    ['action', 'action bind', 'action bnd'],
  ])('refuses a schema with a misspelt %s', async (_, right, wrong) => {
    const source = edited('gate.cedarschema', (text) => text.replaceAll(right, wrong));
    expect(await refusal(source)).toMatchObject({ why: 'validation' });
  });

  it.each([
    ['parentheses', '(', 'true', ')'],
    ['sets', '[', '', ']'],
    ['records', '{a: ', '1', '}'],
    ['conditions', 'if true then ', 'true', ' else true'],
    ['attributes', '', 'context', '.a'],
    ['alternatives', '', 'true', ' || true'],
    ['sums', '', '1', ' + 1'],
    ['negations', '!', 'true', ''],
  ])('refuses nested %s before Cedar overflows, and the engine in use goes on', async (...form) => {
    const [, before, middle, after] = form;
    const engine = await load();
    for (const times of [64, 1000, 100_000]) {
      const body = `${before.repeat(times)}${middle}${after.repeat(times)}`;
      const text = rule('local.deep', `permit (principal, action, resource) when { ${body} };`);
      expect(await refusal(withRule('local.cedar', text))).toMatchObject({ why: 'depth' });
    }
    expect(engine.decide(INGEST).decision).toBe('allow');
  });

  it('refuses a nested schema before Cedar overflows', async () => {
    const text = `type Deep = ${'Set<'.repeat(1000)}Long${'>'.repeat(1000)};`;
    expect(await refusal(edited('gate.cedarschema', (schema) => schema + text))).toMatchObject({
      why: 'depth',
    });
  });

  it.each([
    ['brackets', `${'('.repeat(15)}context.approved${')'.repeat(15)}`],
    ['operators', `context.approved${' || context.approved'.repeat(19)}`],
  ])('accepts and explains a rule with as many %s as may be', async (_, condition) => {
    const head = 'permit (principal, action == Gate::Action::"bind", resource)';
    const text = rule('local.deep', `${head} when { ${condition} };`);
    const engine = await load(withRule('local.cedar', text));
    expect(engine.decide({ ...BIND, port: 65536 })).toMatchObject({ rules: ['default.deny'] });
  });

  it('names the rule that does not validate', async () => {
    const source = edited('default.cedar', (text) =>
      text.replace('context.handle', 'context.hande'),
    );
    expect(await refusal(source)).toEqual({
      what: 'policy',
      why: 'validation',
      rule: 'base.blob.read',
    });
  });

  it('refuses a forbid that can never apply', async () => {
    const text = rule(
      'local.x',
      'forbid (principal is Gate::Agent, action == Gate::Action::"bind", resource);',
    );
    expect(await refusal(withRule('default.cedar', text))).toMatchObject({ why: 'validation' });
  });
});

describe('loadCedar', () => {
  it('is the only import of Cedar that is more than a type', () => {
    const folder = new URL('../../host/policy/', import.meta.url);
    const imports = readdirSync(folder).flatMap((name) =>
      readFileSync(new URL(name, folder), 'utf8')
        .split(/;\n/)
        .filter((statement) => statement.includes("'@cedar-policy/"))
        .map((statement) => (/\bimport type\b/.test(statement) ? 'type' : name)),
    );
    expect(imports.filter((what) => what !== 'type')).toEqual(['cedar.ts']);
  });
});

describe('the schema', () => {
  let cedar: Cedar;
  beforeAll(async () => {
    cedar = await loadCedar();
  });

  it.each([
    ['Label', ['public', ...TAGS, 'pii', 'pii.raw', 'pii.chat']],
    ['SinkKind', SINKS],
    ['AdminTask', ADMIN_TASKS],
    ['CapabilityKind', CAPABILITY_KINDS],
    ['OutputKind', OUTPUT_KINDS],
    ['Effect', EFFECTS],
  ] as const)('lists in %s what the host knows', (name, words) => {
    const answer = cedar.schemaToJson(SHIPPED.get('gate.cedarschema') ?? '');
    const types = answer.type === 'success' ? answer.json['Gate']?.entityTypes : undefined;
    expect(types?.[name]).toMatchObject({ enum: [...words] });
  });

  it('lists in const.blob.justification the reasons that the host knows', () => {
    const text = SHIPPED.get('constitution.cedar') ?? '';
    const list = /\(\[([^\]]*)\]\.contains\(context\.justification\)/.exec(text)?.[1] ?? '';
    expect(list.match(/[a-z.]+/g)).toEqual([...JUSTIFICATIONS]);
  });
});
