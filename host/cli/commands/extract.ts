import { CcosError } from '../../core/error.ts';
import { LIMITS } from '../../core/limits.ts';
import { passwordHeader } from '../../core/document-password.ts';
import { Admin } from '../admin.ts';
import type { Extraction, Status } from '../answers.ts';
import type { Connection } from '../application.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine, escapeText } from '../escape.ts';
import { ExplainedError, report, UsageError } from '../failure.ts';
import type { Report } from '../failure.ts';
import { toMarkdown } from '../markdown.ts';
import { documentPassword } from '../document-password.ts';
import { declaredType, isMediaType } from '../media-type.ts';
import { passphraseFrom } from '../passphrase.ts';
import { isWatched, withProgress } from '../progress.ts';
import { readLocalFile } from '../read-file.ts';

export const EXTRACT: readonly Command[] = [
  {
    words: ['extract'],
    args: 'FILE…',
    summary: 'The text of local files, read by sandboxed plugins.',
    options: {
      format: { help: 'text (default), json or markdown', value: 'FORMAT' },
      type: { help: 'what the files are, instead of what their names say', value: 'MIME' },
      'password-stdin': { help: 'read the password of the files from standard input' },
    },
    examples: [
      'ccos extract paper.pdf',
      'ccos extract --json a.docx b.html',
      'ccos extract --type text/html page > page.txt',
      'pass show bank | ccos extract --password-stdin statement.pdf',
    ],
    run: extract,
  },
];

const FORMATS = ['text', 'json', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

type Outcome =
  | { readonly file: string; readonly extraction: Extraction }
  | { readonly file: string; readonly failed: Report };

async function extract(call: Call): Promise<number> {
  const type = typeOf(call);
  const format = formatOf(call);
  const password = await documentPassword(call);
  const home = new LazyHome(call);
  const outcomes: Outcome[] = [];
  try {
    for (const file of call.args) {
      const asked = { file, type: type ?? declaredType(file), password };
      const outcome = await extractOne(call, home, asked);
      outcomes.push(outcome);
      if (format !== 'json') await print(call, outcome, format);
    }
  } finally {
    await home.close();
  }
  if (format === 'json') await printJson(call, outcomes);
  for (const outcome of outcomes) if ('failed' in outcome) return outcome.failed.exit;
  return 0;
}

interface Asked {
  readonly file: string;
  readonly type: string | undefined;
  readonly password: string | undefined;
}

/** Only the bytes, the declared type and the password go to the gateway, never the name. */
async function extractOne(
  call: Call,
  home: LazyHome,
  { file, type, password }: Asked,
): Promise<Outcome> {
  try {
    const bytes = await read(call, home, file);
    const waiter = isWatched(call) ? crypto.randomUUID() : undefined;
    const what = {
      name: `reading ${file}`,
      look: async () => farOf(await (await home.admin()).get('/extract/progress', { waiter })),
    };
    const extraction = await withProgress(call, what, async () => {
      const admin = await home.admin();
      const headers = password === undefined ? {} : passwordHeader(password);
      const query = { type, waiter };
      return (await admin.send('/extract', bytes, { query, headers })) as Extraction;
    });
    return { file, extraction };
  } catch (failure) {
    return { file, failed: report(await explained(failure, home), file) };
  }
}

/** How far a document is, for a person; nothing until its plugin has told. */
function farOf(answer: unknown): string {
  const { done, total } = answer as { readonly done?: number; readonly total?: number };
  return done === undefined || total === undefined ? '' : `${String(done)} of ${String(total)}, `;
}

/** Where nothing is installed the type of the file is not what is wrong. */
async function explained(failure: unknown, home: LazyHome): Promise<unknown> {
  if (!(failure instanceof CcosError) || failure.code !== 'unsupported_type') return failure;
  const admin = await home.admin();
  const { capabilities, approvals } = (await admin.get('/status')) as Status;
  if (capabilities.enabled > 0) return failure;
  const next =
    approvals.pending > 0
      ? 'approvals are waiting: ccos approvals list'
      : 'install one: ccos bundle install FILE; in a checkout: npm start';
  return new ExplainedError(failure, 'no plugin that reads documents is enabled', next);
}

async function read({ io }: Call, home: LazyHome, file: string): Promise<Uint8Array> {
  try {
    return await readLocalFile(file, { cwd: io.cwd, most: LIMITS.inputBytes[1] });
  } catch (failure) {
    await home.refused(report(failure).body.code);
    throw failure;
  }
}

/** The gateway of the home, opened when the first file is ready for it. */
class LazyHome {
  readonly #call: Call;
  #connection: Promise<Connection> | undefined;

  constructor(call: Call) {
    this.#call = call;
  }

  async admin(): Promise<Admin> {
    const { application, home, io } = this.#call;
    this.#connection ??= application.connect({ home, passphrase: passphraseFrom(io) });
    return new Admin((await this.#connection).client);
  }

  /** Leaves a row about a file that was not read; that it could not be left is not a second failure. */
  async refused(code: string): Promise<void> {
    try {
      await (await this.admin()).post('/refusals', { code, what: 'extract' });
    } catch {
      return;
    }
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.close();
  }
}

async function print({ args, out }: Call, outcome: Outcome, format: Format): Promise<void> {
  if ('failed' in outcome) {
    await out.failLines(outcome.failed);
    return;
  }
  const { file, extraction } = outcome;
  const text = format === 'markdown' ? toMarkdown(extraction) : extraction.text;
  const shown = endLine(out.onScreen ? escapeText(text) : text);
  const several = args.length > 1;
  await out.raw(several ? `==> ${escapeLine(file)} <==\n${shown}\n` : shown);
  if (extraction.truncated) await out.note(`ccos: ${file}: the text was cut at a limit`);
  for (const warning of extraction.warnings)
    await out.note(
      `ccos: ${file}: ${typeof warning === 'string' ? warning : JSON.stringify(warning)}`,
    );
}

async function printJson({ args, out }: Call, outcomes: readonly Outcome[]): Promise<void> {
  const documents = outcomes.map((outcome) =>
    'failed' in outcome
      ? { file: outcome.file, error: outcome.failed.body }
      : { file: outcome.file, ...outcome.extraction },
  );
  await out.document(args.length === 1 ? documents[0] : documents);
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function typeOf({ options }: Call): string | undefined {
  const type = options.text('type')?.toLowerCase();
  if (type !== undefined && !isMediaType(type))
    throw new UsageError('--type takes a media type', 'such as text/html or application/pdf');
  return type;
}

function formatOf({ options, out }: Call): Format {
  const named = options.text('format') ?? 'text';
  const format = FORMATS.find((known) => known === named);
  if (format === undefined)
    throw new UsageError('--format takes text, json or markdown', 'usage: --format markdown');
  return out.style.json ? 'json' : format;
}
