import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ccosAt, ccosJson } from '../support/ccos-command.ts';
import { memoryOf, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import { rowsAfter } from '../support/http-request.ts';
import {
  EXTRACTION,
  extractWith,
  installPlugins,
  mediaTypeOf,
  says,
} from '../support/plugin-bundle.ts';
import type { BundledPlugin } from '../support/plugin-bundle.ts';
import { ERROR_SET, kernelOutput, plugin } from '../sandbox/plugins.ts';

const json = (changes: object): string => JSON.stringify({ ...EXTRACTION, ...changes });
/** What a plugin writes and nobody may find in an error, a row or a log line. */
const SECRET = 'do-not-repeat-7f3a';

const OWN_SCHEMA = {
  type: 'object',
  properties: {
    format: { const: 'text' },
    pages: { type: 'array', maxItems: 3 },
    counts: { type: 'object' },
    truncated: { type: 'boolean' },
    warnings: { type: 'array' },
  },
  additionalProperties: false,
};

interface Bad extends BundledPlugin {
  readonly status: number;
  readonly code: string;
  readonly why?: string;
}

const rejected = (name: string, output: Uint8Array | string, why: string): Bad => ({
  name,
  plugin: says(output),
  status: 422,
  code: 'transform_rejected',
  why,
});

const MiB = 1024 * 1024;

const BAD: readonly Bad[] = [
  rejected('nothing', '', 'no_output'),
  rejected('not-utf8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'utf8'),
  rejected('overlong-utf8', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'utf8'),
  rejected('surrogate-utf8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'utf8'),
  rejected('half-json', `{"format":"${SECRET}"`, 'syntax'),
  rejected('two-documents', `${json({})}${json({})}`, 'syntax'),
  rejected(
    'lone-surrogate',
    json({ title: 'x' }).replace('"x"', String.raw`"\ud800"`),
    'surrogate',
  ),
  rejected('deep', `${'['.repeat(65)}${']'.repeat(65)}`, 'depth'),
  {
    name: 'text-twice',
    plugin: says(json({}).replace('"text":', `"text":"${SECRET}","text":`)),
    status: 502,
    code: 'plugin_failed',
    why: 'duplicate_key',
  },
  rejected('not-an-object', `"${SECRET}"`, 'schema'),
  rejected('no-pages', JSON.stringify({ format: 'text', secret: SECRET }), 'shape'),
  rejected('pages-no-list', json({ pages: { length: 1 } }), 'shape'),
  rejected('text-a-number', json({ pages: [{ number: 1, text: 7 }] }), 'shape'),
  rejected('negative-page', json({ pages: [{ number: -1, text: SECRET }] }), 'shape'),
  rejected('many-warnings', json({ warnings: Array.from({ length: 101 }, () => 'w') }), 'shape'),
  rejected('long-warning', json({ warnings: [SECRET.repeat(10)] }), 'shape'),
  { ...rejected('extra-field', json({ [SECRET]: 1 }), 'schema'), schema: OWN_SCHEMA },
  {
    ...rejected('too-many-pages', json({ pages: Array(4).fill(EXTRACTION.pages[0]) }), 'schema'),
    schema: OWN_SCHEMA,
  },
  {
    name: 'hundred-megabytes',
    plugin: plugin({
      uses: ['out_write'],
      run: `(loop $again
        (drop (call $out_write (i32.const 0) (i32.const 65536)))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $n) (i32.const ${String((100 * MiB) / 65_536)}))))
        i32.const 0`,
    }),
    limits: { hostCalls: 5000 },
    status: 422,
    code: 'limit',
  },
  { name: 'large-extism-output', plugin: kernelOutput(2 * MiB), status: 422, code: 'limit' },
  { name: 'error-set', plugin: ERROR_SET, status: 502, code: 'plugin_failed' },
  { name: 'traps', plugin: plugin({ run: 'unreachable' }), status: 502, code: 'plugin_failed' },
  ...(
    [
      [1, 422, 'document_malformed'],
      [2, 422, 'document_encrypted'],
      [3, 415, 'unsupported_type'],
      [4, 422, 'limit'],
      [5, 422, 'document_empty'],
      [6, 422, 'needs_ocr'],
      [7, 422, 'transform_rejected'],
      [99, 422, 'document_malformed'],
    ] as const
  ).map(([fail, status, code]) => ({
    name: `fails-${String(fail)}`,
    plugin: plugin({
      uses: ['fail', 'out_write'],
      more: `(data (i32.const 0) "${JSON.stringify(EXTRACTION).replaceAll('"', '\\"')}")`,
      run: `(call $fail (i32.const ${String(fail)}))
        (call $out_write (i32.const 0) (i32.const ${String(JSON.stringify(EXTRACTION).length)}))`,
    }),
    status,
    code,
  })),
];

const ESCAPES = 'safe \u001b[31mred\u001b[0m \u001b]0;title\u0007 \u202egnp.exe \u009b2J end';
const home = makeTestHome().directory;
let gateway: Up;

beforeAll(async () => {
  gateway = await up(home);
  await installPlugins(home, [
    ...BAD,
    { name: 'good', plugin: says(json({})) },
    { name: 'escapes', plugin: says(json({ pages: [{ number: 1, text: ESCAPES }] })) },
    { name: 'extra', plugin: says(json({ labels: ['public'], call_id: 'mine', plugin: 'mine' })) },
  ]);
  return async () => {
    await gateway.stop();
  };
});

describe('what a plugin returns is checked', () => {
  test.each(BAD)('$name: $status $code', async ({ name, status, code, why }) => {
    const before = (await rowsAfter(gateway, 0)).length;
    const answer = await extractWith(gateway, name);
    expect([answer.status, answer.code]).toEqual([status, code]);
    if (why !== undefined) expect(answer.error?.details).toEqual({ why });
    expect(answer.body).not.toContain(SECRET);
    const rows = await rowsAfter(gateway, before);
    const result = rows.find(({ type }) => type === 'capability.result');
    expect(result?.data['outcome']).toBe(code);
    expect(rows.filter(({ type }) => type === 'quarantine.put')).toHaveLength(1); // the input
    expect(JSON.stringify(rows)).not.toContain(SECRET);
    expect(gateway.output()).not.toContain(SECRET);
  });

  test('and the gateway serves on, no larger than before', async () => {
    expect((await extractWith(gateway, 'good')).status).toBe(200);
    const { now } = memoryOf(gateway.pid);
    await extractWith(gateway, 'hundred-megabytes');
    expect(memoryOf(gateway.pid).now - now).toBeLessThan(90); // it wrote 100
    expect(await ccosJson(home, 'audit', 'verify')).toMatchObject({ ok: true });
  });
});

test('what the host says of a result cannot be said by the plugin', async () => {
  const { body } = await extractWith(gateway, 'extra');
  const result = JSON.parse(body) as { labels: unknown; call_id: string; plugin: { id: string } };
  expect(result.labels).toEqual(['pii.attachment']);
  expect(result.call_id).toMatch(/^call_[0-9a-f]{32}$/);
  expect(result.plugin.id).toBe('acme/plugins:extra');
});

/** What `ccos extract` prints, on a screen or into a pipe. */
async function printed(onScreen: boolean): Promise<string> {
  const file = join(makeTestFolder(), 'document');
  writeFileSync(file, 'some document');
  const args = ['extract', file, '--type', mediaTypeOf('escapes'), '--home', home];
  const { exit, stdout } = await ccosAt({ onScreen }, ...args);
  expect(exit).toBe(0);
  return stdout;
}

test('escape sequences in a text are kept for programs and shown, not obeyed, on a terminal', async () => {
  expect(await printed(false)).toBe(`${ESCAPES}\n`);
  const shown = await printed(true);
  expect(shown).toContain('\\x1b[31mred\\x1b[0m');
  expect(shown.trimEnd()).toMatch(/^[ -~]+$/);
});
