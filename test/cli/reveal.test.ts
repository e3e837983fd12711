import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ccos, fails, parsed } from './harness.ts';

const REF = `q_${'7'.repeat(32)}`;
const ROUTE = `POST /quarantine/${REF}/reveal`;
const TEXT = Buffer.from('see you\u202e at noon\u001b[2J');
const SHOWS = { [ROUTE]: () => new Uint8Array(TEXT) };
const REVEAL = ['quarantine', 'reveal', REF, '--reason', 'incident'];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'ccos-reveal-'));
  onTestFinished(() => {
    rmSync(made, { recursive: true });
  });
  return made;
}

describe('ccos quarantine reveal (D0.3-d)', () => {
  it('shows it on the terminal, with nothing that moves the cursor', async () => {
    const ran = await ccos(REVEAL, { routes: SHOWS, onScreen: true });
    expect(ran).toMatchObject({ exit: 0, stdout: 'see you\\u202e at noon\\x1b[2J\n' });
    expect(ran.requests).toMatchObject([{ method: 'POST', json: { reason: 'incident' } }]);
  });

  it('goes into no pipe and no JSON', async () => {
    for (const [more, onScreen] of [
      [[], false],
      [['--json'], true],
    ] as const) {
      const ran = await ccos([...REVEAL, ...more], { routes: SHOWS, onScreen });
      expect(ran).toMatchObject({ exit: 2, requests: [] });
      expect(ran.stdout + ran.stderr).not.toContain('noon');
    }
  });

  it('goes into a new file that only the owner can read, byte for byte', async () => {
    const cwd = folder();
    const ran = await ccos([...REVEAL, '--out', 'letter', '--json'], { routes: SHOWS, cwd });
    const file = join(cwd, 'letter');
    expect(parsed(ran.stdout)).toEqual({ file, bytes: TEXT.length });
    expect(readFileSync(file)).toEqual(TEXT);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await ccos([...REVEAL, '--out', 'letter'], { routes: SHOWS, cwd });
    expect(again).toMatchObject({ exit: 2, requests: [] });
  });

  it('leaves no file where nothing is shown', async () => {
    const cwd = folder();
    const routes = { [ROUTE]: fails('approval_required', {}, { approval_id: 'ap_1' }) };
    const ran = await ccos([...REVEAL, '--out', 'letter'], { routes, cwd });
    expect(ran.exit).toBe(4);
    expect(ran.stderr).toContain('ccos approvals show ap_1');
    expect(existsSync(join(cwd, 'letter'))).toBe(false);
  });

  it('that is no text goes into a file named for it and not over the terminal', async () => {
    const cwd = folder();
    const bytes = new Uint8Array([0x25, 0x50, 0xff, 0xfe, 0]);
    const ran = await ccos(REVEAL, { routes: { [ROUTE]: () => bytes }, onScreen: true, cwd });
    expect(ran.exit).toBe(0);
    expect(readFileSync(join(cwd, `${REF}.bin`))).toEqual(Buffer.from(bytes));
  });

  it('takes a reason of the list', async () => {
    for (const reason of [[], ['--reason', 'curious']]) {
      const ran = await ccos(['quarantine', 'reveal', REF, ...reason], { onScreen: true });
      expect(ran).toMatchObject({ exit: 2, requests: [] });
      expect(ran.stderr).toContain('incident');
    }
  });
});
