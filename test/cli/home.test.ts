import { describe, expect, it, vi } from 'vitest';
import { CcosError } from '../../host/core/error.ts';
import { ccos, fails, parsed, start } from './harness.ts';
import type { Routes } from './harness.ts';

describe('ccos init', () => {
  it('says what it made, and where there was nothing to make', async () => {
    const init = vi.fn(({ home }: { home: string }) =>
      Promise.resolve({
        home,
        home_id: 'h1',
        key_store: 'file' as const,
        created: home === '/new',
      }),
    );
    const made = await ccos(['init', '--home', '/new'], { application: { init } });
    expect(made).toMatchObject({ exit: 0, stdout: 'made /new\n', requests: [] });
    const again = await ccos(['init', '--home', '/old'], { application: { init } });
    expect(again.stdout).toBe('/old stands already\n');
    const json = await ccos(['init', '--home', '/new', '--json'], { application: { init } });
    expect(parsed(json.stdout)).toEqual({
      home: '/new',
      home_id: 'h1',
      key_store: 'file',
      created: true,
    });
    expect(json.stderr).toBe('');
    const quiet = await ccos(['init', '--home', '/new', '-q'], { application: { init } });
    expect(quiet).toMatchObject({ stdout: '', stderr: '' });
  });
});

function gateway(stopping: () => Promise<void> = () => Promise.resolve()) {
  let end: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (end = resolve));
  const reload = vi.fn(() => Promise.resolve({ restart_needed: ['port'] }));
  const serve = vi.fn(() =>
    Promise.resolve({
      url: 'http://127.0.0.1:8822',
      home: '/h',
      reload,
      stopped,
      stop: async () => {
        await stopping();
        end();
      },
    }),
  );
  return {
    serve,
    reload,
    end: () => {
      end();
    },
  };
}

describe('ccos up', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('listens until %s', async (name) => {
    const { serve } = gateway();
    const running = start(['up', '--port', '0', '--bind', '::1', '--home', '/h'], {
      application: { serve },
    });
    await vi.waitFor(() => {
      expect(running.stdout()).toBe('ccos listens at http://127.0.0.1:8822 for /h\n');
    });
    expect(serve).toHaveBeenCalledWith({
      home: '/h',
      passphrase: expect.any(Function) as unknown,
      port: 0,
      bind: '::1',
    });
    running.signal(name);
    expect(await running.ended).toMatchObject({ exit: 0 });
  });

  it('reads the configuration again on SIGHUP and says what waits for a restart', async () => {
    const { serve, reload, end } = gateway();
    const running = start(['up', '--json'], { application: { serve } });
    await vi.waitFor(() => {
      expect(running.stdout()).toContain('}');
    });
    running.signal('SIGHUP');
    await vi.waitFor(() => {
      expect(running.stderr()).toContain('a restart is needed for port');
    });
    reload.mockRejectedValueOnce(new CcosError('config_invalid', { key: 'port' }));
    running.signal('SIGHUP');
    await vi.waitFor(() => {
      expect(running.stderr()).toContain('(config_invalid)');
    });
    end();
    const ran = await running.ended;
    expect(ran.exit).toBe(0);
    expect(parsed(ran.stdout)).toEqual({ url: 'http://127.0.0.1:8822', home: '/h' });
  });

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', true],
    ['evil.example', false],
    ['[::1]', false],
    ['127.0.0.1:80', false],
    ['127.1', false],
    ['$(id)', false],
  ])('--bind %s is an address: %s', async (bind, taken) => {
    const serve = vi.fn((): Promise<never> => Promise.reject(new CcosError('policy_denied')));
    const { exit, stderr } = await ccos(['up', '--bind', bind], { application: { serve } });
    expect([exit, serve.mock.calls.length]).toEqual(taken ? [3, 1] : [2, 0]);
    if (!taken) expect(stderr).toContain(`--bind takes an IP address, not ${bind} (bad_request)`);
  });

  it('is exit 7 where another gateway has the home', async () => {
    const serve = (): Promise<never> => Promise.reject(new CcosError('locked', { pid: 12 }));
    const ran = await ccos(['up'], { application: { serve } });
    expect(ran.exit).toBe(7);
    expect(ran.stderr).toContain('in use by another process: pid 12 (locked)');
  });
});

describe('ccos config', () => {
  const CONFIG = {
    config: { port: 8822, limits: { pages: 500 } },
    file_sha256: 'ab',
    effective_limits: { pages: 500 },
  };
  const routes: Routes = {
    'GET /config': () => CONFIG,
    'POST /config/set': () => ({ config: CONFIG.config, restart_needed: ['port'], approvals: [] }),
  };

  it('show names values as set names them', async () => {
    const ran = await ccos(['config', 'show'], { routes });
    expect(ran.stdout).toContain('limits.pages  500');
    expect(ran.stdout).toContain('sha256:ab');
    expect(parsed((await ccos(['config', 'show', '--json'], { routes })).stdout)).toEqual(CONFIG);
  });

  it('check needs no gateway and is exit 2 where the file is not valid', async () => {
    const good = () => Promise.resolve({ config: {}, file_sha256: null });
    const ran = await ccos(['config', 'check'], { application: { checkConfig: good } });
    expect(ran).toMatchObject({ exit: 0, homes: [] });
    const bad = (): Promise<never> => Promise.reject(new CcosError('config_invalid'));
    expect((await ccos(['config', 'check'], { application: { checkConfig: bad } })).exit).toBe(2);
  });

  it.each([
    ['9000', 9000],
    ['true', true],
    ['127.0.0.1', '127.0.0.1'],
    ['{"a":1}', { a: 1 }],
  ])('set sends %s', async (typed, value) => {
    const ran = await ccos(['config', 'set', 'port', typed], { routes });
    expect(ran.requests[0]?.json).toEqual({ key: 'port', value });
    expect(ran.stdout).toContain('a restart is needed');
  });

  it('set says whether the key or the value is wrong, and what would be taken', async () => {
    const refuse = (detail: Readonly<Record<string, string | number>>): Routes => ({
      'POST /config/set': fails('invalid_input', detail),
    });
    const lines = async (key: string, routes: Routes): Promise<readonly string[]> =>
      (await ccos(['config', 'set', key, '9'], { routes })).stderr.split('\n');
    const unknown = refuse({ field: 'key' });
    expect(await lines('nope', unknown)).toEqual([
      'ccos: the configuration has no key nope (invalid_input)',
      expect.stringMatching(/^ {6}the keys: port, .*limits\.pages/),
      '',
    ]);
    expect((await lines('limits.pags', unknown))[1]).toContain('did you mean limits.pages?');
    expect(await lines('port', refuse({ field: 'value', why: 'too_big', most: 8 }))).toEqual([
      'ccos: port does not take 9 (invalid_input)',
      '      the most is 8',
      '',
    ]);
    const json = await ccos(['config', 'set', 'nope', '1', '--json'], { routes: unknown });
    expect(parsed(json.stdout)).toMatchObject({ error: { details: { field: 'key' } } });
  });

  it('set has no way round an approval', async () => {
    const ran = await ccos(['config', 'set', 'port', '1', '--approve'], { routes });
    expect(ran).toMatchObject({ exit: 2, requests: [] });
  });
});

describe('ccos status, doctor and capabilities', () => {
  const capability = {
    id: 'ccos.attachment.extract_text',
    kind: 'transform',
    state: 'enabled',
    bundle: 'documents',
    version: '1.0.0',
    publisher: 'acme',
    effects: ['quarantine.read'],
    output: 'derived',
    media_types: ['text/plain'],
    limits: { pages: 10 },
    offered_by: ['documents', 'acme/more'],
    doc: '# Reads\n\n\u001b[2J`text` of **all** [kinds](https://x.example).\n\n| a `x` | b |\n| --- | --- |\n| one | two |\n```\n# code\n```',
    modules: [{ variant: 'text', code_sha256: 'c'.repeat(64), imports: ['ccos:host/1.q_read'] }],
  };
  const finding = (severity: string) => ({
    check: 'home.mode',
    severity,
    message: 'm',
    mend: 'chmod',
  });

  it('status leaves out what is not known', async () => {
    const state = {
      version: '1',
      home: '/h',
      home_id: 'h1',
      mode: 'in_process',
      pid: 7,
      started: '2026-01-01T00:00:00Z',
      uptime_seconds: 61.5,
      runtime: { name: 'node', version: '20' },
      policy: { version: '1', sha256: 'ab' },
      chain: { rows: 9 },
      quarantine: { blobs: 0, bytes: 0 },
      sandbox: { processes: 1, busy: 0, calls: 2 },
      bundles: 1,
      capabilities: { enabled: 1, disabled: 0 },
      approvals: { pending: 0 },
      walls: [],
    };
    const { stdout } = await ccos(['status'], { routes: { 'GET /status': () => state } });
    expect(stdout).toMatch(/gateway +does not run/);
    expect(stdout).not.toContain('started');
    expect(stdout).toMatch(/chain +9 rows$/m);
    expect(stdout).not.toContain('undefined');
  });

  it.each([
    ['warning', 0],
    ['critical', 1],
  ])('doctor with a finding that is %s is exit %i', async (severity, exit) => {
    const routes = { 'GET /doctor': () => ({ findings: [finding(severity)] }) };
    const ran = await ccos(['doctor'], { routes });
    expect(ran.exit).toBe(exit);
    expect(ran.stdout).toBe(`${severity.padEnd(8)}  home.mode: m\n          mend: chmod\n`);
  });

  it.each([
    { state: 'proven', same_build: true, exit: 0, said: 'by the tests of commit abc' },
    { state: 'proven', same_build: false, exit: 1, said: 'was built since: npm test' },
    { state: 'not_run', same_build: true, exit: 1, said: '0 of 1 sentences proven (0 %)' },
    { state: 'failed', same_build: true, exit: 1, said: 'FAILED' },
    { state: 'not_run', same_build: null, exit: 1, said: 'npm test writes them' },
  ] as const)(
    'doctor --contract (NA-1) with a sentence that is $state, of this build: $same_build',
    async ({ state, same_build, exit, said }) => {
      const sentences = [{ id: 'C-ONE-1', text: 'It holds.', state, tests: 1 }];
      const results = same_build === null ? null : { commit: 'abc', same_build };
      const contract = () => Promise.resolve({ sentences, results });
      const ran = await ccos(['doctor', '--contract'], {
        application: { offline: { contract } as never },
      });
      expect([ran.exit, ran.homes]).toEqual([exit, []]);
      expect(ran.stdout).toContain(said);
      expect(ran.stdout).toContain('C-ONE-1');
    },
  );

  it('capabilities list and show', async () => {
    const routes = {
      'GET /capabilities': () => ({ capabilities: [capability] }),
      [`GET /capabilities/${capability.id}`]: () => capability,
    };
    const listed = await ccos(['capabilities', 'list'], { routes });
    expect(listed.stdout).toContain(`${capability.id}  enabled  transform`);
    const shown = await ccos(['capabilities', 'show', capability.id], { routes });
    expect(shown.stdout).toContain('imports ccos:host/1.q_read');
    expect(shown.stdout).toMatch(/^also in +acme\/more \(see it with --bundle\)$/m);
    const doc = ['Reads', '', '\\x1b[2Jtext of all kinds (https://x.example).', ''];
    expect(shown.stdout).toContain([...doc, 'a x  b', 'one  two', '  # code', ''].join('\n'));
    const one = await ccos(['capabilities', 'show', capability.id, '--bundle', 'acme/more'], {
      routes,
    });
    expect(one.requests[0]?.query).toEqual({ bundle: 'acme/more' });
  });
});

describe('what is not active', () => {
  it('capabilities list and show leave out what only a loaded bundle says', async () => {
    const entry = {
      id: 'x',
      bundle: 'acme/d',
      state: 'pending',
      kind: 'transform',
      version: '',
      output: 'derived',
    };
    const routes = {
      'GET /capabilities': () => ({ capabilities: [entry] }),
      'GET /capabilities/x': () => ({
        ...entry,
        doc: '',
        offered_by: ['acme/d'],
        modules: [],
        schemas: {},
      }),
    };
    expect((await ccos(['capabilities', 'list'], { routes })).stdout).toContain('x   pending');
    expect((await ccos(['capabilities', 'show', 'x'], { routes })).exit).toBe(0);
  });

  it('bundle show has the digest', async () => {
    const bundle = {
      name: 'acme/d',
      version: '1',
      sequence: 1,
      digest: 'dd',
      publisher: 'acme',
      state: 'disabled',
    };
    const routes = { 'GET /bundles/acme/d': () => ({ bundle }) };
    expect((await ccos(['bundle', 'show', 'acme/d'], { routes })).stdout).toContain('sha256:dd');
  });
});

describe('ccos token and quarantine', () => {
  const token = { id: 't_1', plane: 'agent', created: '2026-01-01T00:00:00Z' };
  const routes: Routes = {
    'POST /tokens': () => ({ token: 'secret-token', id: 't_1', plane: 'agent' }),
    'GET /tokens': () => ({ tokens: [token] }),
    'DELETE /tokens/t_1': () => ({ id: 't_1', revoked: '2026-01-02T00:00:00Z' }),
    'GET /quarantine': () => ({ blobs: 2, bytes: 10 }),
    'POST /quarantine/purge': () => ({ count: 2 }),
  };

  it('token create gives a pipe the token alone', async () => {
    const argv = ['token', 'create', '--plane', 'agent', '--session', 's1'];
    const ran = await ccos(argv, { routes });
    expect(ran.stdout).toBe('secret-token\n');
    expect(ran.stderr).toBe('t_1: this token is not shown again\n');
    expect(ran.requests[0]?.json).toEqual({ plane: 'agent', session: 's1' });
  });

  it('token list and revoke', async () => {
    expect((await ccos(['token', 'list'], { routes })).stdout).toContain('t_1  agent  -');
    expect((await ccos(['token', 'revoke', 't_1'], { routes })).stdout).toBe('revoked t_1\n');
  });

  it.each([
    [['--all'], { kind: 'all' }],
    [['--expired'], { kind: 'expired' }],
    [['--session', 's1'], { kind: 'session', session: 's1' }],
  ])('quarantine purge %j', async (options, scope) => {
    const ran = await ccos(['quarantine', 'purge', ...options], { routes });
    expect(ran).toMatchObject({ exit: 0, stdout: 'purged 2 blobs\n' });
    expect(ran.requests[0]?.json).toEqual({ scope });
  });

  it('quarantine stats', async () => {
    expect((await ccos(['quarantine', 'stats'], { routes })).stdout).toBe('blobs  2\nbytes  10\n');
  });
});
