import { expect, test } from 'vitest';
import { ccosJson } from '../support/ccos-command.ts';
import { descendants, isAlive, until, up } from '../support/ccos-process.ts';
import { makeTestHome } from '../support/home.ts';
import { extractWith, getCalls, installPlugins } from '../support/plugin-bundle.ts';
import { HANG } from '../sandbox/plugins.ts';

test('SIGTERM ends what takes longer than the drain, within 10 s, with a row for each call', async () => {
  const home = makeTestHome().directory;
  await installPlugins(home, [{ name: 'loop', plugin: HANG, limits: { timeMs: 60_000 } }]);
  const gateway = await up(home);
  const asked = [1, 2, 3].map(() =>
    extractWith(gateway, 'loop').catch((failure: unknown) => failure),
  );
  await until(() => (descendants(gateway.pid).length > 1 ? true : undefined), 'two at work');
  const children = descendants(gateway.pid);
  const began = performance.now();
  expect(await gateway.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(10_000);
  await Promise.all(asked);
  expect(children.filter(isAlive)).toEqual([]);
  const calls = await getCalls(home);
  expect(calls.map(({ outcome }) => outcome)).toEqual(calls.map(() => 'not_ready'));
  expect(await ccosJson(home, 'audit', 'verify')).toMatchObject({ ok: true });
});
