import { z } from 'zod';
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
      ...queryParameters(route),
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

function queryParameters({ query }: Route): readonly Readonly<Record<string, unknown>>[] {
  const schema = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.has(name),
    schema: property,
  }));
}

function requestBody({ json, maxBytes }: Route): Readonly<Record<string, unknown>> | null {
  if (maxBytes !== null)
    return {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    };
  if (json === null) return null;
  const schema = z.toJSONSchema(json, { io: 'input', unrepresentable: 'any' });
  return { required: true, content: { 'application/json': { schema } } };
}
