// Row 8: what `npm ci --omit=dev` puts on a disk.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../setup.mjs';
import { makeFolder } from './home.mjs';
import { against, mib, verdict } from './table.mjs';

const TARGET_BYTES = 150 * 1024 * 1024;

export function size() {
  const folder = makeFolder();
  for (const name of ['package.json', 'package-lock.json', '.npmrc'])
    if (existsSync(inRoot(name))) copyFileSync(inRoot(name), path.join(folder, name));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const flags = ['ci', '--omit=dev', '--prefer-offline', '--loglevel=error'];
  const done = spawnSync(npm, flags, { cwd: folder, stdio: 'ignore' });
  const row = { row: '8 npm ci --omit=dev', target: mib(TARGET_BYTES) };
  if (done.status !== 0) return [{ ...row, measured: 'npm ci failed', verdict: 'not measured' }];
  const bytes = bytesUnder(folder);
  const all = bytesUnder(inRoot('node_modules'));
  return [
    {
      ...row,
      measured: mib(bytes),
      peers: against(`with the tools (${mib(all)})`, bytes, all),
      verdict: verdict(bytes, TARGET_BYTES),
    },
  ];
}

/** As a disk counts: whole blocks. */
function bytesUnder(file) {
  const stat = lstatSync(file);
  const own = stat.blocks * 512;
  if (!stat.isDirectory()) return own;
  return readdirSync(file).reduce((sum, name) => sum + bytesUnder(path.join(file, name)), own);
}
