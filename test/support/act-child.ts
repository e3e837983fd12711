import { writeSync } from 'node:fs';
import { CcosError } from '../../host/core/error.ts';
import { openGateway } from '../../host/gateway.ts';
import { openHome } from '../../host/runtime/home.ts';
import { silentLog } from '../../host/runtime/silent-log.ts';
import { readVersion } from '../../host/runtime/version.ts';

/**
 * A gateway that asks a host for something, three at a time, until it is killed or nothing is left of the
 * exception that lets it; then it says `used up` and goes on asking. What it has been given it says: `ok`.
 */
const say = (line: string): number => writeSync(1, `${line}\n`);

const [home = '', url = ''] = process.argv.slice(2);
const { services } = await openGateway({
  home: openHome(home),
  log: silentLog,
  version: readVersion(),
  mode: 'in_process',
  lockWaitMillis: 0,
  warm: true,
  shutdown: () => undefined,
});
say('open');

async function ask(): Promise<never> {
  for (;;)
    try {
      await services.actor.act({ capability: 'ccos.http.request', args: { url } });
      say('ok');
    } catch (failure) {
      if (failure instanceof CcosError && failure.code === 'approval_required') say('used up');
      else say(`failed ${failure instanceof CcosError ? failure.code : 'unknown'}`);
    }
}
await Promise.all([ask(), ask(), ask()]);
