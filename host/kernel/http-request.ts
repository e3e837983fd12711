import { z } from 'zod';
import { CcosError } from '../core/error.ts';
import { FIXED } from '../core/limits.ts';

/** RFC 9110: a token; what a header may hold is visible ASCII, spaces and tabs. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const VALUE = /^[\x20-\x7e\t]{0,8192}$/;
/** What the host itself says of the connection and the body. */
const OF_THE_HOST = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** A value that a program elsewhere would fill in: here the host attaches secrets, and never into text. */
const TEMPLATE = /\{\{\s*secret/i;

const name = z.string().regex(TOKEN).toLowerCase();
const isFree = (header: string): boolean => !OF_THE_HOST.has(header);

const schema = z
  .strictObject({
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
    url: z.string().max(8192),
    headers: z.record(name.refine(isFree), z.string().regex(VALUE)).default({}),
    body: z.string().optional(),
    body_base64: z.base64().optional(),
    secret: z
      .strictObject({
        name: z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/),
        header: name.refine(isFree).default('authorization'),
        /** Stands before the value, such as `Bearer `. */
        prefix: z
          .string()
          .regex(/^[\x20-\x7e]{0,64}$/)
          .default('Bearer '),
      })
      .optional(),
  })
  .refine(({ body, body_base64 }) => body === undefined || body_base64 === undefined)
  .refine(({ method, body, body_base64 }) =>
    method === 'GET' || method === 'HEAD' ? (body ?? body_base64) === undefined : true,
  );

/** A request as a plugin describes it, checked. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  readonly secret?: { readonly name: string; readonly header: string; readonly prefix: string };
}

/**
 * The argument of `http_request`: `{method, url, headers, body | body_base64, secret: {name, header,
 * prefix}}`, UTF-8 JSON. Throws `invalid_input`, which quotes nothing of it.
 */
export function parseHttpRequest(bytes: Uint8Array): HttpRequest {
  const refused = (why: string): CcosError =>
    new CcosError('invalid_input', { field: 'http_request', why });
  if (bytes.length > FIXED.httpRequestBytes) throw refused('too_large');
  const text = decode(bytes);
  if (text === null) throw refused('utf8');
  if (TEMPLATE.test(text)) throw refused('template');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw refused('json');
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw refused('shape');
  const { method, headers, body, body_base64, secret } = parsed.data;
  const url = parseUrl(parsed.data.url);
  if (url === null) throw refused('url');
  return { method, url, headers, body: bodyOf(body, body_base64), ...(secret && { secret }) };
}

/** Nobody is named in it, and it leads to a host by one of two ways. */
export function parseUrl(text: string, base?: URL): URL | null {
  if (!URL.canParse(text, base?.href)) return null;
  const url = new URL(text, base);
  const isPlain = url.username === '' && url.password === '';
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isPlain || !isHttp || url.hostname === '' || url.port === '0') return null;
  url.hash = '';
  return url;
}

function bodyOf(text: string | undefined, base64: string | undefined): Uint8Array | null {
  if (text !== undefined) return new TextEncoder().encode(text);
  return base64 === undefined ? null : Uint8Array.from(Buffer.from(base64, 'base64'));
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
