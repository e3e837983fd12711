import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newToken, tokenHash } from '../../host/crypto/token.ts';
import { failureOf } from '../store/support.ts';
import { openKernel, rowsOf } from './support.ts';

test('Tokens.create: the token is in the answer and nowhere in the home', async () => {
  const { tokens, store, home } = await openKernel();
  const { token, id } = await tokens.create('agent', 'session-1');
  expect(await tokens.authenticate(token)).toEqual({ plane: 'agent', id, session: 'session-1' });
  expect(await rowsOf(store, 'token.created')).toMatchObject([
    { data: { token: id, plane: 'agent' } },
  ]);
  expect(JSON.stringify(await rowsOf(store))).not.toContain(tokenHash(token));
  await store.close();
  const file = readFileSync(home.stateFile);
  expect(file.includes(token)).toBe(false);
  expect(file.includes(token.slice(5))).toBe(false);
  expect(file.includes(tokenHash(token))).toBe(true);
});

test('Tokens.authenticate: a plane is what the credential says, and nothing for one that nobody made', async () => {
  const { tokens, home } = await openKernel();
  const agent = await tokens.create('agent', null);
  const admin = await tokens.create('admin', null);
  expect(await tokens.authenticate(home.adminToken())).toEqual({
    plane: 'admin',
    id: 'operator',
    session: null,
  });
  expect(await tokens.authenticate(agent.token)).toMatchObject({ plane: 'agent', id: agent.id });
  expect(await tokens.authenticate(admin.token)).toMatchObject({ plane: 'admin', id: admin.id });
  for (const wrong of [
    '',
    newToken(),
    `${agent.token} `,
    agent.token.slice(0, -1),
    tokenHash(agent.token),
  ])
    expect(await tokens.authenticate(wrong)).toBeNull();
});

test('Tokens.revoke: at once, once, with a row; unknown is not_found', async () => {
  const { tokens, store } = await openKernel();
  const { token, id } = await tokens.create('agent', null);
  await tokens.revoke(id);
  expect(await tokens.authenticate(token)).toBeNull();
  await tokens.revoke(id);
  expect(await rowsOf(store, 'token.revoked')).toHaveLength(1);
  expect(await failureOf(tokens.revoke(`t_${'0'.repeat(32)}`))).toMatchObject({
    code: 'not_found',
  });
  expect(await failureOf(tokens.revoke('x'))).toMatchObject({ code: 'invalid_input' });
  expect((await tokens.list()).map((made) => made.id)).toEqual([id]);
});
