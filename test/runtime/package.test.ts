import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeTestFolder } from '../support/home.ts';

const SAMPLE = resolve('bundles/documents/samples/minutes.pdf');

/** `npm run package` of what is built, unpacked where nothing else of this checkout is. */
describe('the packaged ccos', () => {
  const folder = makeTestFolder();
  const root = join(folder, 'package');
  const bundles = join(root, 'dist', 'bundles');
  const home = join(folder, 'home');
  const packer = join(folder, 'packer');

  const ccos = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, 'dist', 'main.js'), ...args], {
      env: { CCOS_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });

  beforeAll(() => {
    const script = resolve('scripts/package.mjs');
    const printed = execFileSync(process.execPath, [script, '--no-build', '--out', folder], {
      env: { PATH: process.env['PATH'], CCOS_HOME: packer },
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    execFileSync('tar', ['-xzf', printed.trim(), '-C', folder]);
    linkDependencies(root);
  });

  test('has the program, the policies and the signed bundles, and no key but a public one', () => {
    expect(readdirSync(bundles).sort()).toEqual([
      'documents.signed.ccosb',
      'files.signed.ccosb',
      'legacy.signed.ccosb',
      'net.signed.ccosb',
      'ocr.signed.ccosb',
      'publisher.json',
      'verify.signed.ccosb',
    ]);
    for (const name of ['README.md', 'LICENSE', 'policies/constitution.cedar', 'dist/main.js'])
      expect(existsSync(join(root, name)), name).toBe(true);
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
    const shipped = files.filter((name) => !name.startsWith('node_modules'));
    expect(shipped.filter((name) => /\.(pem|key|map|ts)$|stamps/.test(name))).toEqual([]);
    expect(readFileSync(join(bundles, 'publisher.json'), 'utf8')).not.toContain('PRIVATE');
    expect(existsSync(join(packer, 'keys', 'publisher', 'ccos.key.pem'))).toBe(true);
  });

  test('is trusted, installed and approved on first use, and then reads a document', () => {
    expect(ccos('init')).toMatchObject({ status: 0 });
    const early = ccos('bundle', 'install', join(bundles, 'documents.signed.ccosb'));
    expect(early.status).toBe(5);
    expect(early.stderr).toContain('(bundle_');
    const asked = ccos('bundle', 'trust', 'add', join(bundles, 'publisher.json'), '--json');
    expect(asked.status).toBe(4);
    const { approvals } = JSON.parse(asked.stdout) as { approvals: readonly { id: string }[] };
    expect(approvals).toHaveLength(1);
    for (const { id } of approvals)
      expect(ccos('approvals', 'approve', id, '--yes')).toMatchObject({ status: 0 });
    const install = ['bundle', 'install', join(bundles, 'documents.signed.ccosb'), '--approve'];
    expect(ccos(...install)).toMatchObject({ status: 0 });
    const read = ccos('extract', SAMPLE);
    expect(read).toMatchObject({ status: 0 });
    expect(read.stdout).toContain('Minutes of the Spring Meeting');
    expect(ccos('audit', 'verify')).toMatchObject({ status: 0 });
  });
});

/** Only what package.json declares can be imported: links to this checkout's own copies. */
function linkDependencies(root: string): void {
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  const { dependencies } = JSON.parse(text) as { dependencies: Readonly<Record<string, string>> };
  for (const name of Object.keys(dependencies)) {
    const link = join(root, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve('node_modules', name), link);
  }
}
