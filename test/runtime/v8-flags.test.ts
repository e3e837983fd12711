import { expect, test } from 'vitest';
import { approvedHome, up } from '../support/ccos-process.ts';
import { EXTRACTION, extractWith, installPlugins, says } from '../support/plugin-bundle.ts';

/** Node 20's V8 ended the process after 370 to 520 of them, one after the other. */
const CALLS = 700;

test.skipIf(!process.version.startsWith('v20.'))(
  'a gateway outlives the calls after which V8 used to end it',
  async () => {
    const home = await approvedHome();
    await installPlugins(home, [{ name: 'says', plugin: says(JSON.stringify(EXTRACTION)) }]);
    const gateway = await up(home);
    for (let i = 0; i < CALLS; i += 1) {
      const { status, code } = await extractWith(gateway, 'says');
      expect({ status, code }).toEqual({ status: 200, code: undefined });
    }
    expect(await gateway.stop()).toBe(0);
  },
  120_000,
);
