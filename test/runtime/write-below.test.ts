import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FileAnswer } from '../../host/core/outside.ts';
import { parseFileRequest } from '../../host/kernel/file-egress.ts';
import { writeBelow } from '../../host/runtime/write-below.ts';
import { makeTestFolder } from '../support/home.ts';

const write = (
  folder: string,
  path: string,
  { content = 'text', replace = false } = {},
): Promise<FileAnswer> =>
  writeBelow({ folder, names: path.split('/'), bytes: Buffer.from(content), replace });

function folders(): { readonly inside: string; readonly outside: string } {
  const root = makeTestFolder();
  const [inside, outside] = [join(root, 'inside'), join(root, 'outside')];
  mkdirSync(inside);
  mkdirSync(outside);
  writeFileSync(join(outside, 'victim'), 'before');
  return { inside, outside };
}

test('writeBelow: makes folders and the file, 0600, whole; replaces only where it was told to', async () => {
  const { inside } = folders();
  expect(await write(inside, 'a/b/c.txt')).toEqual({ ok: true });
  const file = join(inside, 'a', 'b', 'c.txt');
  expect(readFileSync(file, 'utf8')).toBe('text');
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
  expect(await write(inside, 'a/b/c.txt', { content: 'other' })).toEqual({
    ok: false,
    why: 'exists',
  });
  expect(await write(inside, 'a/b/c.txt', { content: 'other', replace: true })).toEqual({
    ok: true,
  });
  expect(readFileSync(file, 'utf8')).toBe('other');
  expect(readdirSync(join(inside, 'a', 'b'))).toEqual(['c.txt']);
});

test('writeBelow (NG-3): a link anywhere on the way, or in its place, is not followed', async () => {
  const { inside, outside } = folders();
  symlinkSync(outside, join(inside, 'folder'));
  symlinkSync(join(outside, 'victim'), join(inside, 'file'));
  symlinkSync(join(outside, 'new'), join(inside, 'dangling'));
  mkdirSync(join(inside, 'plain'));
  symlinkSync('../../outside', join(inside, 'plain', 'up'));
  for (const path of [
    'folder/x',
    'folder/victim',
    'file',
    'dangling',
    'plain/up/victim',
    'plain/up/y/z',
  ])
    expect([path, await write(inside, path, { content: 'after', replace: true })]).toEqual([
      path,
      { ok: false, why: 'link' },
    ]);
  expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('before');
  expect(readdirSync(outside)).toEqual(['victim']);
});

test('writeBelow: folders, pipes and names from above the folder are no files to write', async () => {
  const { inside, outside } = folders();
  mkdirSync(join(inside, 'folder'));
  spawnSync('mkfifo', [join(inside, 'pipe')]);
  writeFileSync(join(inside, 'plain'), '');
  for (const path of ['folder', 'pipe', 'plain/below', '../outside/victim', '..', '.'])
    expect([path, await write(inside, path, { replace: true })]).toEqual([
      path,
      { ok: false, why: 'link' },
    ]);
  expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('before');
  expect(await write(join(inside, 'missing'), 'x')).toEqual({ ok: false, why: 'no_folder' });
  expect(existsSync(join(inside, 'missing'))).toBe(false);
});

test('writeBelow: the folder itself may be a link of the operator’s', async () => {
  const { inside, outside } = folders();
  symlinkSync(outside, join(inside, 'mine'));
  expect(await write(join(inside, 'mine'), 'new')).toEqual({ ok: true });
  expect(readFileSync(join(outside, 'new'), 'utf8')).toBe('text');
});

test('writeBelow: the home of the gateway, what is in it and what it is in, take nothing', async () => {
  const { inside, outside } = folders();
  mkdirSync(join(inside, 'keys'));
  const file = { names: ['x'], bytes: Buffer.from('x'), replace: false };
  for (const folder of [inside, join(inside, 'keys'), join(inside, '..')])
    expect(await writeBelow({ ...file, folder }, inside)).toEqual({ ok: false, why: 'no_folder' });
  expect(await writeBelow({ ...file, folder: outside }, inside)).toEqual({ ok: true });
});

test('writeBelow: a path without that care writes elsewhere (what it is for)', () => {
  const { inside, outside } = folders();
  symlinkSync(outside, join(inside, 'folder'));
  writeFileSync(join(inside, 'folder', 'victim'), 'after');
  expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('after');
});

test.each([
  '',
  '/',
  '/etc/passwd',
  'a//b',
  'a/',
  '..',
  '../x',
  'a/../b',
  'a/./b',
  '.hidden',
  'a/.ssh/x',
  'C:\\x',
  'a\\b',
  'x\0y',
  'x\ny',
  '\u202egpj.exe',
  'a:b',
  'con',
  'NUL.txt',
  'trail.',
  'trail ',
  'x'.repeat(101),
  Array.from({ length: 17 }, () => 'd').join('/'),
])('parseFileRequest (56): the path %j is refused', (path) => {
  const bytes = Buffer.from(JSON.stringify({ folder: 'notes', path, content: '' }));
  expect(() => parseFileRequest(bytes)).toThrow(
    expect.objectContaining({ code: 'invalid_input' }) as Error,
  );
});

test('parseFileRequest: names as people give them', () => {
  for (const path of ['a.txt', 'Protokoll 2026-11.md', 'ä/ß (1).txt', 'x'.repeat(100)])
    expect(
      parseFileRequest(Buffer.from(JSON.stringify({ folder: 'notes', path, content: 'é' }))),
    ).toMatchObject({ names: path.split('/'), replace: false });
});
