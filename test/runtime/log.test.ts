import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from '../../host/runtime/log.ts';
import type { LeveledLog } from '../../host/runtime/leveled-log.ts';
import { createTerminalLog } from '../../host/runtime/terminal-log.ts';
import { makeTestFolder } from '../support/home.ts';

/** What a log has written to a file. */
function written(make: (fd: number) => LeveledLog): readonly string[] {
  const file = join(makeTestFolder(), 'log');
  const fd = openSync(file, 'a');
  const log = make(fd);
  log.info('gateway.ready', { port: 1 });
  log.setLevel('warn');
  log.info('left.out');
  log.warn('request.refused', { code: 'foreign_host', skipped: 0, bad: 'a\u001b[2J b' });
  log.error('gateway.background_failed');
  closeSync(fd);
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

test('createTerminalLog: one short line each, that no terminal obeys', () => {
  const lines = written((fd) => createTerminalLog('info', fd));
  expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''))).toEqual([
    'info gateway.ready port=1',
    'warn request.refused code=foreign_host skipped=0 bad=a?[2J?b',
    'error gateway.background_failed',
  ]);
});

test('createLog: JSON lines where no terminal reads them', () => {
  const lines = written((fd) => createLog('info', fd)).map(
    (line) => JSON.parse(line) as { readonly msg: string },
  );
  expect(lines.map(({ msg }) => msg)).toEqual([
    'gateway.ready',
    'request.refused',
    'gateway.background_failed',
  ]);
});
