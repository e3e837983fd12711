import { parseHttpRequest } from '../kernel/http-request.ts';
import type { HttpAnswer } from '../kernel/http-egress.ts';
import type { EffectFunction } from './scope.ts';
import { refuse, withEffect } from './scope.ts';

/**
 * `http_request(ptr, len) -> i32`: sends what the JSON describes (`kernel/http-request.ts`), where the gate
 * lets it. The size in bytes of the answer, which `http_read` gives: `{status, headers, body | body_base64}`
 * or `{failed}`.
 */
export const httpRequest: EffectFunction = (scope, { bytes = new Uint8Array() }) => {
  const record = { length: bytes.length };
  const { powers } = scope;
  if (powers === null) return Promise.resolve(refuse('denied', record));
  return withEffect(scope, record, async () => {
    const answer = answerBytes(await powers.http(parseHttpRequest(bytes)));
    scope.response = { bytes: answer, at: 0 };
    return BigInt(answer.length);
  });
};

function answerBytes(answer: HttpAnswer): Uint8Array {
  if ('failed' in answer) return encode(answer);
  const { body, ...rest } = answer;
  const text = utf8(body);
  return encode(
    text === null
      ? { ...rest, body_base64: Buffer.from(body).toString('base64') }
      : { ...rest, body: text },
  );
}

const encode = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
