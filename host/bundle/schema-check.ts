import { FIXED } from '../core/limits.ts';
import { BOUNDS } from './bounds.ts';
import { refusal } from './refusal.ts';
import { REF, schemaShape } from './schema-shape.ts';
import type { JsonSchema, SchemaObject } from './schema-shape.ts';
import { parseStrictJson } from '../core/strict-json.ts';

declare const checked: unique symbol;

/** A schema that passed {@link checkSchema}; only such a one is ever run. */
export interface CheckedSchema {
  readonly [checked]: true;
  readonly schema: JsonSchema;
  /** The most subschemas that can apply to one place of a value. */
  readonly width: number;
}

/** For each depth below a place, how many subschemas can apply to one place there. */
type Widths = readonly number[];

/**
 * Reads a JSON Schema (2020-12) of the subset of bundles/FORMAT.md: what an interpreter can run on
 * hostile values in bounded time. Refuses with `bundle_schema`.
 */
export function checkSchema(bytes: Uint8Array): CheckedSchema {
  if (bytes.length > FIXED.schemaBytes) throw invalid('bytes');
  const json = parseStrictJson(bytes, {
    depth: FIXED.schemaDepth,
    canonical: false,
    refuse: invalid,
  });
  const parsed = schemaShape.safeParse(json);
  if (!parsed.success) throw invalid('shape');
  const width = Math.max(...new Expansion(parsed.data).measure());
  if (width > BOUNDS.schemaWidth) throw invalid('width');
  return { schema: parsed.data, width } as CheckedSchema; // the one place that makes the brand
}

/** A schema with every `$ref` written out, where a recursive one is too deep. */
class Expansion {
  readonly #root: JsonSchema;
  readonly #definitions: ReadonlyMap<string, JsonSchema>;
  #nodes = 0;

  constructor(root: JsonSchema) {
    this.#root = root;
    this.#definitions = new Map(Object.entries((root as SchemaObject).$defs ?? {}));
  }

  measure(): Widths {
    for (const definition of this.#definitions.values()) this.#widths(definition, 1);
    return this.#widths(this.#root, 0);
  }

  #widths(of: JsonSchema, depth: number): Widths {
    if (depth > FIXED.schemaDepth) throw invalid('depth');
    if (++this.#nodes > BOUNDS.schemaNodes) throw invalid('nodes');
    if (typeof of === 'boolean') return [1];
    if (of.$defs !== undefined && depth > 0) throw invalid('defs');
    const inner = (list: readonly JsonSchema[]): readonly Widths[] =>
      list.map((schema) => this.#widths(schema, depth + 1));
    const below = inner(membersOf(of)).reduce(larger, []);
    const names = inner(present(of.propertyNames)).reduce(sum, below);
    return inner([...samePlaceOf(of), ...this.#target(of.$ref)]).reduce(sum, [1, ...names]);
  }

  #target(ref: string | undefined): readonly JsonSchema[] {
    if (ref === undefined) return [];
    const target = this.#definitions.get(REF.exec(ref)?.[1] ?? '');
    if (target === undefined) throw invalid('ref');
    return [target];
  }
}

/** Subschemas of the members of a value; only one of them applies to each member. */
function membersOf(of: SchemaObject): readonly JsonSchema[] {
  const { properties = {}, prefixItems = [], items, additionalProperties } = of;
  return [
    ...Object.values(properties),
    ...prefixItems,
    ...present(items),
    ...present(additionalProperties),
  ];
}

/** Subschemas of the same value; all of them apply. */
function samePlaceOf({
  allOf = [],
  anyOf = [],
  oneOf = [],
  not,
}: SchemaObject): readonly JsonSchema[] {
  return [...allOf, ...anyOf, ...oneOf, ...present(not)];
}

function present(schema: JsonSchema | undefined): readonly JsonSchema[] {
  return schema === undefined ? [] : [schema];
}

function sum(left: Widths, right: Widths): Widths {
  return zip(left, right, (a, b) => a + b);
}

function larger(left: Widths, right: Widths): Widths {
  return zip(left, right, Math.max);
}

function zip(left: Widths, right: Widths, join: (a: number, b: number) => number): Widths {
  const length = Math.max(left.length, right.length);
  return Array.from({ length }, (_, depth) => join(left[depth] ?? 0, right[depth] ?? 0));
}

function invalid(why: string): Error {
  return refusal('bundle_schema', why);
}
