// Row 1: `ccos extract` of one PDF as a whole process, against two programs that have no walls.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../setup.mjs';
import { approvedHome } from './home.mjs';
import { interleaved } from './measure.mjs';
import { against, seconds, verdict } from './table.mjs';

const TARGET_MILLIS = 600;
const ROUNDS = 7;

export async function extractOnce({ pdf }) {
  const home = await approvedHome();
  const run = (file, args) => () => mustRun(file, args, home.directory);
  const contenders = {
    ccos: run(process.execPath, [inRoot('dist', 'main.js'), 'extract', pdf, '--json']),
    unpdf: run(process.execPath, [inRoot('scripts', 'bench', 'unpdf.mjs'), pdf]),
    ...(hasPdftotext() && { pdftotext: run('pdftotext', [pdf, '-']) }),
  };
  const { ccos, unpdf, pdftotext } = await interleaved(ROUNDS, contenders);
  const size = `${path.basename(pdf)}, ${Math.round(statSync(pdf).size / 1024)} KiB`;
  return [
    {
      row: `1 one-shot extract (${size})`,
      measured: seconds(ccos),
      target: seconds(TARGET_MILLIS),
      peers: [
        pdftotext === undefined ? 'no pdftotext here' : against('pdftotext', ccos, pdftotext),
        against('node + unpdf', ccos, unpdf),
      ],
      verdict: verdict(ccos, TARGET_MILLIS),
    },
  ];
}

const hasPdftotext = () => spawnSync('pdftotext', ['-v']).error === undefined;

function mustRun(file, args, home) {
  const env = { ...process.env, CCOS_HOME: home };
  const done = spawnSync(file, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
  });
  if (done.status !== 0) throw new Error(`${file} ended with ${done.status}: ${done.stderr}`);
}
