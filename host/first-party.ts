import { application } from './application.ts';
import { wholePage } from './cli/approval-page.ts';
import type { Approval } from './cli/answers.ts';
import { report } from './cli/failure.ts';
import { passphraseFrom } from './cli/passphrase.ts';
import { canAsk, confirm } from './cli/prompt.ts';
import type { Connection } from './cli/application.ts';
import type { Io } from './cli/io.ts';
import { signContainer } from './bundle/pack.ts';
import { generateKeyPair, readKeyPair } from './crypto/ed25519.ts';
import { call } from './http/client.ts';
import {
  FURTHER_BUNDLES,
  homePublisherKey,
  readFirstPartyBundle,
} from './runtime/first-party-files.ts';
import type { FirstPartyBundle } from './runtime/first-party-files.ts';

/**
 * The first run of a checkout: signs the bundles that were just built with a key of this home, shows
 * what that needs, and asks. `--approve` answers for exactly these digests and this key and is recorded
 * as what it is; `ccos` itself has no such word. `--with-NAME` is for a further bundle.
 */
const APPROVE_FLAG = 'flag:approve-first-party';
const EXIT_PENDING = 4;

interface Wanted {
  readonly approved: boolean;
  readonly bundles: readonly FirstPartyBundle[];
}

interface Setup {
  readonly connection: Connection;
  readonly io: Pick<Io, 'stdin' | 'stdout' | 'stderr'>;
  readonly wanted: Wanted;
}

async function main(home: string, wanted: Wanted): Promise<number> {
  const passphrase = passphraseFrom({ ...process, cwd: process.cwd() });
  await application.init({ home, passphrase });
  const connection = await application.connect({ home, passphrase });
  try {
    return await setUp({ connection, wanted, io: process }, home);
  } finally {
    await connection.close();
  }
}

async function setUp(setup: Setup, home: string): Promise<number> {
  const key = readKeyPair(homePublisherKey(home, () => generateKeyPair().pem));
  const trusted = await isTrusted(setup.connection, key.id);
  if (!trusted) {
    const public_key = Buffer.from(key.raw).toString('base64');
    const { approval } = (await post(setup, '/v1/admin/trust', {
      publisher: 'ccos',
      public_key,
    })) as {
      approval: Approval;
    };
    if (!(await decide(setup, [approval]))) return EXIT_PENDING;
  }
  for (const name of setup.wanted.bundles) {
    const body = signContainer(readFirstPartyBundle(name), key);
    const { approvals } = (await call(setup.connection.client, {
      method: 'POST',
      path: '/v1/admin/bundles',
      body,
    })) as { approvals: readonly Approval[] };
    if (!(await decide(setup, approvals))) return EXIT_PENDING;
  }
  return 0;
}

async function isTrusted({ client }: Connection, keyId: string): Promise<boolean> {
  const { publishers } = (await call(client, { method: 'GET', path: '/v1/admin/trust' })) as {
    publishers: readonly { keys: readonly { id: string; status: string }[] }[];
  };
  return publishers.some(({ keys }) => keys.some(({ id }) => id === keyId));
}

/** Shows every page, asks once, and answers each with the digest that was shown. */
async function decide(setup: Setup, approvals: readonly Approval[]): Promise<boolean> {
  if (approvals.length === 0) return true;
  const { io } = setup;
  for (const approval of approvals) io.stderr.write(`\n${wholePage(approval)}\n`);
  if (!setup.wanted.approved) {
    if (!canAsk(io)) {
      io.stderr.write(`\nwaiting for approval: run npm start at a terminal, or\n`);
      for (const { id } of approvals) io.stderr.write(`  npx ccos approvals approve ${id}\n`);
      return false;
    }
    const question = approvals.length === 1 ? 'Approve this?' : 'Approve these?';
    io.stderr.write('\n');
    if (!(await confirm(io, question))) {
      io.stderr.write('nothing was approved; it stays pending: npm start asks again\n');
      return false;
    }
  }
  const by = setup.wanted.approved ? APPROVE_FLAG : 'operator';
  for (const { id, digest } of approvals)
    await post(setup, `/v1/admin/approvals/${id}/approve`, { digest, by });
  io.stdout.write('approved\n'); // for whoever started this: something is new
  return true;
}

function post({ connection }: Setup, path: string, json: unknown): Promise<unknown> {
  return call(connection.client, { method: 'POST', path, json });
}

const [home = '', ...flags] = process.argv.slice(2);
try {
  process.exitCode = await main(home, {
    approved: flags.includes('--approve'),
    bundles: ['documents', ...FURTHER_BUNDLES.filter((name) => flags.includes(`--with-${name}`))],
  });
} catch (failure) {
  const { lines, exit } = report(failure);
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = exit;
}
