import type { ErrorCode } from '../../core/error.ts';
import { FIXED } from '../../core/limits.ts';
import { withAdmin } from '../admin.ts';
import type { Admin } from '../admin.ts';
import type { Approval, Bundle } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { FileError } from '../failure.ts';
import { list, page } from '../page.ts';
import { withProgress } from '../progress.ts';
import { readLocalFile } from '../read-file.ts';
import { finish, settle } from '../settle.ts';

/** What takes the file of a bundle to the gateway. */
export const INSTALLING: readonly Command[] = [
  {
    words: ['bundle', 'verify'],
    args: 'FILE',
    summary: 'Checks a bundle as an installation would; exit code 5 where it fails.',
    examples: ['ccos bundle verify documents-1.ccosb'],
    run: verify,
  },
  {
    words: ['bundle', 'install'],
    args: 'FILE',
    summary: 'Verifies and records a bundle, then asks for what it needs. Nothing runs before.',
    options: { approve: { help: 'answer the approvals (for a publisher who is trusted already)' } },
    examples: ['ccos bundle install documents-1.ccosb'],
    run: install,
  },
];

interface Verified {
  readonly bundle: Bundle;
  readonly checks: readonly string[];
}

interface Installed {
  readonly bundle: Bundle;
  readonly approvals: readonly Approval[];
}

async function verify(call: Call): Promise<undefined> {
  const answer = (await withBundle(call, (admin, bytes) =>
    admin.send('/bundles/verify', bytes),
  )) as Verified;
  await call.out.result(answer, () => verdict(answer));
}

function verdict({ bundle, checks }: Verified): string {
  return page([
    ['verified', `${bundle.name} ${bundle.version} (sequence ${String(bundle.sequence)})`],
    ['publisher', bundle.publisher],
    ['signed by', list(bundle.signers ?? [])],
    ['digest', `sha256:${bundle.digest}`],
    ['checks', list(checks)],
  ]);
}

async function install(call: Call): Promise<number> {
  return withBundle(call, async (admin, bytes) => {
    const { bundle, approvals } = (await withProgress(call, { name: 'verifying' }, () =>
      admin.send('/bundles', bytes),
    )) as Installed;
    const settled = await settle(call, admin, approvals);
    const open = settled.filter(({ status }) => status !== 'approved').length;
    const state = open === 0 ? 'installed' : 'verified and recorded, not enabled:';
    const sentence = `${state} ${bundle.name} ${bundle.version}, sha256:${bundle.digest}`;
    return finish(call, { document: { bundle }, sentence }, settled);
  });
}

/** Reads the file first: a path that is wrong is said before a home is opened. */
async function withBundle<Result>(
  call: Call,
  work: (admin: Admin, bytes: Uint8Array) => Promise<Result>,
): Promise<Result> {
  const { args, io } = call;
  const [path = ''] = args;
  let bytes: Uint8Array;
  try {
    bytes = await readLocalFile(path, { cwd: io.cwd, most: FIXED.bundleBytes });
  } catch (failure) {
    if (failure instanceof FileError) await refused(call, failure.error.code);
    throw failure;
  }
  return withAdmin(call, (admin) => work(admin, bytes));
}

async function refused(call: Call, code: ErrorCode): Promise<void> {
  try {
    await withAdmin(call, (admin) => admin.post('/refusals', { code, what: 'bundle' }));
  } catch {
    return; // the file is refused all the same
  }
}
