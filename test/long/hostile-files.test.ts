import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { declaredType } from '../../host/cli/media-type.ts';
import { FIXED, LIMITS } from '../../host/core/limits.ts';
import { approveBundles, makeTestFolder, makeTestHome, openTestGateway } from '../support/home.ts';
import { descendants, memoryOf, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { ccosJson } from '../support/ccos-command.ts';
import { bearer, send } from '../support/http-request.ts';
import type { Answered } from '../support/http-request.ts';

/** A folder of documents that strangers wrote, with MANIFEST.tsv and the program that makes hostile ones. */
const CORPUS = process.env['CCOS_CORPUS'] ?? '';
const MAKER = join(CORPUS, 'mkhostile.mjs');
const isThere = CORPUS !== '' && existsSync(MAKER);
if (!isThere)
  process.stderr.write(
    'SKIPPED: CCOS_CORPUS names no folder with the corpus, so no hostile file is sent through a gateway\n',
  );

const LATEST_MILLIS = LIMITS.callMillis[0] + FIXED.killGraceMillis;
const MOST_MIB = 400;
const SAMPLE_MILLIS = 20;
const OURS = ['internal', 'plugin_failed', 'transform_rejected', 'not_ready'];

/** The errors that the manifest's words stand for. */
const LIMIT = ['limit', 'too_large', 'memory', 'timeout'];
const MALFORMED = ['document_malformed', 'unsupported_type'];
const ERRORS_OF: Readonly<Record<string, readonly string[]>> = {
  encrypted: ['document_encrypted'],
  limit: [...LIMIT, ...MALFORMED],
  malformed: [...MALFORMED, ...LIMIT],
};
/** What external entities and requests would bring in. */
const CANARIES = /root:|must-never-appear/;

interface Row {
  readonly folder: string;
  readonly file: string;
  readonly expect: string;
}

function rowsOf(folder: string): readonly Row[] {
  const lines = readFileSync(join(folder, 'MANIFEST.tsv'), 'utf8').split('\n').slice(1);
  return lines.filter(Boolean).map((line) => {
    const [file = '', , , expected = ''] = line.split('\t');
    return { folder, file, expect: expected };
  });
}

/** Why an answer is none that the manifest allows, each with whether that is so. */
const MISTAKES_OF: readonly (readonly [
  why: string,
  is: (asked: { readonly row: Row; readonly answer: Answered; readonly text: string }) => boolean,
])[] = [
  ['a failure of ours', ({ answer }) => answer.status >= 500 || OURS.includes(answer.code ?? '')],
  [
    'not the error that it has to be',
    ({ row, answer }) => ERRORS_OF[row.expect]?.includes(answer.code ?? '') === false,
  ],
  [
    'words where there are none',
    ({ row, text }) => row.expect === 'empty' && (text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0) > 3,
  ],
  ['no text', ({ row, text }) => row.expect === 'ok' && text === ''],
  ['something from outside', ({ text }) => CANARIES.test(text)],
];

function mistakesOf(row: Row, answer: Answered): readonly string[] {
  const isText = answer.status === 200;
  const { text } = (isText ? JSON.parse(answer.body) : { text: '' }) as { readonly text: string };
  return MISTAKES_OF.filter(([, is]) => is({ row, answer, text })).map(
    ([why]) => `${row.file}: ${answer.code ?? 'a text'}: ${why}`,
  );
}

describe.skipIf(!isThere)('the corpus of hostile files through a gateway (attacks 45, 59)', () => {
  let gateway: Up;
  let home = '';
  const figures = { peak: 0, latest: 0, slowest: '', asked: 0, slowestOther: 0 };

  beforeAll(async () => {
    const files = makeTestHome();
    const opened = await openTestGateway(files);
    await approveBundles(opened, ['documents', 'ocr', 'legacy']);
    await opened.close();
    home = files.directory;
    gateway = await up(home);
    const sampling = setInterval(() => {
      for (const pid of [gateway.pid, ...descendants(gateway.pid)]) sample(pid);
    }, SAMPLE_MILLIS);
    return async () => {
      clearInterval(sampling);
      await gateway.stop();
    };
  });

  function sample(pid: number): void {
    try {
      figures.peak = Math.max(figures.peak, memoryOf(pid).peak || 0);
    } catch {
      return; // it ended while we looked
    }
  }

  function extract(body: Uint8Array, type = 'text/plain'): Promise<Answered> {
    const url = `${gateway.url}/v1/admin/extract?type=${encodeURIComponent(type)}`;
    return send(url, { method: 'POST', headers: bearer(gateway.token), body });
  }

  async function mistakesIn(rows: readonly Row[]): Promise<readonly string[]> {
    const mistakes: string[] = [];
    for (const row of rows) {
      const began = performance.now();
      const answer = await extract(
        readFileSync(join(row.folder, row.file)),
        declaredType(row.file),
      );
      mistakes.push(...mistakesOf(row, answer));
      const took = performance.now() - began;
      if (took > LATEST_MILLIS) mistakes.push(`${row.file}: after ${String(Math.round(took))} ms`);
      if (took > figures.latest) Object.assign(figures, { latest: took, slowest: row.file });
    }
    return mistakes;
  }

  /** Asks for the text of something harmless again and again while `work` is done. */
  async function besideOthers<Result>(work: Promise<Result>): Promise<Result> {
    const ended = { is: false };
    const done = work.finally(() => (ended.is = true));
    do {
      const began = performance.now();
      const answer = await extract(Buffer.from('somebody else\n'));
      expect(answer.status, answer.body).toBe(200);
      figures.slowestOther = Math.max(figures.slowestOther, performance.now() - began);
      figures.asked += 1;
      await new Promise((wake) => setTimeout(wake, 100));
    } while (!ended.is);
    return done;
  }

  function hostileRows(): readonly Row[] {
    const folder = join(makeTestFolder(), 'hostile');
    const made = spawnSync(process.execPath, [MAKER, folder, CORPUS], { encoding: 'utf8' });
    expect(made.status, made.stderr).toBe(0);
    return rowsOf(folder);
  }

  test('each made file comes to a text or a typed error, while others are served', async () => {
    const rows = hostileRows();
    expect(rows.length).toBeGreaterThan(200);
    expect(await besideOthers(mistakesIn(rows))).toEqual([]);
  });

  test('what strangers wrote that is locked, damaged, empty or too much comes to what its manifest says', async () => {
    const rows = rowsOf(CORPUS).filter((row) => !row.expect.startsWith('ok'));
    expect(rows.length).toBeGreaterThan(20);
    expect(await besideOthers(mistakesIn(rows))).toEqual([]);
  });

  test('no process has had more than 400 MiB, and the chain is whole', async () => {
    const { peak, latest, slowest, asked, slowestOther } = figures;
    process.stderr.write(
      `hostile files: at most ${peak.toFixed(0)} MiB; slowest ${latest.toFixed(0)} ms (${slowest}); ` +
        `${String(asked)} others served, slowest ${slowestOther.toFixed(0)} ms\n`,
    );
    expect(peak).toBeLessThan(MOST_MIB);
    expect(await ccosJson(home, 'audit', 'verify')).toMatchObject({ ok: true });
  });
});
