import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { plugin } from '../sandbox/plugins.ts';
import { ccosAt } from '../support/ccos-command.ts';
import { makeTestFolder, makeTestHome } from '../support/home.ts';
import { installPlugins, mediaTypeOf } from '../support/plugin-bundle.ts';

/** Says that it is at its third page of seven, and never comes to the fourth. */
const SLOW = plugin({
  uses: ['progress'],
  run: '(call $progress (i32.const 3) (i32.const 7)) (loop $again (br $again)) unreachable',
});

describe('ccos extract of what takes long', () => {
  let home = '';
  const file = join(makeTestFolder(), 'long');
  beforeAll(async () => {
    home = makeTestHome().directory;
    await installPlugins(home, [{ name: 'slow', plugin: SLOW }]);
    writeFileSync(file, 'some document');
  });

  const extract = (isWatched: boolean, ...more: readonly string[]) =>
    ccosAt(
      { onScreen: false, isWatched },
      ...['--home', home, 'extract', '--type', mediaTypeOf('slow'), file, ...more],
    );

  test('withProgress: a person at a terminal sees how far it is, by page', async () => {
    const { exit, stdout, stderr } = await extract(true);
    expect(exit).toBe(6);
    expect(stderr).toMatch(/reading .* … 3 of 7, \d\.\d s/);
    expect(stderr).toMatch(/timeout/);
    expect(stdout).toBe('');
  });

  test('withProgress: nothing of it where nobody watches, with --json, or with --quiet', async () => {
    for (const [isWatched, ...more] of [[false], [true, '--json'], [true, '--quiet']] as const) {
      const { exit, stderr } = await extract(isWatched, ...more);
      expect(exit).toBe(6);
      expect(stderr).not.toContain('reading');
    }
  });
});
