import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CcosError } from '../../host/core/error.ts';
import { DEFAULT_LIMITS } from '../../host/core/limits.ts';
import { runPlugin } from '../../host/flow/plugin-run.ts';
import type { PluginRun } from '../../host/flow/plugin-run.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { localClient } from '../../host/http/local-client.ts';
import { PASSWORD_HEADER, passwordHeader } from '../../host/core/document-password.ts';
import { world } from '../../host/runtime/world.ts';
import type { CallRequest } from '../../host/sandbox/index.ts';
import { approveDocuments, makeTestHome, openTestGateway } from '../support/home.ts';

const PASSWORD = 'open sesame';
const WRONG = 'canary-77f1-guess';
const LOCKED = readFileSync('test/plugins/locked/aes-128.pdf');

const home = makeTestHome();
let gateway: OpenGateway;
beforeAll(async () => {
  gateway = await openTestGateway(home);
  await approveDocuments(gateway);
});

const extract = (password?: string) =>
  gateway.services.extractor.extract({
    bytes: LOCKED,
    session: 'local',
    ...(password !== undefined && { password }),
  });

const codeOf = (failure: unknown): unknown =>
  failure instanceof CcosError ? failure.code : failure;

describe('Extractor: a document that is locked', () => {
  test('is read with its password, and document_encrypted without, or with another', async () => {
    expect((await extract(PASSWORD)).text).toBe('The figures behind the lock');
    await expect(extract().catch(codeOf)).resolves.toBe('document_encrypted');
    await expect(extract(WRONG).catch(codeOf)).resolves.toBe('document_encrypted');
  });

  test('is read inside a mail, too', async () => {
    const mail = [
      'Subject: statement',
      'MIME-Version: 1.0',
      'Content-Type: application/pdf',
      'Content-Disposition: attachment; filename=statement.pdf',
      'Content-Transfer-Encoding: base64',
      '',
      LOCKED.toString('base64'),
    ].join('\r\n');
    const read = await gateway.services.extractor.extract({
      bytes: Buffer.from(mail),
      declaredType: 'message/rfc822',
      session: 'local',
      password: PASSWORD,
    });
    expect(read.attachments).toMatchObject([{ text: 'The figures behind the lock' }]);
  });

  test('leaves nothing of its password: not in the error, not in a row, not in a file', async () => {
    const failure: unknown = await extract(WRONG).catch((error: unknown) => error);
    const rows = await gateway.services.audit.rows({ limit: 1000 });
    const files = filesBelow(home.directory).map((file) => readFileSync(file, 'latin1'));
    const everything = [JSON.stringify(failure), JSON.stringify(rows), ...files];
    const bytes = Buffer.from(WRONG);
    for (const trace of [WRONG, bytes.toString('base64'), bytes.toString('hex')])
      for (const text of everything) expect(text.includes(trace)).toBe(false);
    expect(rows.some(({ type }) => type === 'capability.call')).toBe(true);
  });
});

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());

describe('POST /v1/admin/extract: the header document-password', () => {
  const ask = (headers: Readonly<Record<string, string>>) =>
    localClient(gateway.services, home.adminToken()).request({
      method: 'POST',
      path: '/v1/admin/extract',
      headers,
      body: LOCKED,
    });

  test('carries the password as base64 of UTF-8', async () => {
    const { status, json } = await ask(passwordHeader(PASSWORD));
    expect(status).toBe(200);
    expect(json).toMatchObject({ text: 'The figures behind the lock' });
  });

  test.each([
    ['no base64', 'open sesame'],
    ['nothing', ''],
    ['no UTF-8', Buffer.from([0xff]).toString('base64')],
    ['too long', Buffer.alloc(1025, 'x').toString('base64')],
  ])('is invalid_input where it is %s, without its value', async (_, value) => {
    const { status, json } = await ask({ [PASSWORD_HEADER]: value });
    expect(status).toBe(422);
    expect(json).toEqual({
      error: expect.objectContaining({
        code: 'invalid_input',
        details: { field: `headers.${PASSWORD_HEADER}`, why: 'custom' },
      }) as unknown,
    });
  });
});

describe('runPlugin: what a plugin is told', () => {
  /** The input of one run, as the sandbox gets it. */
  async function inputOf(takesPassword: boolean): Promise<unknown> {
    const sent: Uint8Array[] = [];
    const sandbox = {
      call: (request: CallRequest) => {
        sent.push(request.input);
        const times = { queueMs: 0, loadMs: 0, runMs: 0 };
        return Promise.resolve({
          outcome: 'returned',
          errorSet: false,
          times,
          hostCalls: 0,
        } as const);
      },
    } as unknown as Parameters<typeof runPlugin>[0];
    const run = {
      handles: [],
      variant: {
        target: { name: 'a.b', declaredClass: 'pii.attachment' },
        manifest: { export: 'x', imports: [], effects: [], limits: {} },
        module: { sha256: '', bytes: new Uint8Array() },
        validatesInput: () => takesPassword,
      },
      limits: DEFAULT_LIMITS,
      args: { limits: { pages: 1, text_bytes: 1 } },
      password: PASSWORD,
      budget: { bytes: 0 },
      hostCalls: [],
    } as unknown as PluginRun;
    await runPlugin(sandbox, world, run);
    return JSON.parse(new TextDecoder().decode(sent[0]));
  }

  test('is the password only where its schema has one', async () => {
    const limits = { pages: 1, text_bytes: 1 };
    expect(await inputOf(true)).toMatchObject({ args: { limits, password: PASSWORD } });
    expect(await inputOf(false)).toMatchObject({ args: { limits } });
    expect(JSON.stringify(await inputOf(false))).not.toContain(PASSWORD);
  });
});
