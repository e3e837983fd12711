import { CcosError } from '../core/error.ts';
import { call, callForBytes } from '../http/client.ts';
import type { Client, ClientRequest } from '../http/client.ts';
import type { Connection } from './application.ts';
import type { Call } from './command.ts';
import { passphraseFrom } from './passphrase.ts';
import { readLocalText } from './read-file.ts';

type Query = NonNullable<ClientRequest['query']>;

/** The admin plane of a gateway. Answers are what `answers.ts` says: the gateway is our own. */
export class Admin {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  get(path: string, query: Query = {}): Promise<unknown> {
    return call(this.#client, { method: 'GET', path: `/v1/admin${path}`, query });
  }

  post(path: string, json: unknown = {}): Promise<unknown> {
    return call(this.#client, { method: 'POST', path: `/v1/admin${path}`, json });
  }

  send(
    path: string,
    body: Uint8Array,
    more: Pick<ClientRequest, 'query' | 'headers'> = {},
  ): Promise<unknown> {
    return call(this.#client, { method: 'POST', path: `/v1/admin${path}`, ...more, body });
  }

  delete(path: string): Promise<unknown> {
    return call(this.#client, { method: 'DELETE', path: `/v1/admin${path}` });
  }

  postForBytes(path: string, json: unknown): Promise<Uint8Array> {
    return callForBytes(this.#client, { method: 'POST', path: `/v1/admin${path}`, json });
  }

  bytes(path: string, query: Query): Promise<Uint8Array> {
    return callForBytes(this.#client, { method: 'GET', path: `/v1/admin${path}`, query });
  }
}

/** Names a file with the token of another operator than the owner of the home. */
const TOKEN_FILE = 'CCOS_TOKEN_FILE';

async function otherToken({ env, cwd }: Call['io']): Promise<string | undefined> {
  const file = env[TOKEN_FILE];
  if (file === undefined || file === '') return undefined;
  return (await readLocalText(file, cwd)).trim();
}

/** Runs `work` against the gateway of the home, and lets go of it whatever happens. */
export async function withAdmin<Result>(
  { application, home, io }: Call,
  work: (admin: Admin, connection: Connection) => Promise<Result>,
): Promise<Result> {
  const token = await otherToken(io);
  const passphrase = passphraseFrom(io);
  const connection = await application.connect({
    home,
    passphrase,
    ...(token !== undefined && { token }),
  });
  try {
    return await work(new Admin(connection.client), connection);
  } finally {
    await connection.close();
  }
}

/** One segment of a path, from what the operator has typed. */
export function segment(text: string): string {
  // A URL parser takes these two away, and another route would answer.
  if (text === '.' || text === '..') throw new CcosError('not_found');
  return encodeURIComponent(text);
}
