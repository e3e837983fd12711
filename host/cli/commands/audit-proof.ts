import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withAdmin } from '../admin.ts';
import type { Proof, SignedCheckpoint } from '../answers.ts';
import type { ChainVerdict } from '../application.ts';
import type { Call, Command } from '../command.ts';
import { escapeText } from '../escape.ts';
import { exportTo } from '../export.ts';
import { UsageError } from '../failure.ts';
import { withProgress } from '../progress.ts';
import { readLocalText } from '../read-file.ts';
import { unwritable } from '../write-file.ts';
import { chainLine, proofPage } from '../verdict.ts';
import { sequenceOf } from './audit-rows.ts';

/** Integrity of the chain, for us and for tools that are not ours. */
export const PROOFS: readonly Command[] = [
  {
    words: ['audit', 'verify'],
    args: '',
    summary: 'Checks the whole chain; exit code 5 and the first bad row where it fails.',
    options: {
      checkpoint: { help: 'a signed note that the chain must contain', value: 'FILE' },
      db: { help: 'a database apart from any home; needs --key', value: 'FILE' },
      proof: { help: 'only what ccos audit prove has written, without the chain', value: 'FILE' },
      key: { help: 'the verifier key of the chain (keys/chain.vkey of its home)', value: 'FILE' },
    },
    examples: [
      'ccos audit verify',
      'ccos audit verify --db state.db --key chain.vkey',
      'ccos audit verify --proof row-42.tlog-proof --key chain.vkey',
    ],
    run: verify,
  },
  {
    words: ['audit', 'checkpoint'],
    args: '',
    summary: 'Signs the present state of the chain (a C2SP signed note).',
    options: { out: { help: 'the file to write instead of printing', value: 'FILE' } },
    examples: ['ccos audit checkpoint --out checkpoint'],
    run: checkpoint,
  },
  {
    words: ['audit', 'prove'],
    args: 'SEQ',
    summary: 'Proves that one row is in the chain (a C2SP tlog-proof).',
    examples: ['ccos audit prove 42 > row-42.tlog-proof'],
    run: prove,
  },
  {
    words: ['audit', 'export'],
    args: 'DIR',
    summary: 'Writes the chain as C2SP tiles into an empty folder, for other tools.',
    examples: ['ccos audit export ./tiles'],
    run: exportTiles,
  },
];

async function verify(call: Call): Promise<number> {
  const proof = call.options.text('proof');
  if (proof !== undefined) return verifyProof(call, proof);
  const verdict = await withProgress(call, { name: 'verifying' }, () => verdictOf(call));
  await call.out.result(verdict, () => chainLine(verdict));
  if (!verdict.ok && verdict.why === 'signature' && call.options.text('key') !== undefined)
    await call.out.note(WHICH_KEY);
  return verdict.ok ? 0 : 5;
}

const WHICH_KEY = 'is this the key of that chain? its home has it in keys/chain.vkey';

/** Needs no gateway, and with `--key` no home. */
async function verifyProof({ application, home, io, options, out }: Call, path: string) {
  if (options.text('db') !== undefined || options.text('checkpoint') !== undefined)
    throw new UsageError('--proof stands alone', 'usage: --proof FILE [--key FILE]');
  const proof = await readLocalText(path, io.cwd);
  const keyFile = options.text('key') ?? join(home, 'keys', 'chain.vkey');
  const key = (await readLocalText(keyFile, io.cwd)).trim();
  const verdict = await application.offline.verifyProof(proof, key);
  await out.result(verdict, () => proofPage(verdict));
  if (!verdict.ok && verdict.why === 'signature') await out.note(WHICH_KEY);
  return verdict.ok ? 0 : 5;
}

async function verdictOf(call: Call): Promise<ChainVerdict> {
  const { application, io, options } = call;
  const noteFile = options.text('checkpoint');
  const dbFile = options.text('db');
  const keyFile = options.text('key');
  if ((dbFile === undefined) !== (keyFile === undefined))
    throw new UsageError('--key goes with --db or --proof', 'usage: --db FILE --key FILE');
  const note = noteFile === undefined ? undefined : await readLocalText(noteFile, io.cwd);
  const checkpoint = note === undefined ? {} : { checkpoint: note };
  if (dbFile === undefined || keyFile === undefined)
    return withAdmin(
      call,
      (admin) => admin.post('/audit/verify', checkpoint) as Promise<ChainVerdict>,
    );
  return application.offline.verifyAudit({
    dbFile: resolve(io.cwd, dbFile),
    verifierKey: (await readLocalText(keyFile, io.cwd)).trim(),
    ...checkpoint,
  });
}

async function checkpoint(call: Call): Promise<undefined> {
  const { io, options, out } = call;
  const answer = (await withAdmin(call, (admin) =>
    admin.post('/audit/checkpoint'),
  )) as SignedCheckpoint;
  const path = options.text('out');
  if (path === undefined) {
    await printText(call, answer, answer.note);
    return;
  }
  const file = resolve(io.cwd, path);
  try {
    await writeFile(file, answer.note);
  } catch (failure) {
    throw unwritable(path, failure);
  }
  const { size, verifier_key: key } = answer;
  await out.done(
    { ...answer, file },
    `wrote ${file}: ${String(size)} rows; its verifier key is ${key}`,
  );
}

async function prove(call: Call): Promise<undefined> {
  const seq = sequenceOf(call.args[0]);
  const answer = (await withAdmin(call, (admin) => admin.get(`/audit/prove/${seq}`))) as Proof;
  await printText(call, answer, answer.proof);
}

/** A signed text: its bytes count, so a pipe gets them as they are. */
async function printText({ out }: Call, document: object, text: string): Promise<void> {
  if (out.style.json) await out.document(document);
  else await out.raw(out.onScreen ? escapeText(text) : text);
}

async function exportTiles(call: Call): Promise<undefined> {
  const { args, io, out } = call;
  const folder = resolve(io.cwd, args[0] ?? '');
  const written = await withProgress(call, { name: 'exporting' }, () =>
    withAdmin(call, (admin) => exportTo(admin, folder)),
  );
  await out.done(
    written,
    `wrote ${String(written.files)} files to ${folder}: ${String(written.size)} rows`,
  );
}
