import { literalAddress, reachOf } from '../core/address.ts';
import { domainOf } from '../core/domain.ts';
import { CcosError } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';
import { FIXED } from '../core/limits.ts';
import type { Outside, OutsideAnswer, OutsideResponse } from '../core/outside.ts';
import type { World } from '../core/world.ts';
import type { Admitted, Egress, EgressSource } from './egress.ts';
import { matches } from './egress.ts';
import { parseUrl } from './http-request.ts';
import type { HttpRequest } from './http-request.ts';
import { inert } from './inert.ts';
import { redact } from './redact.ts';

/** What a plugin gets back: an answer, or a closed word for why there is none. */
export type HttpAnswer =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
    }
  | { readonly failed: string };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What belongs to one domain and does not follow a redirect to another. */
const OF_ONE_DOMAIN = new Set(['authorization', 'cookie']);

interface Parts {
  readonly egress: Egress;
  readonly outside: Outside;
  readonly world: World;
}

/** One request and the redirects that it meets; each hop is judged, resolved and checked for itself. */
interface Errand {
  readonly source: EgressSource;
  readonly deadline: number;
  /** Every secret that was attached on the way: none of them comes back. */
  readonly attached: Uint8Array[];
  readonly signal?: AbortSignal;
}

/** Requests of plugins to hosts. */
export class HttpEgress {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Sends, by way of {@link Egress}. Throws what policy says (`policy_denied`, `approval_required`); what
   * the network says is an answer.
   */
  async send(
    source: EgressSource,
    request: HttpRequest,
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    const deadline = this.#parts.world.monotonic() + FIXED.httpMillis;
    const errand: Errand = { source, deadline, attached: [], ...(signal && { signal }) };
    try {
      const { body } = request;
      const safe = body === null ? null : inert(body, source);
      return await this.#follow(errand, { ...request, body: safe });
    } finally {
      for (const secret of errand.attached) secret.fill(0);
    }
  }

  async #follow(errand: Errand, first: HttpRequest): Promise<HttpAnswer> {
    let request = first;
    for (let left: number = FIXED.httpRedirects; ; left--) {
      const answer = await this.#hop(errand, request);
      if (!answer.ok) return { failed: answer.why };
      const next = redirected(request, answer.response);
      if (next === null) return this.#cleaned(errand, answer.response);
      if (left === 0) return { failed: 'redirects' };
      request = next;
    }
  }

  async #hop(errand: Errand, request: HttpRequest): Promise<OutsideAnswer> {
    const { source } = errand;
    const { url, secret } = request;
    const domain = domainOf(url);
    demandHost(source, domain);
    const admitted = await this.#parts.egress.admit(source, {
      sink: isPrivate(url) ? 'http.private' : 'http',
      target: domain,
      bytes: sizeOf(request),
      ...(secret !== undefined && { secret: secret.name }),
    });
    const end = (facts: JsonObject & { readonly outcome: string }): Promise<void> =>
      this.#parts.egress.end(source, admitted, { domain, ...facts });
    try {
      const address = await this.#addressOf(url, admitted);
      const headers = await this.#headersOf(errand, request, admitted);
      const answer = await this.#deliver(errand, { ...request, headers, address });
      await end(
        answer.ok
          ? { outcome: 'ok', status: answer.response.status, bytes: answer.response.body.length }
          : { outcome: answer.why },
      );
      return answer;
    } catch (failure) {
      const code = failure instanceof CcosError ? failure.code : 'internal';
      await end({ outcome: code });
      throw failure;
    }
  }

  /**
   * INV-EGRESS-2: resolved once, after the decision (a question about a name can carry data too), and
   * every address must lead where the decision said; the connection goes to the one that was checked.
   */
  async #addressOf(url: URL, { sink }: Admitted): Promise<string> {
    const wanted = sink === 'http.private' ? 'private' : 'public';
    const denied = (why: string): CcosError => new CcosError('policy_denied', { why });
    if (url.protocol !== 'https:' && wanted === 'public') throw denied('not_encrypted');
    const literal = literalAddress(url.hostname);
    const addresses =
      literal === null ? await this.#parts.outside.resolve(url.hostname) : [literal];
    const [first] = addresses;
    if (first === undefined) return '';
    if (addresses.some((address) => reachOf(address) !== wanted)) throw denied('address');
    return first;
  }

  async #headersOf(
    { attached }: Errand,
    { headers, secret }: HttpRequest,
    admitted: Admitted,
  ): Promise<Readonly<Record<string, string>>> {
    const own = { ...headers, 'accept-encoding': 'identity', 'user-agent': 'ccos' };
    if (secret === undefined || admitted.secret === null) return own;
    const value = await admitted.secret.value();
    attached.push(value);
    return { ...own, [secret.header]: `${secret.prefix}${Buffer.from(value).toString('latin1')}` };
  }

  async #deliver(
    { deadline, signal }: Errand,
    request: HttpRequest & { readonly address: string },
  ): Promise<OutsideAnswer> {
    if (request.address === '') return { ok: false, why: 'unreachable' };
    const timeMs = deadline - this.#parts.world.monotonic();
    if (timeMs <= 0) return { ok: false, why: 'timeout' };
    const { url, method, headers, body, address } = request;
    return this.#parts.outside.send({
      ...{ url, method, headers, body, address, timeMs },
      maxBytes: FIXED.httpResponseBytes,
      ...(signal && { signal }),
    });
  }

  /** What is encoded cannot be searched: it does not come in. */
  #cleaned({ attached }: Errand, { status, headers, body }: OutsideResponse): HttpAnswer {
    const encoding = headers.find(([name]) => name === 'content-encoding')?.[1] ?? 'identity';
    if (encoding.toLowerCase() !== 'identity') return { failed: 'encoding' };
    const clean = (bytes: Uint8Array): Uint8Array => attached.reduce(redact, bytes);
    const text = (value: string): string =>
      Buffer.from(clean(Buffer.from(value, 'latin1'))).toString('latin1');
    const kept = headers
      .slice(0, FIXED.httpHeaders)
      .map(([name, value]) => [text(name), text(value)]);
    return {
      status,
      headers: Object.fromEntries(kept) as Readonly<Record<string, string>>,
      body: clean(body),
    };
  }
}

/** A number says by itself where it leads. */
function isPrivate(url: URL): boolean {
  const literal = literalAddress(url.hostname);
  return literal !== null && reachOf(literal) === 'private';
}

/** A host that the manifest does not name is none of this plugin's, whatever was approved. */
function demandHost({ hosts }: EgressSource, domain: string): void {
  if (hosts.includes(ANY_HOST) || hosts.some((host) => matches(host, domain))) return;
  throw new CcosError('policy_denied', { why: 'host_not_declared' });
}

/** In a manifest: whichever host an exception names, and no other. */
const ANY_HOST = '*';

/** All that leaves: the line, the headers and the body, without what the host adds itself. */
function sizeOf({ url, method, headers, body }: HttpRequest): number {
  const lines = Object.entries(headers).reduce((sum, [n, v]) => sum + n.length + v.length + 4, 0);
  return url.href.length + method.length + lines + (body?.length ?? 0);
}

/** RFC 9110, 15.4: where the answer sends us, and with what; null where it does not. */
function redirected(
  request: HttpRequest,
  { status, headers }: OutsideResponse,
): HttpRequest | null {
  const location = headers.find(([name]) => name === 'location')?.[1];
  if (!REDIRECTS.has(status) || location === undefined) return null;
  const url = parseUrl(location, request.url);
  if (url === null) return null;
  const isSame = url.origin === request.url.origin;
  const { secret, ...rest } = request;
  const kept = Object.entries(request.headers).filter(
    ([name]) => isSame || !OF_ONE_DOMAIN.has(name),
  );
  const becomesGet = status === 303 || (status < 303 && request.method === 'POST');
  return {
    ...rest,
    url,
    headers: Object.fromEntries(kept),
    ...(becomesGet && { method: 'GET', body: null }),
    ...(isSame && secret !== undefined && { secret }),
  };
}
