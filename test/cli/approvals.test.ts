import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTestFolder } from '../support/home.ts';
import { ccos, fails, parsed } from './harness.ts';
import type { Routes } from './harness.ts';

const APPROVAL = {
  id: 'ap_1',
  kind: 'capability.enable',
  subject: 'ccos.attachment.extract_text',
  status: 'pending',
  digest: 'd'.repeat(64),
  requested: '2026-01-01T00:00:00Z',
  expires: '2026-01-08T00:00:00Z',
  summary: 'Enables 1 capability of acme/documents.',
  requester: 'gateway',
  risk: { level: 'high', words: ['This lets something happen.'] },
  changes: [
    { effect: 'WIDENS', what: 'reads raw content', value: 'quarantine.read' },
    { effect: 'NARROWS', what: 'memory', value: 256 },
    { effect: 'SAME', what: 'hosts' },
  ],
  request: { bundle: { name: 'acme/documents' }, modules: ['aa', 'b\u202e'], of: [{ id: 7 }] },
};
const APPROVED = { ...APPROVAL, status: 'approved' };
const ROUTES: Routes = {
  'GET /approvals': () => ({ approvals: [APPROVAL] }),
  'GET /approvals/ap_1': () => ({ approval: APPROVAL }),
  'POST /approvals/ap_1/approve': () => ({ approval: APPROVED }),
  'POST /approvals/ap_1/deny': () => ({ approval: { ...APPROVAL, status: 'denied' } }),
};
const APPROVE = ['approvals', 'approve', 'ap_1'];

function decisions(
  requests: readonly { readonly path: string; readonly json?: unknown }[],
): unknown[] {
  return requests.filter(({ path }) => path.endsWith('/approve')).map(({ json }) => json);
}

describe('ccos approvals', () => {
  it('list asks for the pending ones, or all', async () => {
    const ran = await ccos(['approvals', 'list'], { routes: ROUTES });
    expect(ran.stdout).toContain('ap_1  pending  capability.enable');
    expect(ran.requests[0]?.query).toEqual({ status: 'pending' });
    const all = await ccos(['approvals', 'list', '--all', '--json'], { routes: ROUTES });
    expect(all.requests[0]?.query).toEqual({ status: 'all' });
    expect(parsed(all.stdout)).toEqual({ approvals: [APPROVAL] });
  });

  it('show has what it changes, its digest, and how to see and decide the rest', async () => {
    const { stdout, exit } = await ccos(['approvals', 'show', 'ap_1'], { routes: ROUTES });
    expect(exit).toBe(0);
    expect(stdout.split('\n').slice(0, 6).join('\n')).toContain(APPROVAL.digest);
    expect(stdout).toContain('  WIDENS  reads raw content: quarantine.read');
    expect(stdout).toContain('ccos approvals show ap_1 --full');
    expect(stdout).toContain('ccos approvals approve ap_1');
    expect(stdout).not.toContain('bundle.name');
  });

  it('approve shows every fact that is hashed, and what matters right above the question', async () => {
    const { stderr } = await ccos(APPROVE, { routes: ROUTES, typed: 'n\n' });
    const places = [
      'modules.1    "b\\u202e"',
      APPROVAL.summary,
      APPROVAL.digest,
      'SAME',
      'Approve?',
    ];
    const found = places.map((text) => stderr.indexOf(text));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found[0]).toBeGreaterThan(0);
  });

  it('show --full has every fact, each change, and how to decide', async () => {
    const { stdout, exit } = await ccos(['approvals', 'show', 'ap_1', '--full'], {
      routes: ROUTES,
    });
    expect(exit).toBe(0);
    for (const fact of [
      APPROVAL.summary,
      APPROVAL.digest,
      APPROVAL.subject,
      'bundle.name  "acme/documents"',
      'modules.0    "aa"',
      'modules.1    "b\\u202e"',
      'of.0.id      7',
    ])
      expect(stdout).toContain(fact);
    expect(stdout).toContain('  WIDENS  reads raw content: quarantine.read');
    expect(stdout).toContain('  NARROWS memory: 256');
    expect(stdout).toContain('  SAME    hosts');
    expect(stdout).toContain('ccos approvals approve ap_1');
  });

  it('show escapes what a publisher has named', async () => {
    const subject = 'safe\u001b[1A\u001b[2K\nstatus approved\u202e';
    const routes = { 'GET /approvals/ap_1': () => ({ approval: { ...APPROVAL, subject } }) };
    const { stdout } = await ccos(['approvals', 'show', 'ap_1'], { routes });
    expect(stdout).toContain('safe\\x1b[1A\\x1b[2K\\x0astatus approved\\u202e');
  });

  it('show says not_found for an unknown id, with exit 1', async () => {
    const ran = await ccos(['approvals', 'show', 'ap_2'], { routes: ROUTES });
    expect(ran).toMatchObject({ exit: 1, stdout: '' });
  });

  it.each(['..', '.'])('show never lets %s become another route', async (id) => {
    const ran = await ccos(['approvals', 'show', id], { routes: ROUTES });
    expect(ran).toMatchObject({ exit: 1, requests: [] });
  });

  it.each(['y', 'Y', 'yes'])(
    'approve shows the page, asks, and sends the digest on %s',
    async (word) => {
      const ran = await ccos(APPROVE, { routes: ROUTES, typed: `${word}\n` });
      expect(ran).toMatchObject({ exit: 0, stdout: 'approved ap_1\n', closed: 1 });
      expect(ran.stderr).toContain('WIDENS  reads raw content');
      expect(ran.stderr.indexOf('WIDENS')).toBeLessThan(ran.stderr.indexOf('Approve? [y/N]'));
      expect(decisions(ran.requests)).toEqual([{ digest: APPROVAL.digest, by: 'operator' }]);
    },
  );

  it.each(['', '\n', 'n\n', 'yep\n', 'no y\n', '\u001b[Ay\n'])(
    'approve takes %j for a no',
    async (typed) => {
      const ran = await ccos(APPROVE, { routes: ROUTES, typed });
      expect(ran).toMatchObject({ exit: 1, stdout: '' });
      expect(decisions(ran.requests)).toEqual([]);
    },
  );

  it('approve shows the page even with --quiet where it asks', async () => {
    const ran = await ccos([...APPROVE, '-q'], { routes: ROUTES, typed: 'y\n' });
    expect(ran.stderr).toContain('WIDENS  reads raw content');
  });

  it.each([[[]], [['--json']]])('approve %j without a terminal wants --yes', async (options) => {
    const typed = options.length > 0 ? { typed: 'y\n' } : {};
    const ran = await ccos([...APPROVE, ...options], { routes: ROUTES, ...typed });
    expect(ran).toMatchObject({ exit: 2, requests: [] });
    const line = options.length > 0 ? ran.stdout : ran.stderr;
    expect(line).toContain('no terminal');
  });

  it('approve --yes needs no terminal', async () => {
    const ran = await ccos([...APPROVE, '--yes', '--json'], { routes: ROUTES });
    expect(ran).toMatchObject({ exit: 0, stderr: '' });
    expect(parsed(ran.stdout)).toEqual({ approval: APPROVED });
  });

  it('approve does not ask about what is decided', async () => {
    const routes = { 'GET /approvals/ap_1': () => ({ approval: APPROVED }) };
    const ran = await ccos(APPROVE, { routes, typed: 'y\n' });
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain('status approved (conflict)');
    expect(ran.stderr).not.toContain('Approve?');
  });

  it('approve reports an approval that has changed since it was shown', async () => {
    const routes = { ...ROUTES, 'POST /approvals/ap_1/approve': fails('stale_approval') };
    const ran = await ccos([...APPROVE, '--yes'], { routes });
    expect(ran).toMatchObject({ exit: 1, stdout: '' });
    expect(ran.stderr).toContain('(stale_approval)');
  });

  it('deny denies', async () => {
    const ran = await ccos(['approvals', 'deny', 'ap_1'], { routes: ROUTES });
    expect(ran).toMatchObject({ exit: 0, stdout: 'denied ap_1\n' });
  });
});

const BUNDLE = {
  name: 'documents',
  version: '1.0.0',
  sequence: 1,
  digest: 'e'.repeat(64),
  publisher: 'acme',
};

async function install(options: readonly string[], setup: { typed?: string; kind?: string } = {}) {
  const cwd = makeTestFolder();
  await writeFile(join(cwd, 'a.ccosb'), 'bytes');
  const approval = { ...APPROVAL, kind: setup.kind ?? APPROVAL.kind };
  const routes = { ...ROUTES, 'POST /bundles': () => ({ bundle: BUNDLE, approvals: [approval] }) };
  return ccos(['bundle', 'install', 'a.ccosb', ...options], {
    cwd,
    routes,
    ...(setup.typed !== undefined && { typed: setup.typed }),
  });
}

describe('ccos bundle install', () => {
  it('without a terminal shows the pages and stops with exit 4 and the next commands', async () => {
    const ran = await install([]);
    expect(ran.exit).toBe(4);
    expect(ran.stdout).toContain('not enabled');
    expect(ran.stderr).toContain('WIDENS  reads raw content');
    expect(ran.stderr).toContain('(approval_required)\n      ccos approvals show ap_1, then');
    expect(decisions(ran.requests)).toEqual([]);
  });

  it('--json is one document with the error beside the approvals', async () => {
    const ran = await install(['--json'], { typed: 'y\n' });
    expect(ran).toMatchObject({ exit: 4, stderr: '' });
    expect(parsed(ran.stdout)).toMatchObject({
      bundle: BUNDLE,
      approvals: [APPROVAL],
      error: { code: 'approval_required', approval_id: 'ap_1' },
    });
  });

  it('asks at a terminal; yes enables, everything else is exit 4', async () => {
    const yes = await install([], { typed: 'y\n' });
    expect(yes.exit).toBe(0);
    expect(decisions(yes.requests)).toEqual([{ digest: APPROVAL.digest, by: 'operator' }]);
    expect((await install([], { typed: '\n' })).exit).toBe(4);
  });

  it('--approve answers, and says that the flag has', async () => {
    const ran = await install(['--approve', '--json']);
    expect(ran.exit).toBe(0);
    expect(decisions(ran.requests)).toEqual([{ digest: APPROVAL.digest, by: 'flag:approve' }]);
    expect(parsed(ran.stdout)).toEqual({ bundle: BUNDLE, approvals: [APPROVED] });
  });

  it('--approve never adds a publisher', async () => {
    const ran = await install(['--approve'], { kind: 'publisher.trust' });
    expect(ran.exit).toBe(4);
    expect(decisions(ran.requests)).toEqual([]);
  });

  it('names a missing file with exit 2 and leaves a row', async () => {
    const routes = { 'POST /refusals': () => ({}) };
    const ran = await ccos(['bundle', 'install', 'missing.ccosb'], { routes });
    expect(ran.exit).toBe(2);
    expect(ran.stderr).toContain('missing.ccosb (file_not_found)');
    expect(ran.requests[0]?.json).toEqual({ code: 'file_not_found', what: 'bundle' });
  });

  it('says how to trust a key that is not trusted, with exit 5', async () => {
    const cwd = makeTestFolder();
    await writeFile(join(cwd, 'a.ccosb'), 'bytes');
    const routes = { 'POST /bundles': fails('bundle_untrusted_key', { why: 'unknown_publisher' }) };
    const ran = await ccos(['bundle', 'install', 'a.ccosb'], { cwd, routes });
    expect(ran.exit).toBe(5);
    expect(ran.stderr).toContain('ccos bundle trust add KEYFILE');
  });

  it('approve sends what is narrower, and says when a second person is needed (D1.4-c, D1.4-d)', async () => {
    const narrower = ['--scope', '{"max_bytes":10}', '--expires=12h', '--max-uses', '1', '--yes'];
    const ran = await ccos([...APPROVE, ...narrower], { routes: ROUTES });
    expect(ran.exit).toBe(0);
    expect(decisions(ran.requests)).toEqual([
      {
        digest: APPROVAL.digest,
        by: 'operator',
        scope: { max_bytes: 10 },
        expires_in: 43_200,
        max_uses: 1,
      },
    ]);
    const half = { ...APPROVAL, seconded: true };
    const routes = { ...ROUTES, 'POST /approvals/ap_1/approve': () => ({ approval: half }) };
    const first = await ccos([...APPROVE, '--yes'], { routes });
    expect(first).toMatchObject({ exit: 4, stdout: 'ap_1 takes a second person\n' });
  });

  it.each([
    ['--scope', '[1]'],
    ['--scope', 'max_bytes=1'],
    ['--expires', 'tomorrow'],
    ['--expires', '0h'],
    ['--max-uses', '0'],
    ['--max-uses', 'once'],
  ])('approve %s %s is a wrong word, and nothing is asked', async (name, value) => {
    const ran = await ccos([...APPROVE, '--yes', name, value], { routes: ROUTES });
    expect(ran.exit).toBe(2);
    expect(ran.requests).toEqual([]);
  });

  it('show says how much of what was approved has been used', async () => {
    const request = { max_uses: 3, max_bytes: 4096 };
    const used = { ...APPROVED, request, spent: { uses: 1, bytes: 44 } };
    const at = (approval: object) => ({ 'GET /approvals/ap_1': () => ({ approval }) });
    const { stdout } = await ccos(['approvals', 'show', 'ap_1'], { routes: at(used) });
    expect(stdout).toMatch(/^used +1 of 3 times, 44 of 4096 bytes$/m);
    const narrowed = { ...used, granted: { max_uses: 2 } };
    const other = await ccos(['approvals', 'show', 'ap_1'], { routes: at(narrowed) });
    expect(other.stdout).toMatch(/^used +1 of 2 times$/m);
    const uncounted = await ccos(['approvals', 'show', 'ap_1'], { routes: at(APPROVED) });
    expect(uncounted.stdout).not.toMatch(/^used/m);
  });

  it('revoke takes one back, and show says how', async () => {
    const routes = {
      ...ROUTES,
      'GET /approvals/ap_1': () => ({ approval: APPROVED }),
      'POST /approvals/ap_1/revoke': () => ({ approval: { ...APPROVAL, status: 'revoked' } }),
    };
    const ran = await ccos(['approvals', 'revoke', 'ap_1'], { routes });
    expect(ran).toMatchObject({ exit: 0, stdout: 'revoked ap_1\n' });
    const { stdout } = await ccos(['approvals', 'show', 'ap_1'], { routes });
    expect(stdout).toContain('ccos approvals revoke ap_1');
    expect(stdout).toContain('What it means (high risk)\n  This lets something happen.');
    expect(stdout).toContain('asked by');
  });
});
