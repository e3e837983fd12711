import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { peekStatement } from '../../host/crypto/sealed-statement.ts';
import { newToken, tokenHash } from '../../host/crypto/token.ts';
import { listActs } from '../../host/store/tables/acts.ts';
import { failureOf } from '../store/support.ts';
import { openKernel, rowsOf } from './support.ts';

test('Tokens.create: the token is in the answer and nowhere in the home', async () => {
  const { tokens, store, home } = await openKernel();
  const { token, id } = await tokens.create('agent', { session: 'session-1' });
  expect(tokens.authenticate(token)).toEqual({
    plane: 'agent',
    id,
    session: 'session-1',
    channel: null,
  });
  expect(await rowsOf(store, 'token.created')).toMatchObject([
    { data: { token: id, plane: 'agent' } },
  ]);
  expect(JSON.stringify(await rowsOf(store))).not.toContain(tokenHash(token));
  const [act = ''] = await listActs(store);
  expect(peekStatement(act)).toContain(tokenHash(token));
  await store.close();
  const file = readFileSync(home.stateFile);
  expect(file.includes(token)).toBe(false);
  expect(file.includes(token.slice(5))).toBe(false);
  expect(file.includes(act)).toBe(true);
});

test('Tokens.authenticate: a plane is what the credential says, and nothing for one that nobody made', async () => {
  const { tokens, home } = await openKernel();
  const agent = await tokens.create('agent');
  const admin = await tokens.create('admin');
  expect(tokens.authenticate(home.adminToken())).toEqual({
    plane: 'admin',
    id: 'operator',
    session: null,
    channel: null,
  });
  expect(tokens.authenticate(agent.token)).toMatchObject({ plane: 'agent', id: agent.id });
  expect(tokens.authenticate(admin.token)).toMatchObject({ plane: 'admin', id: admin.id });
  for (const wrong of [
    '',
    newToken(),
    `${agent.token} `,
    agent.token.slice(0, -1),
    tokenHash(agent.token),
  ])
    expect(tokens.authenticate(wrong)).toBeNull();
});

test('Tokens.revoke: at once, once, with a row; unknown is not_found', async () => {
  const { tokens, store } = await openKernel();
  const { token, id } = await tokens.create('agent');
  await tokens.revoke(id);
  expect(tokens.authenticate(token)).toBeNull();
  await tokens.revoke(id);
  expect(await rowsOf(store, 'token.revoked')).toHaveLength(1);
  expect(await failureOf(tokens.revoke(`t_${'0'.repeat(32)}`))).toMatchObject({
    code: 'not_found',
  });
  expect(await failureOf(tokens.revoke('x'))).toMatchObject({ code: 'invalid_input' });
  expect(tokens.list().map((made) => made.id)).toEqual([id]);
});
