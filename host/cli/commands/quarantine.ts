import { unlink, writeFile } from 'node:fs/promises';
import { REVEAL_REASONS } from '../../core/reveal-reason.ts';
import { segment, withAdmin } from '../admin.ts';
import type { QuarantineStats } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { escapeText } from '../escape.ts';
import { UsageError } from '../failure.ts';
import { page } from '../page.ts';
import { unwritable, writeNewFile } from '../write-file.ts';

export const QUARANTINE: readonly Command[] = [
  {
    words: ['quarantine', 'stats'],
    args: '',
    summary: 'How much raw content is kept.',
    examples: ['ccos quarantine stats'],
    run: stats,
  },
  {
    words: ['quarantine', 'purge'],
    args: '',
    summary: 'Destroys the keys of raw content, for good. Takes exactly one of its options.',
    options: {
      expired: { help: 'what is past its time' },
      session: { help: 'what belongs to one session', value: 'ID' },
      all: { help: 'everything' },
    },
    examples: ['ccos quarantine purge --expired', 'ccos quarantine purge --session local'],
    run: purge,
  },
  {
    words: ['quarantine', 'reveal'],
    args: 'REF',
    summary: 'Shows raw content once, by an approval for it. The record keeps that you looked.',
    options: {
      reason: { help: REVEAL_REASONS.join(', '), value: 'WORD' },
      out: { help: 'a new file that only you can read', value: 'FILE' },
    },
    examples: [
      'ccos quarantine reveal q_0123456789abcdef0123456789abcdef --reason incident',
      'ccos quarantine reveal q_0123456789abcdef0123456789abcdef --reason legal --out letter.pdf',
    ],
    run: reveal,
  },
];

async function stats(call: Call): Promise<undefined> {
  const answer = (await withAdmin(call, (admin) => admin.get('/quarantine'))) as QuarantineStats;
  await call.out.result(answer, () =>
    page([
      ['blobs', answer.blobs],
      ['bytes', answer.bytes],
    ]),
  );
}

async function purge(call: Call): Promise<undefined> {
  const scope = scopeOf(call);
  const answer = (await withAdmin(call, (admin) => admin.post('/quarantine/purge', { scope }))) as {
    readonly count: number;
  };
  await call.out.done(answer, `purged ${String(answer.count)} blobs`);
}

function scopeOf({ options }: Call): { readonly kind: string; readonly session?: string } {
  const session = options.text('session');
  const scopes = [
    ...(options.flag('all') ? [{ kind: 'all' }] : []),
    ...(options.flag('expired') ? [{ kind: 'expired' }] : []),
    ...(session === undefined ? [] : [{ kind: 'session', session }]),
  ];
  const [scope] = scopes;
  if (scope === undefined || scopes.length > 1)
    throw new UsageError(
      'purge takes exactly one of --expired, --session and --all',
      'see ccos quarantine purge --help',
    );
  return scope;
}

/** Where it goes is settled first: what is shown is shown once. */
async function reveal(call: Call): Promise<undefined> {
  const { args, options, out } = call;
  const [ref = ''] = args;
  const reason = reasonOf(options.text('reason'));
  const path = options.text('out');
  if (path === undefined && (out.style.json || !out.onScreen))
    throw new UsageError('raw content goes to a terminal or into a file', 'add --out FILE');
  const fetch = (): Promise<Uint8Array> =>
    withAdmin(call, (admin) =>
      admin.postForBytes(`/quarantine/${segment(ref)}/reveal`, { reason }),
    );
  if (path !== undefined) {
    await revealInto(call, path, fetch);
    return;
  }
  const bytes = await fetch();
  const text = textOf(bytes);
  if (text === null) await revealInto(call, `${ref}.bin`, () => Promise.resolve(bytes));
  else await out.raw(`${escapeText(text)}\n`);
}

/** The file is made before the content is asked for, and taken away where none comes. */
async function revealInto(
  { io, out }: Call,
  path: string,
  fetch: () => Promise<Uint8Array>,
): Promise<void> {
  const file = await writeNewFile({ cwd: io.cwd, path, bytes: '', secret: true });
  try {
    const bytes = await fetch();
    await writeFile(file, bytes).catch((failure: unknown) => {
      throw unwritable(path, failure);
    });
    const what = `wrote ${String(bytes.length)} bytes to ${file}`;
    await out.done({ file, bytes: bytes.length }, what);
  } catch (failure) {
    await unlink(file);
    throw failure;
  }
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function reasonOf(text: string | undefined): string {
  const reason = REVEAL_REASONS.find((word) => word === text);
  if (reason !== undefined) return reason;
  throw new UsageError('reveal needs a --reason', `one of ${REVEAL_REASONS.join(', ')}`);
}
