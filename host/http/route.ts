import { z } from 'zod';
import type { Plane } from '../kernel/standing.ts';
import type { Credential } from '../kernel/tokens.ts';
import type { Services } from './services.ts';

/** What a handler is given: everything has passed the route's schemas. */
export interface Input<Query, Body, Headers = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** Those that the route names, and no others. */
  readonly headers: Headers;
  readonly json: Body;
  /** The body of a route that takes bytes; empty elsewhere. */
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly signal: AbortSignal;
  /** Whose request it is: scopes come from here and from nowhere else. */
  readonly credential: Credential;
}

/** JSON, or bytes as `application/octet-stream`. */
export type Reply = Readonly<Record<string, unknown>> | Uint8Array;

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly plane: Plane;
  readonly summary: string;
  readonly query: z.ZodType;
  /** By their names in lower case. */
  readonly headers: z.ZodObject;
  readonly json: z.ZodType | null;
  /** The most bytes that a binary body may have; null where there is none. */
  readonly maxBytes: number | null;
  readonly handle: (services: Services, input: Input<unknown, unknown>) => Promise<Reply>;
  /** Of a route that takes an event of a chat: what one is. */
  readonly event?: z.ZodType;
  /** Called when a body could not be taken at all. */
  readonly refused?: (services: Services, credential: Credential) => Promise<void>;
}

/** A route whose handler is typed by its schemas; they validate, and they are the documentation. */
export function route<
  Query extends z.ZodType,
  Body extends z.ZodType,
  Headers extends z.ZodObject,
>(described: {
  readonly method: Route['method'];
  readonly path: string;
  readonly plane?: Route['plane'];
  readonly summary: string;
  readonly query?: Query;
  readonly headers?: Headers;
  readonly json?: Body;
  readonly maxBytes?: number;
  readonly event?: z.ZodType;
  readonly refused?: Route['refused'];
  readonly handle: (
    services: Services,
    input: Input<z.infer<Query>, z.infer<Body>, z.infer<Headers>>,
  ) => Promise<Reply>;
}): Route {
  const {
    method,
    path,
    plane = 'admin',
    summary,
    query,
    headers,
    json,
    maxBytes,
    event,
    handle,
    refused,
  } = described;
  return {
    method,
    path,
    plane,
    summary,
    query: query ?? z.strictObject({}),
    headers: headers ?? z.object({}),
    json: json ?? null,
    maxBytes: maxBytes ?? null,
    ...(event !== undefined && { event }),
    ...(refused !== undefined && { refused }),
    handle: (services, input) =>
      handle(services, input as Input<z.infer<Query>, z.infer<Body>, z.infer<Headers>>), // parsed by these schemas in dispatch.ts
  };
}

/** A number in a query string. */
export const queryCount = (most: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .transform(Number)
    .refine((value) => value <= most);
