import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Offline } from '../../host/cli/application.ts';
import { makeTestFolder } from '../support/home.ts';
import { ccos, fails, parsed } from './harness.ts';
import type { Routes } from './harness.ts';

const PUBLIC_KEY = Buffer.alloc(32, 7).toString('base64');
const PEM = '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n';
const BUNDLE = {
  name: 'acme/documents',
  version: '1.0.0',
  sequence: 1,
  digest: 'e'.repeat(64),
  publisher: 'acme',
  state: 'active',
  installed: '2026-01-01T00:00:00Z',
  capabilities: ['ccos.attachment.extract_text'],
  signers: ['ed25519:abc'],
};
const offline: Offline = {
  keygen: () =>
    Promise.resolve({ key_id: 'ed25519:abc', private_key_pem: PEM, public_key: PUBLIC_KEY }),
  pack: (folder) => Promise.resolve(Buffer.from(`packed ${folder}`)),
  sign: (bundle, pem) =>
    Promise.resolve(Buffer.concat([bundle, Buffer.from(pem === PEM ? '+signed' : '+wrong')])),
  inspect: () => Promise.resolve({ lines: ['capability x: \u001b[2J\u202etitle'] }),
  verifyAudit: () => Promise.reject(new Error('not part of this test')),
  verifyProof: () => Promise.reject(new Error('not part of this test')),
  contract: () => Promise.reject(new Error('not part of this test')),
};
const application = { offline };

describe('ccos bundle keygen', () => {
  it('writes a private key that only the owner reads, and a public file for trust add', async () => {
    const cwd = makeTestFolder();
    const argv = ['bundle', 'keygen', '--publisher', 'acme', '--out', 'keys', '--json'];
    const ran = await ccos(argv, { cwd, application });
    const at = (name: string): string => join(cwd, 'keys', name);
    expect(parsed(ran.stdout)).toEqual({
      key_id: 'ed25519:abc',
      publisher: 'acme',
      private_key: at('acme.key.pem'),
      public_key: at('acme.pub.json'),
    });
    expect((await stat(at('acme.key.pem'))).mode & 0o777).toBe(0o600);
    expect(await readFile(at('acme.key.pem'), 'utf8')).toBe(PEM);
    expect(parsed(await readFile(at('acme.pub.json'), 'utf8'))).toEqual({
      format: 'ccos-publisher-key/1',
      publisher: 'acme',
      public_key: PUBLIC_KEY,
    });
    expect(ran.stdout + ran.stderr).not.toContain('PRIVATE');
  });

  it('never overwrites a key', async () => {
    const cwd = makeTestFolder();
    await writeFile(join(cwd, 'acme.key.pem'), 'old');
    const ran = await ccos(['bundle', 'keygen', '--publisher', 'acme'], { cwd, application });
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toContain('exists already');
    expect(await readFile(join(cwd, 'acme.key.pem'), 'utf8')).toBe('old');
  });

  it.each(['../evil', 'a/b', 'A', ''])('refuses the name %j', async (name) => {
    const cwd = makeTestFolder();
    const ran = await ccos(['bundle', 'keygen', '--publisher', name], { cwd, application });
    expect(ran.exit).toBe(2);
  });
});

describe('ccos bundle pack, sign and inspect', () => {
  it('pack writes DIR.ccosb, and not over an existing file', async () => {
    const cwd = makeTestFolder();
    const ran = await ccos(['bundle', 'pack', 'docs/'], { cwd, application });
    expect(ran.exit).toBe(0);
    expect(await readFile(join(cwd, 'docs.ccosb'), 'utf8')).toBe(`packed ${join(cwd, 'docs')}`);
    expect((await ccos(['bundle', 'pack', 'docs'], { cwd, application })).exit).toBe(2);
  });

  it('sign adds a signature with the key of the file', async () => {
    const cwd = makeTestFolder();
    await writeFile(join(cwd, 'a.ccosb'), 'bundle');
    await writeFile(join(cwd, 'key'), PEM);
    const ran = await ccos(['bundle', 'sign', 'a.ccosb', '--key', 'key'], { cwd, application });
    expect(ran.exit).toBe(0);
    expect(await readFile(join(cwd, 'a.signed.ccosb'), 'utf8')).toBe('bundle+signed');
    expect((await ccos(['bundle', 'sign', 'a.ccosb'], { cwd, application })).exit).toBe(2);
  });

  it("inspect escapes the publisher's words", async () => {
    const cwd = makeTestFolder();
    await writeFile(join(cwd, 'a.ccosb'), 'bundle');
    const ran = await ccos(['bundle', 'inspect', 'a.ccosb'], { cwd, application });
    expect(ran).toMatchObject({ exit: 0, homes: [] });
    expect(ran.stdout).toBe('capability x: \\x1b[2J\\u202etitle\n');
  });
});

describe('ccos bundle verify, list, show, disable and remove', () => {
  const path = '/bundles/acme/documents';
  const routes: Routes = {
    'POST /bundles/verify': () => ({ bundle: BUNDLE, checks: ['signature', 'files'] }),
    'GET /bundles': () => ({ bundles: [BUNDLE] }),
    [`GET ${path}`]: () => ({ bundle: BUNDLE, description: { lines: ['publisher acme'] } }),
    [`POST ${path}/disable`]: () => ({ bundle: { ...BUNDLE, state: 'disabled' } }),
    [`DELETE ${path}`]: () => ({ bundle: BUNDLE }),
  };

  it('verify says who signed what', async () => {
    const cwd = makeTestFolder();
    await writeFile(join(cwd, 'a.ccosb'), 'bundle');
    const ran = await ccos(['bundle', 'verify', 'a.ccosb'], { cwd, routes });
    expect(ran.stdout).toContain('signed by  ed25519:abc');
    expect(ran.stdout).toContain(`sha256:${BUNDLE.digest}`);
  });

  it('verify is exit 5 where the bundle fails', async () => {
    const cwd = makeTestFolder();
    await writeFile(join(cwd, 'a.ccosb'), 'bundle');
    const failing = { 'POST /bundles/verify': fails('bundle_signature', { why: 'bad' }) };
    const ran = await ccos(['bundle', 'verify', 'a.ccosb', '--json'], { cwd, routes: failing });
    expect(ran).toMatchObject({ exit: 5, stderr: '' });
    expect(parsed(ran.stdout)).toMatchObject({ error: { code: 'bundle_signature' } });
  });

  it('list shortens digests, --json does not', async () => {
    const ran = await ccos(['bundle', 'list'], { routes });
    expect(ran.stdout).toContain('acme/documents  1.0.0    active');
    expect(ran.stdout).toContain('eeeeeeeeeeee…');
    const json = await ccos(['bundle', 'list', '--json'], { routes });
    expect(parsed(json.stdout)).toEqual({ bundles: [BUNDLE] });
  });

  it.each([
    [['show', 'acme/documents'], 'publisher acme'],
    [['disable', 'acme/documents'], 'disabled acme/documents'],
    [['remove', 'acme/documents'], 'removed acme/documents'],
  ])('%j', async (argv, line) => {
    const ran = await ccos(['bundle', ...argv], { routes });
    expect(ran.exit).toBe(0);
    expect(ran.stdout).toContain(line);
  });

  it('show of an unknown one is exit 1', async () => {
    expect((await ccos(['bundle', 'show', 'acme/x'], { routes })).exit).toBe(1);
  });
});

describe('ccos bundle trust', () => {
  const approval = {
    id: 'ap_1',
    kind: 'publisher.trust',
    subject: 'acme',
    status: 'pending',
    digest: 'd',
    requested: '2026-01-01T00:00:00Z',
    expires: '2026-01-08T00:00:00Z',
    summary: 'Trusts the publisher acme.',
    requester: 'gateway',
    risk: { level: 'high', words: ['This lets something happen.'] },
    changes: [],
    request: {},
  };
  const routes: Routes = {
    'GET /trust': () => ({
      publishers: [
        {
          id: 'acme',
          namespaces: ['acme/*'],
          max_effects: ['quarantine.read'],
          threshold: 1,
          keys: [{ id: 'ed25519:abc', status: 'active' }],
        },
      ],
    }),
    'POST /trust': () => ({ approval }),
    'POST /approvals/ap_1/approve': () => ({ approval: { ...approval, status: 'approved' } }),
    'POST /trust/revoke': () => ({ key_id: 'ed25519:abc', status: 'revoked' }),
  };

  async function add(options: readonly string[], typed?: string) {
    const cwd = makeTestFolder();
    const file = { format: 'ccos-publisher-key/1', publisher: 'acme', public_key: PUBLIC_KEY };
    await writeFile(join(cwd, 'key'), JSON.stringify(file));
    const setup = { cwd, routes, ...(typed !== undefined && { typed }) };
    return ccos(['bundle', 'trust', 'add', 'key', ...options], setup);
  }

  it('list', async () => {
    const ran = await ccos(['bundle', 'trust', 'list'], { routes });
    expect(ran.stdout).toMatch(/acme +ed25519:abc +active +acme\/\* +quarantine.read/);
  });

  it('add sends the key and what it may sign, and needs the operator', async () => {
    const ran = await add(['--namespaces', 'acme/*,', '--effects', 'quarantine.read']);
    expect(ran.exit).toBe(4);
    expect(ran.requests[0]?.json).toEqual({
      publisher: 'acme',
      public_key: PUBLIC_KEY,
      namespaces: ['acme/*'],
      max_effects: ['quarantine.read'],
    });
    expect(ran.stderr).toContain('ccos approvals show ap_1');
  });

  it('add at a terminal asks', async () => {
    const ran = await add([], 'y\n');
    expect(ran).toMatchObject({ exit: 0, stdout: 'acme is trusted\n' });
  });

  it('add has no --approve', async () => {
    expect((await add(['--approve'])).exit).toBe(2);
  });

  it('add refuses a file that is no key, before a home is opened', async () => {
    const cwd = makeTestFolder();
    await writeFile(join(cwd, 'key'), PEM);
    const ran = await ccos(['bundle', 'trust', 'add', 'key'], { cwd, routes });
    expect(ran).toMatchObject({ exit: 2, homes: [] });
    expect(ran.stderr).not.toContain('PRIVATE');
  });

  it('revoke', async () => {
    const ran = await ccos(['bundle', 'trust', 'revoke', 'ed25519:abc'], { routes });
    expect(ran.stdout).toBe('revoked ed25519:abc\n');
  });
});
