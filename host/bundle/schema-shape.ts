import { z } from 'zod';
import { BOUNDS } from './bounds.ts';
import { isLinearPattern } from './linear-pattern.ts';

/** A JSON Schema of the subset that a bundle may carry. */
export type JsonSchema = boolean | SchemaObject;

export interface SchemaObject {
  readonly $schema?: string | undefined;
  readonly $comment?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly examples?: readonly unknown[] | undefined;
  readonly $defs?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly $ref?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly multipleOf?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: string | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly prefixItems?: readonly JsonSchema[] | undefined;
  readonly items?: JsonSchema | undefined;
  readonly minProperties?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly additionalProperties?: JsonSchema | undefined;
  readonly propertyNames?: JsonSchema | undefined;
  readonly allOf?: readonly JsonSchema[] | undefined;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly oneOf?: readonly JsonSchema[] | undefined;
  readonly not?: JsonSchema | undefined;
}

const TYPES = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'] as const;
/** The one form of `$ref`: a definition at the root of the same document. */
export const REF = /^#\/\$defs\/([A-Za-z0-9_-]{1,64})$/;
/** The closed shape of a schema. */
export const schemaShape: z.ZodType<JsonSchema> = z.lazy(() =>
  z.union([z.boolean(), schemaObject]),
);
const schemas = z.array(schemaShape).min(1);
const size = z.int().nonnegative();
const words = z.array(z.string()).refine((list) => new Set(list).size === list.length);
const note = z.string().max(4096);

/** Every keyword there is; `$id`, `$anchor`, `$dynamicRef`, `$data`, `format` and the rest are not. */
const schemaObject = z.strictObject({
  $schema: z.literal('https://json-schema.org/draft/2020-12/schema').optional(),
  $comment: note.optional(),
  title: note.optional(),
  description: note.optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  $defs: z.record(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), schemaShape).optional(),
  $ref: z.string().regex(REF).optional(),
  type: z.union([z.enum(TYPES), z.array(z.enum(TYPES)).min(1)]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).min(1).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  multipleOf: z.number().positive().optional(),
  minLength: size.optional(),
  maxLength: size.optional(),
  pattern: z.string().max(BOUNDS.schemaPatternChars).refine(isLinearPattern).optional(),
  minItems: size.optional(),
  maxItems: size.optional(),
  prefixItems: schemas.optional(),
  items: schemaShape.optional(),
  minProperties: size.optional(),
  maxProperties: size.optional(),
  required: words.optional(),
  properties: z.record(z.string(), schemaShape).optional(),
  additionalProperties: schemaShape.optional(),
  propertyNames: schemaShape.optional(),
  allOf: schemas.optional(),
  anyOf: schemas.optional(),
  oneOf: schemas.optional(),
  not: schemaShape.optional(),
});
