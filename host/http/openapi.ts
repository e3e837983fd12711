import { z } from 'zod';
import { chatEnvelopeSchema } from '../core/chat-envelope.ts';
import { ERRORS } from '../core/error.ts';
import type { Route } from './route.ts';

/** OpenAPI 3.1, made from the schemas that validate. */
export function openApi(
  routes: readonly Route[],
  version: string,
): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:([a-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'CCOS Secure Chat Gateway', version },
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: {
        ChatEvent: jsonSchema(chatEnvelopeSchema),
        Error: {
          type: 'object',
          properties: {
            error: {
              type: 'object',
              properties: { code: { enum: Object.keys(ERRORS) }, message: { type: 'string' } },
              required: ['code', 'message'],
            },
          },
          required: ['error'],
        },
      },
    },
  };
}

function operation(route: Route): Readonly<Record<string, unknown>> {
  const names = [...route.path.matchAll(/:([a-z]+)/g)].map(([, name]) => name);
  const body = requestBody(route);
  return {
    summary: route.summary,
    tags: [route.plane],
    security: [{ bearer: [] }],
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...parametersOf('query', route.query),
      ...parametersOf('header', route.headers),
    ],
    ...(body !== null && { requestBody: body }),
    responses: {
      200: { description: 'done' },
      default: {
        description: 'refused',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function parametersOf(
  place: 'query' | 'header',
  parameters: z.ZodType,
): readonly Readonly<Record<string, unknown>>[] {
  const schema = jsonSchema(parameters);
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: required.has(name),
    schema: property,
  }));
}

function requestBody({ json, maxBytes, event }: Route): Readonly<Record<string, unknown>> | null {
  if (event !== undefined) return { required: true, content: eventContent(event) };
  if (maxBytes !== null)
    return {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    };
  if (json === null) return null;
  return { required: true, content: { 'application/json': { schema: jsonSchema(json) } } };
}

/** Either way to send an event: whole, or with its files beside it. */
function eventContent(event: z.ZodType): Readonly<Record<string, unknown>> {
  const files = { type: 'array', items: { type: 'string', format: 'binary' } };
  const json = { type: 'string', contentMediaType: 'application/json' };
  return {
    'application/json': { schema: jsonSchema(event) },
    'multipart/form-data': {
      schema: { type: 'object', properties: { event: json, file: files }, required: ['event'] },
    },
  };
}

/** Bytes are base64 in JSON. */
function jsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema: written }) {
      if (zodSchema._zod.def.type !== 'custom') return;
      written.type = 'string';
      written.contentEncoding = 'base64';
    },
  });
}
