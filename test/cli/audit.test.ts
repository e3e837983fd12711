import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { makeTestFolder } from '../support/home.ts';
import { ccos, fails, parsed, start } from './harness.ts';
import type { Routes } from './harness.ts';

function row(seq: number, data: object = { decision: 'allow' }) {
  return {
    seq,
    id: `e_${String(seq)}`,
    ts: '2026-01-01T00:00:00Z',
    tenant: 'local',
    type: 'policy.decision',
    parent: null,
    session: 'local',
    run: null,
    step: null,
    policy: { pack: 'default', sha256: 'ab' },
    prev_hash: 'p',
    hash: 'h',
    data,
  };
}

const CALL = {
  call_id: 'call_1',
  capability: 'ccos.attachment.extract_text',
  version: '1.0.0',
  code_sha256: 'c'.repeat(64),
  at: '2026-01-01T00:00:00Z',
  outcome: 'ok',
  duration_ms: 12,
  host_calls: [
    {
      seq: 5,
      plugin: 'text',
      version: '1.0.0',
      code_sha256: 'c'.repeat(64),
      function: 'q_read',
      ref: 'q_1',
      offset: 0,
      length: 64,
      bytes: 64,
      outcome: 'ok',
      decision: 'allow',
      rule: 'grant-read',
      micros: 18.4,
    },
  ],
};
const INTACT = { ok: true, rows: 9, checkpoints: 2, root: 'r00t', head: 'h' };
const BROKEN = { ok: false, rows: 9, bad_seq: 4, why: 'hash' };

describe('ccos audit log', () => {
  it('sends its filters, with an age made a time', async () => {
    const routes = { 'GET /audit/log': () => ({ rows: [row(1)] }) };
    const argv = ['audit', 'log', '--type', 'policy.decision', '--since', '1h', '--limit', '5'];
    const ran = await ccos(argv, { routes });
    expect(ran.requests[0]?.query).toMatchObject({
      type: 'policy.decision',
      since: '2026-01-01T23:00:00.000Z',
      limit: '5',
    });
    expect(ran.stdout).toContain('decision=allow');
  });

  it('escapes what stands in a row', async () => {
    const routes = { 'GET /audit/log': () => ({ rows: [row(1, { id: 'a\u001b[2Jb\u202e' })] }) };
    const ran = await ccos(['audit', 'log'], { routes, onScreen: true, columns: 200 });
    expect(ran.stdout).toContain('id=a\\x1b[2Jb\\u202e');
  });

  it('show has one row whole', async () => {
    const routes = { 'GET /audit/rows/7': () => ({ row: row(7) }) };
    const ran = await ccos(['audit', 'show', '7'], { routes });
    expect(ran.stdout).toContain('"decision": "allow"');
    const json = await ccos(['audit', 'show', '7', '--json'], { routes });
    expect(parsed(json.stdout)).toEqual({ row: row(7) });
  });
});

describe('ccos audit tail', () => {
  function growing(): Routes {
    const rows = [row(1), row(2)];
    return {
      'GET /audit/log': ({ query }) => {
        const after = query?.['after'];
        if (after === undefined) return { rows };
        rows.push(row(rows.length + 1));
        return { rows: rows.filter(({ seq }) => seq > Number(after)) };
      },
    };
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('prints each row once until %s', async (name) => {
    const running = start(['audit', 'tail'], { routes: growing() });
    await vi.waitFor(() => {
      expect(running.stdout()).toContain('\n4  ');
    }, 5000);
    running.signal(name);
    const ran = await running.ended;
    expect(ran).toMatchObject({ exit: 0, closed: 1 });
    const seqs = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => Number(line.split(' ')[0]));
    expect(seqs).toEqual(seqs.map((_, at) => at + 1));
  });

  it('--json is one array, closed at the end', async () => {
    const running = start(['audit', 'tail', '--json'], { routes: growing() });
    await vi.waitFor(() => {
      expect(running.stdout()).toContain('"seq":3');
    }, 5000);
    running.signal('SIGINT');
    const ran = await running.ended;
    expect((parsed(ran.stdout) as { seq: number }[]).slice(0, 3).map(({ seq }) => seq)).toEqual([
      1, 2, 3,
    ]);
  });

  it('ends and says so where no gateway runs', async () => {
    const ran = await ccos(['audit', 'tail'], { routes: growing(), mode: 'in_process' });
    expect(ran.exit).toBe(0);
    expect(ran.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(ran.stderr).toContain('no gateway runs');
    const empty = { 'GET /audit/log': () => ({ rows: [] }) };
    const json = await ccos(['audit', 'tail', '--json'], { routes: empty, mode: 'in_process' });
    expect(parsed(json.stdout)).toEqual([]);
  });

  it('reports a gateway that goes away', async () => {
    let asked = 0;
    const routes: Routes = {
      'GET /audit/log': (request) =>
        asked++ === 0 ? { rows: [row(1)] } : fails('not_ready')(request),
    };
    const ran = await ccos(['audit', 'tail'], { routes });
    expect(ran.exit).toBe(7);
    expect(ran.stderr).toContain('(not_ready)');
  });
});

describe('ccos audit calls', () => {
  it('is a table for each call', async () => {
    const routes = { 'GET /audit/calls': () => ({ calls: [CALL] }) };
    const ran = await ccos(['audit', 'calls', 'call_1'], { routes });
    expect(ran.requests[0]?.query).toEqual({ call: 'call_1', limit: undefined });
    expect(ran.stdout).toMatch(/5 +q_read +q_1 +0 +64 +64 +ok +allow +grant-read +18$/m);
    expect(ran.stdout).toContain(`module sha256:${CALL.code_sha256}`);
  });

  it('shows a call that still runs', async () => {
    const open = { ...CALL, outcome: 'open', duration_ms: null, host_calls: [] };
    const routes = { 'GET /audit/calls': () => ({ calls: [open] }) };
    expect((await ccos(['audit', 'calls'], { routes })).stdout).toContain('open  2026');
  });

  it('says so where there are none', async () => {
    const routes = { 'GET /audit/calls': () => ({ calls: [] }) };
    expect((await ccos(['audit', 'calls'], { routes })).stdout).toBe('no plugin was called\n');
  });
});

describe('ccos audit verify', () => {
  it('is one line and exit 0 where the chain is intact', async () => {
    const ran = await ccos(['audit', 'verify'], { routes: { 'POST /audit/verify': () => INTACT } });
    expect(ran).toMatchObject({
      exit: 0,
      stdout: 'intact: 9 rows, 2 checkpoints, root r00t\n',
      stderr: '',
    });
  });

  it('is exit 5 and the first bad row where it is not', async () => {
    const routes = { 'POST /audit/verify': () => BROKEN };
    const ran = await ccos(['audit', 'verify'], { routes });
    expect(ran).toMatchObject({
      exit: 5,
      stdout: 'not intact: row 4 is not what its hash was made of (hash)\n',
    });
    const json = await ccos(['audit', 'verify', '--json'], { routes });
    expect(json.exit).toBe(5);
    expect(parsed(json.stdout)).toEqual(BROKEN);
  });

  it('sends the text of a checkpoint', async () => {
    const cwd = makeTestFolder();
    await writeFile(join(cwd, 'note'), 'ccos\n9\nroot\n\n— ccos sig\n');
    const routes = { 'POST /audit/verify': () => INTACT };
    const ran = await ccos(['audit', 'verify', '--checkpoint', 'note'], { cwd, routes });
    expect(ran.requests[0]?.json).toEqual({ checkpoint: 'ccos\n9\nroot\n\n— ccos sig\n' });
    const missing = await ccos(['audit', 'verify', '--checkpoint', 'nothing'], { cwd, routes });
    expect(missing.exit).toBe(2);
    expect(missing.stderr).toContain('no such file: nothing (file_not_found)');
  });

  it('takes a database apart from any home without opening one', async () => {
    const cwd = makeTestFolder();
    await writeFile(join(cwd, 'key'), 'ccos+00+key\n');
    const verifyAudit = vi.fn(() => Promise.resolve(BROKEN as never));
    const offline = { verifyAudit } as never;
    const argv = ['audit', 'verify', '--db', 'state.db', '--key', 'key'];
    const ran = await ccos(argv, { cwd, application: { offline } });
    expect(ran).toMatchObject({ exit: 5, homes: [] });
    expect(verifyAudit).toHaveBeenCalledWith({
      dbFile: join(cwd, 'state.db'),
      verifierKey: 'ccos+00+key',
    });
  });
});

describe('ccos audit verify, in words', () => {
  it.each([
    ['gap', 4, 'row 4 is missing'],
    ['link', 4, 'row 4 does not follow the row before it'],
    ['checkpoint', 4, 'the rows up to 4 are not those of a checkpoint'],
    ['truncated', 4, 'row 4 and what came after it are missing'],
    ['signature', 4, 'the checkpoint over 4 rows is not signed by this key, or was changed'],
    ['signature', 0, 'the checkpoint that was given is not signed by this key, or was changed'],
  ])('%s at %i', async (why, bad_seq, words) => {
    const routes = { 'POST /audit/verify': () => ({ ok: false, rows: 0, bad_seq, why }) };
    const ran = await ccos(['audit', 'verify'], { routes });
    expect(ran.stdout).toBe(`not intact: ${words} (${why})\n`);
  });
});

describe('ccos audit verify --proof', () => {
  it('needs no gateway, takes the key of the home where none is given, and is exit 5 for a no', async () => {
    const cwd = makeTestFolder();
    await mkdir(join(cwd, 'home', 'keys'), { recursive: true });
    await writeFile(join(cwd, 'home', 'keys', 'chain.vkey'), 'of the home\n');
    await writeFile(join(cwd, 'key'), 'given\n');
    await writeFile(join(cwd, 'proof'), 'text of the proof');
    const verifyProof = vi.fn(() => Promise.resolve({ ok: false, why: 'signature' } as const));
    const application = { offline: { verifyProof } as never };
    const argv = ['audit', 'verify', '--proof', 'proof'];
    const given = await ccos([...argv, '--key', 'key'], { cwd, application });
    expect(given).toMatchObject({ exit: 5, homes: [] });
    expect(given.stdout).toContain('not proved: its checkpoint is not signed by this key');
    expect(given.stderr).toContain('keys/chain.vkey');
    expect(verifyProof).toHaveBeenLastCalledWith('text of the proof', 'given');
    const own = await ccos([...argv, '--home', 'home', '--json'], { cwd, application });
    expect(own).toMatchObject({ exit: 5, homes: [] });
    expect(parsed(own.stdout)).toEqual({ ok: false, why: 'signature' });
    expect(verifyProof).toHaveBeenLastCalledWith('text of the proof', 'of the home');
    const nowhere = await ccos([...argv, '--home', 'none'], { cwd, application });
    expect(nowhere.exit).toBe(2);
  });
});

describe('ccos audit checkpoint and prove', () => {
  const note = 'ccos\n9\nroot\n\n— ccos sig\n';
  const routes = {
    'POST /audit/checkpoint': () => ({ note, verifier_key: 'ccos+00+key', size: 9 }),
    'GET /audit/prove/3': () => ({
      proof: 'c2sp.org/tlog-proof@v1\n',
      seq: 3,
      body: '{}',
      checkpoint: note,
    }),
  };

  it('give a pipe the bytes of what is signed', async () => {
    expect((await ccos(['audit', 'checkpoint'], { routes })).stdout).toBe(note);
    expect((await ccos(['audit', 'prove', '3'], { routes })).stdout).toBe(
      'c2sp.org/tlog-proof@v1\n',
    );
  });

  it('checkpoint --out writes the note', async () => {
    const cwd = makeTestFolder();
    const ran = await ccos(['audit', 'checkpoint', '--out', 'note'], { cwd, routes });
    expect(ran.stdout).toContain('ccos+00+key');
    expect(await readFile(join(cwd, 'note'), 'utf8')).toBe(note);
  });

  it('checkpoint --out reports a folder that is not there with exit 2', async () => {
    const ran = await ccos(['audit', 'checkpoint', '--out', '/nowhere/note'], { routes });
    expect(ran).toMatchObject({ exit: 2, stdout: '' });
  });
});

describe('ccos audit export', () => {
  const files = ['tile/0/000.p/9', 'tile/entries/000.p/9', 'tile/1/x001/234'];
  function routesFor(paths: readonly string[]): Routes {
    return {
      'GET /audit/export': () => ({
        files: paths,
        origin: 'ccos',
        verifier_key: 'k',
        size: 9,
        checkpoint: 'note',
      }),
      'GET /audit/export/file': ({ query }) => Buffer.from(query?.['path'] ?? ''),
    };
  }

  it('writes each tile, the key and the checkpoint', async () => {
    const cwd = makeTestFolder();
    const ran = await ccos(['audit', 'export', 'out', '--json'], { cwd, routes: routesFor(files) });
    expect(ran.exit).toBe(0);
    expect(parsed(ran.stdout)).toMatchObject({ files: 5, size: 9, origin: 'ccos' });
    for (const path of files) expect(await readFile(join(cwd, 'out', path), 'utf8')).toBe(path);
    expect(await readFile(join(cwd, 'out', 'verifier_key'), 'utf8')).toBe('k\n');
    expect(await readFile(join(cwd, 'out', 'checkpoint'), 'utf8')).toBe('note');
  });

  it.each([
    '../evil',
    'tile/../../evil',
    '/etc/evil',
    'tile/0/000/../../../evil',
    'tile/0/0000',
    'tile/64/000',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'tile/0/x001',
    'tile\\0\\000',
    'checkpoint',
    'tile/0/000\n',
    '.ssh/authorized_keys',
    '',
  ])('refuses the path %j with exit 5 and writes nothing', async (path) => {
    const cwd = makeTestFolder();
    const ran = await ccos(['audit', 'export', 'out'], {
      cwd,
      routes: routesFor([...files, path]),
    });
    expect(ran.exit).toBe(5);
    expect(await readdir(join(cwd, 'out'))).toEqual([]);
  });

  it('refuses a folder with something in it, such as a link that leads out', async () => {
    const cwd = makeTestFolder();
    await mkdir(join(cwd, 'out'));
    await mkdir(join(cwd, 'elsewhere'));
    await symlink(join(cwd, 'elsewhere'), join(cwd, 'out', 'tile'));
    const ran = await ccos(['audit', 'export', 'out'], { cwd, routes: routesFor(files) });
    expect(ran).toMatchObject({ exit: 2, requests: [] });
    expect(await readdir(join(cwd, 'elsewhere'))).toEqual([]);
  });
});
