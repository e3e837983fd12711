import { application, extracting } from './application.ts';
import { run } from './cli/run.ts';

const argv = process.argv.slice(2);
// The heavy half of the program loads while the command line is read.
if (argv[0] === 'extract') void import('./gateway.ts');

process.exitCode = await run(
  argv,
  {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    now: () => Date.now(), // eslint-disable-line no-restricted-syntax -- the terminal's own clock
    onSignal(signal, listener) {
      process.on(signal, listener);
      return () => process.off(signal, listener);
    },
  },
  argv[0] === 'extract' ? extracting : application,
);
