import { describe, expect, it } from 'vitest';
import { ccos, parsed } from './harness.ts';

const EXCEPTION = {
  id: 'ap_1',
  status: 'live',
  capability: 'ccos.http.request@0.1.0',
  publisher: 'ccos',
  sink: 'http.public',
  target: 'api.example.org',
  label: ['pii.redacted'],
  run: 'run_1',
  uses: 1,
  max_uses: 3,
  bytes: 100,
  max_bytes: 1000,
  expires: '2026-01-08T00:00:00Z',
};
const USED = { ...EXCEPTION, id: 'ap_2', status: 'used', target: 'evil\u202e.example' };
const ROUTES = {
  'GET /exceptions': () => ({ exceptions: [EXCEPTION, USED] }),
  'GET /exceptions/ap_1': () => ({ exception: EXCEPTION }),
  'POST /exceptions/ap_1/revoke': () => ({ exception: { ...EXCEPTION, status: 'revoked' } }),
};

describe('ccos exceptions', () => {
  it('list has the live ones, and all of them escaped', async () => {
    const live = await ccos(['exceptions', 'list'], { routes: ROUTES });
    expect(live.stdout).toMatch(
      /ap_1 +live +ccos\.http\.request@0\.1\.0 +api\.example\.org +1 of 3 +100 of 1000/,
    );
    expect(live.stdout).not.toContain('ap_2');
    const all = await ccos(['exceptions', 'list', '--all'], { routes: ROUTES });
    expect(all.stdout).toContain('ap_2');
    expect(all.stdout).not.toContain('\u202e');
    const json = await ccos(['exceptions', 'list', '--json'], { routes: ROUTES });
    expect(parsed(json.stdout)).toEqual({ exceptions: [EXCEPTION] });
  });

  it('show has every limit of it', async () => {
    const { stdout } = await ccos(['exceptions', 'show', 'ap_1'], { routes: ROUTES });
    for (const text of ['ap_1, live', 'pii.redacted', 'run_1', '1 of 3', '100 of 1000'])
      expect(stdout).toContain(text);
  });

  it('revoke ends it', async () => {
    const ran = await ccos(['exceptions', 'revoke', 'ap_1'], { routes: ROUTES });
    expect(ran).toMatchObject({ exit: 0, stdout: 'revoked ap_1\n' });
  });
});
