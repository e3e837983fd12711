import { basename, join, resolve } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { CcosError } from '../../core/error.ts';
import { FIXED } from '../../core/limits.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
import { ExplainedError, UsageError } from '../failure.ts';
import { readLocalFile, readLocalText } from '../read-file.ts';
import { PUBLISHER_KEY_FORMAT, SLUG } from '../publisher-key.ts';
import { unwritable, writeNewFile } from '../write-file.ts';

const OUT = { help: 'the file to write; an existing one is never overwritten', value: 'FILE' };

/** For publishers: no home and no gateway is needed. */
export const PUBLISHING: readonly Command[] = [
  {
    words: ['bundle', 'keygen'],
    args: '',
    summary: "Makes a publisher's key: a private file (0600) and a public one for operators.",
    options: {
      out: { help: 'the folder for the two files (default: here)', value: 'DIR' },
      publisher: { help: 'the name of the publisher (default: publisher)', value: 'NAME' },
    },
    examples: ['ccos bundle keygen --publisher acme'],
    run: keygen,
  },
  {
    words: ['bundle', 'pack'],
    args: 'DIR',
    summary: 'Makes an unsigned bundle of a folder.',
    options: { out: { ...OUT, help: `${OUT.help} (default: DIR.ccosb)` } },
    examples: ['ccos bundle pack documents'],
    run: pack,
  },
  {
    words: ['bundle', 'sign'],
    args: 'FILE',
    summary: 'Adds a signature to a bundle.',
    options: {
      key: { help: "the publisher's private key", value: 'PEM' },
      out: { ...OUT, help: `${OUT.help} (default: FILE with .signed before its ending)` },
    },
    examples: ['ccos bundle sign documents.ccosb --key acme.key.pem --out documents-1.ccosb'],
    run: sign,
  },
  {
    words: ['bundle', 'inspect'],
    args: 'FILE',
    summary: 'What a bundle says of itself. Nothing of it is verified.',
    examples: ['ccos bundle inspect documents-1.ccosb'],
    run: inspect,
  },
];

async function keygen({ application, io, options, out }: Call): Promise<undefined> {
  const publisher = options.text('publisher') ?? 'publisher';
  if (!SLUG.test(publisher))
    throw new UsageError(
      '--publisher takes lower-case letters, digits and -',
      'at most 39 of them',
    );
  const folder = resolve(io.cwd, options.text('out') ?? '.');
  await makeFolder(folder);
  const key = await application.offline.keygen();
  const at = (name: string): string => join(folder, `${publisher}.${name}`);
  const privateFile = await writeNewFile({
    cwd: folder,
    path: at('key.pem'),
    bytes: key.private_key_pem,
    secret: true,
  });
  const publicKey = { format: PUBLISHER_KEY_FORMAT, publisher, public_key: key.public_key };
  const publicFile = await writeNewFile({
    cwd: folder,
    path: at('pub.json'),
    bytes: `${JSON.stringify(publicKey, undefined, 2)}\n`,
  });
  await out.done(
    { key_id: key.key_id, publisher, private_key: privateFile, public_key: publicFile },
    `made ${privateFile} (keep it secret) and ${publicFile} (for operators), key ${key.key_id}`,
  );
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (failure) {
    throw unwritable(folder, failure);
  }
}

async function pack({ application, args, io, options, out }: Call): Promise<undefined> {
  const folder = resolve(io.cwd, args[0] ?? '');
  const bytes = await application.offline.pack(folder).catch((failure: unknown) => {
    if (!(failure instanceof CcosError) || failure.code !== 'file_not_found') throw failure;
    const next = 'it is the manifest of a bundle, and lies in its folder: bundles/FORMAT.md';
    throw new ExplainedError(failure, `there is no bundle.json in ${folder}`, next);
  });
  const path = options.text('out') ?? `${basename(folder)}.ccosb`;
  const file = await writeNewFile({ cwd: io.cwd, path, bytes });
  await out.done({ file, bytes: bytes.length }, `packed ${file}, ${String(bytes.length)} bytes`);
}

async function sign({ application, args, io, options, out }: Call): Promise<undefined> {
  const [name = ''] = args;
  const keyFile = options.text('key');
  if (keyFile === undefined)
    throw new UsageError('--key is missing', 'usage: ccos bundle sign FILE --key PEM');
  const bundle = await readBundle(name, io.cwd);
  const pem = await readLocalText(keyFile, io.cwd);
  const bytes = await application.offline.sign(bundle, pem);
  const path = options.text('out') ?? `${name.replace(/\.ccosb$/, '')}.signed.ccosb`;
  const file = await writeNewFile({ cwd: io.cwd, path, bytes });
  await out.done({ file, bytes: bytes.length }, `signed ${file}`);
}

async function inspect({ application, args, io, out }: Call): Promise<undefined> {
  const bundle = await readBundle(args[0] ?? '', io.cwd);
  const description = await application.offline.inspect(bundle);
  await out.result(description, () => description.lines.map(escapeLine).join('\n'));
}

function readBundle(path: string, cwd: string): Promise<Uint8Array> {
  return readLocalFile(path, { cwd, most: FIXED.bundleBytes });
}
