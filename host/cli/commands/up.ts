import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Gateway, ServeOptions } from '../application.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
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
      'tls-cert': { help: 'the file of a certificate (PEM)', value: 'FILE' },
      'tls-key': { help: 'the file of its key (PEM)', value: 'FILE' },
      'in-the-clear': { help: 'beyond loopback, without TLS: all of it can be read on the way' },
    },
    examples: [
      'ccos up',
      'ccos up --port 9000',
      'ccos up --bind 0.0.0.0 --tls-cert cert.pem --tls-key key.pem',
    ],
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
    ...transportOf(call),
  });
  const listening = [
    io.onSignal('SIGINT', () => void stop(call, gateway)),
    io.onSignal('SIGTERM', () => void stop(call, gateway)),
    io.onSignal('SIGHUP', () => void reload(call, gateway)),
  ];
  try {
    await out.done(
      {
        url: gateway.url,
        home: gateway.home,
        ...(gateway.openUrl !== undefined && { open_url: gateway.openUrl }),
      },
      `ccos listens at ${gateway.url} for ${gateway.home}`,
    );
    if (gateway.openUrl !== undefined) await warn(call, gateway.openUrl);
    if (!out.style.json) await out.note('Ctrl-C stops it');
    await gateway.stopped;
  } finally {
    for (const stopListening of listening) stopListening();
  }
}

/** `--quiet` does not hide it. */
async function warn({ out }: Call, openUrl: string): Promise<void> {
  const clear = openUrl.startsWith('http:');
  const how = clear ? ' in the clear: what is said, tokens too, can be read on the way' : '';
  await out.show(escapeLine(`WARNING: others reach this gateway at ${openUrl}${how}`));
}

function transportOf({ options, io }: Call): Pick<ServeOptions, 'tls' | 'inTheClear'> {
  const [cert, key] = [options.text('tls-cert'), options.text('tls-key')];
  const inTheClear = options.flag('in-the-clear');
  if (cert === undefined && key === undefined) return inTheClear ? { inTheClear } : {};
  if (cert === undefined || key === undefined)
    throw new UsageError('--tls-cert and --tls-key go together', 'give both files');
  if (inTheClear) throw new UsageError('TLS is not in the clear', 'leave --in-the-clear out');
  return { tls: { cert: resolve(io.cwd, cert), key: resolve(io.cwd, key) } };
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
