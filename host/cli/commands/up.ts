import { isIP } from 'node:net';
import type { Gateway } from '../application.ts';
import type { Call, Command } from '../command.ts';
import { UsageError } from '../failure.ts';
import { passphraseFrom } from '../passphrase.ts';

export const UP: readonly Command[] = [
  {
    words: ['up'],
    args: '',
    summary: 'Runs the gateway until Ctrl-C. SIGHUP reads the configuration again.',
    options: {
      port: { help: 'the port (default 8822, 0 takes a free one)', value: 'N' },
      bind: { help: 'the address (default 127.0.0.1; others need an approval)', value: 'ADDR' },
    },
    examples: ['ccos up', 'ccos up --port 9000'],
    run: up,
  },
];

async function up(call: Call): Promise<undefined> {
  const { application, home, io, out, options } = call;
  const port = portOf(options.text('port'));
  const bind = addressOf(options.text('bind'));
  const gateway = await application.serve({
    home,
    passphrase: passphraseFrom(io),
    ...(port !== undefined && { port }),
    ...(bind !== undefined && { bind }),
  });
  const listening = [
    io.onSignal('SIGINT', () => void stop(call, gateway)),
    io.onSignal('SIGTERM', () => void stop(call, gateway)),
    io.onSignal('SIGHUP', () => void reload(call, gateway)),
  ];
  try {
    await out.done(
      { url: gateway.url, home: gateway.home },
      `ccos listens at ${gateway.url} for ${gateway.home}`,
    );
    if (!out.style.json) await out.note('Ctrl-C stops it');
    await gateway.stopped;
  } finally {
    for (const stopListening of listening) stopListening();
  }
}

async function stop({ out }: Call, gateway: Gateway): Promise<void> {
  try {
    await gateway.stop();
  } catch (failure) {
    await out.fail(failure);
  }
}

async function reload({ out }: Call, gateway: Gateway): Promise<void> {
  try {
    const { restart_needed: waiting } = await gateway.reload();
    const rest = waiting.length === 0 ? '' : `; a restart is needed for ${waiting.join(', ')}`;
    await out.note(`configuration read again${rest}`);
  } catch (failure) {
    await out.fail(failure);
  }
}

/** A name would be resolved by somebody else: only addresses, and `localhost`. */
function addressOf(text: string | undefined): string | undefined {
  if (text === undefined || text === 'localhost' || isIP(text) !== 0) return text;
  throw new UsageError(
    `--bind takes an IP address, not ${text}`,
    'such as 127.0.0.1 or ::1; another address than loopback needs an approval',
  );
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port > 65_535) throw new UsageError('--port takes a number', 'from 0 to 65535');
  return port;
}
