import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { application } from '../../host/application.ts';
import type { ClientRequest } from '../../host/http/client.ts';
import { makeTestFolder } from '../support/home.ts';
import { ccos } from './harness.ts';
import type { Routes } from './harness.ts';

const VALUE = 'canary-42d0-value';
const APPROVAL = {
  id: 'ap_1',
  kind: 'secret.insert',
  subject: 'TOKEN',
  status: 'pending',
  digest: 'd',
  requested: '2026-01-01T00:00:00Z',
  expires: '2026-01-08T00:00:00Z',
  summary: 'put the secret TOKEN into use',
  requester: 'gateway',
  risk: { level: 'high', words: ['This lets something happen.'] },
  changes: [],
  request: {},
};
const ROUTES: Routes = {
  'POST /secrets/TOKEN': () => ({ name: 'TOKEN', approvals: [APPROVAL] }),
  'POST /secrets/TOKEN/rotate': () => ({ name: 'TOKEN', approvals: [APPROVAL] }),
  'POST /approvals/ap_1/approve': () => ({ approval: { ...APPROVAL, status: 'approved' } }),
};

describe('ccos secrets put (D1.5a)', () => {
  it.each([
    [['secrets', 'put', 'TOKEN', VALUE]],
    [['secrets', 'rotate', 'TOKEN', VALUE]],
    [['secrets', 'put', 'TOKEN', `--value=${VALUE}`]],
    [['secrets', 'put', 'TOKEN', `--${VALUE}`]],
    [['secrets', 'put', 'TOKEN', `--json`, `--value`, VALUE]],
  ])('%j: a value among the arguments is exit 2, sent nowhere and shown nowhere', async (args) => {
    const ran = await ccos(args, { routes: ROUTES });
    expect(ran).toMatchObject({ exit: 2, requests: [] });
    expect(ran.stdout + ran.stderr).not.toContain(VALUE);
  });

  it('takes it from a file, without the line break at its end, and waits for the approval', async () => {
    const cwd = makeTestFolder();
    for (const [content, sent] of [
      [VALUE, VALUE],
      [`${VALUE}\n`, VALUE],
      [`${VALUE}\r\n`, VALUE],
      [`${VALUE}\n\n`, `${VALUE}\n`],
    ] as const) {
      await writeFile(join(cwd, 'token.txt'), content);
      const ran = await ccos(['secrets', 'put', 'TOKEN', '--file', 'token.txt'], {
        cwd,
        routes: ROUTES,
      });
      expect(ran.exit).toBe(4);
      expect(Buffer.from(ran.requests[0]?.body ?? []).toString('latin1')).toBe(
        '\0'.repeat(sent.length),
      ); // wiped
      expect(ran.stdout + ran.stderr).not.toContain('canary');
      expect(ran.stderr).toContain('ccos approvals approve ap_1');
    }
  });

  it('takes it from standard input where nobody sits there', async () => {
    let sent = '';
    const routes = {
      ...ROUTES,
      'POST /secrets/TOKEN': ({ body = new Uint8Array() }: ClientRequest) => {
        sent = Buffer.from(body).toString();
        return { name: 'TOKEN', approvals: [APPROVAL] };
      },
    };
    const ran = await ccos(['secrets', 'put', 'TOKEN', '--json'], {
      routes,
      piped: `${VALUE}\n`,
    });
    expect(sent).toBe(VALUE);
    expect(ran.exit).toBe(4);
    expect(ran.stdout + ran.stderr).not.toContain('canary');
  });

  it('asks at a terminal that it has told to show nothing, and has the approval answered there', async () => {
    const typed = `${VALUE}x\u007f\ry\n`;
    const raw: boolean[] = [];
    let sent = '';
    const routes = {
      ...ROUTES,
      'POST /secrets/TOKEN': ({ body = new Uint8Array() }: ClientRequest) => {
        sent = Buffer.from(body).toString();
        return { name: 'TOKEN', approvals: [APPROVAL] };
      },
    };
    const ran = await ccos(['secrets', 'put', 'TOKEN'], { routes, typed, raw });
    expect(sent).toBe(VALUE);
    expect(raw).toEqual([true, false]);
    expect(ran.stdout + ran.stderr).not.toContain('canary');
    expect(ran).toMatchObject({ exit: 0, stdout: 'TOKEN is in the vault\n' });
  });

  it.each(['\u0003', '\u0004', ''])('stores nothing where %j breaks it off', async (key) => {
    const ran = await ccos(['secrets', 'put', 'TOKEN'], {
      routes: ROUTES,
      typed: `canary${key}`,
      raw: [],
    });
    expect(ran).toMatchObject({ exit: 2, requests: [] });
    expect(ran.stderr).not.toContain('canary');
  });
});

describe('ccos secrets list', () => {
  it('shows name, state, scope, created and last used, and has nothing else to show', async () => {
    const routes = {
      'GET /secrets': () => ({
        secrets: [
          {
            name: 'TOKEN',
            state: 'active',
            rotating: true,
            bindings: [{ capability: 'acme.net.ask@1.0.0', domain: 'api.example.org' }],
            created: '2026-01-01T00:00:00Z',
          },
        ],
      }),
    };
    const { stdout } = await ccos(['secrets', 'list'], { routes });
    expect(stdout).toMatch(/^NAME +STATE +SCOPE +CREATED +LAST USED\n/);
    expect(stdout).toContain('active, a new value waits');
    expect(stdout).toContain('acme.net.ask@1.0.0 to api.example.org');
  });
});

describe('the passphrase of a home', () => {
  it('comes from the file that CCOS_PASSPHRASE_FILE names, or from the terminal, asked twice when it is new', async () => {
    const folder = makeTestFolder();
    const file = join(folder, 'passphrase');
    await writeFile(file, 'correct horse battery\n');
    const { init, connect } = application;
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    const words = ['init', '--key-store', 'passphrase', '--home'];
    const fromFile = await ccos([...words, one], {
      application: { init },
      env: { CCOS_PASSPHRASE_FILE: file },
    });
    expect(fromFile).toMatchObject({ exit: 0, stdout: `made ${one}\n` });
    const typed = 'correct horse battery\r';
    const status = await ccos(['secrets', 'list', '--json', '--home', one], {
      application: { connect },
      typed,
      raw: [],
    });
    expect(status).toMatchObject({ exit: 0 });
    const twice = await ccos([...words, two], {
      application: { init },
      typed: `${typed}${typed}`,
      raw: [],
    });
    expect(twice).toMatchObject({ exit: 0, stdout: `made ${two}\n` });
    const different = await ccos([...words, join(folder, 'three')], {
      application: { init },
      typed: `${typed}another one altogether\r`,
      raw: [],
    });
    expect(different.exit).toBe(2);
    const wrong = await ccos(['secrets', 'list', '--home', one], {
      application: { connect },
      typed: 'wrong\r',
      raw: [],
    });
    expect(wrong.exit).toBe(7);
    const nobody = await ccos(['secrets', 'list', '--home', one], { application: { connect } });
    expect(nobody.exit).toBe(7);
    expect([fromFile, status, twice, wrong].map(({ stderr }) => stderr).join()).not.toContain(
      'horse',
    );
  });

  it('is nothing that a flag takes: a key store is one of three words', async () => {
    for (const word of ['passphrase=x', 'none', 'FILE'])
      expect((await ccos(['init', '--key-store', word])).exit).toBe(2);
  });
});
