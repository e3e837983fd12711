import { request as plainRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import { literalAddress } from '../core/address.ts';
import type { OutsideAnswer, OutsideFailure, OutsideRequest } from '../core/outside.ts';

/** What a test server's certificate is checked against; production takes the runtime's own list. */
export interface SendOptions {
  readonly ca?: string;
}

/**
 * Sends to the address that was checked and to no other: the connection is made to it by number, the name
 * stands in `Host` and in the TLS handshake. A connection of its own each time, no redirects, no decoding.
 */
export function send(request: OutsideRequest, { ca }: SendOptions = {}): Promise<OutsideAnswer> {
  const { url, method, headers, body, address } = request;
  const secure = url.protocol === 'https:';
  const options: RequestOptions = {
    host: address,
    port: url.port === '' ? (secure ? 443 : 80) : url.port,
    path: `${url.pathname}${url.search}`,
    method,
    headers: {
      ...headers,
      host: url.host,
      ...(body !== null && { 'content-length': body.length }),
    },
    agent: false,
  };
  const name = literalAddress(url.hostname) === null ? url.hostname : '';
  const started = secure
    ? secureRequest({ ...options, servername: name, ...(ca !== undefined && { ca }) })
    : plainRequest(options);
  return answerOf(started, request);
}

function answerOf(started: ClientRequest, request: OutsideRequest): Promise<OutsideAnswer> {
  const { timeMs, body, signal } = request;
  return new Promise((resolve) => {
    const fail = (why: OutsideFailure): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve({ ok: false, why });
      started.destroy();
    };
    const abort = (): void => {
      fail('aborted');
    };
    const timer = setTimeout(() => {
      fail('timeout');
    }, timeMs);
    signal?.addEventListener('abort', abort, { once: true });
    started.on('error', (failure) => {
      fail(isTls(failure) ? 'tls' : 'unreachable');
    });
    started.on('response', (response) => {
      readBody(response, request.maxBytes).then(
        (bytes) => {
          if (bytes === null) {
            fail('too_large');
            return;
          }
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
          const { statusCode = 0, rawHeaders } = response;
          resolve({
            ok: true,
            response: { status: statusCode, headers: pairs(rawHeaders), body: bytes },
          });
        },
        () => {
          fail('unreachable');
        },
      );
    });
    started.end(body ?? undefined);
  });
}

/** Null where it is longer than `most`, by what really comes. */
async function readBody(response: IncomingMessage, most: number): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function pairs(raw: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({ length: Math.floor(raw.length / 2) }, (_, i) => [
    (raw[2 * i] ?? '').toLowerCase(),
    raw[2 * i + 1] ?? '',
  ]);
}

function isTls(failure: Error): boolean {
  const code = 'code' in failure ? String(failure.code) : '';
  return /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code);
}
