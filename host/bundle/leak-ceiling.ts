import { answerBits, sumBits } from '../core/leak.ts';
import type { ManifestCapability } from './manifest-schema.ts';
import { checkSchema } from './schema-check.ts';
import type { CheckedSchema } from './schema-check.ts';
import { REF } from './schema-shape.ts';
import type { JsonSchema, SchemaObject } from './schema-shape.ts';

/** What values of a schema can carry. */
export interface OutputCeiling {
  /** The logarithm to the base 2 of how many there are at most; Infinity where nothing bounds it. */
  readonly bits: number;
  /** The schema lets whoever writes the value choose keys. */
  readonly keysVary: boolean;
}

/** A finite double (IEEE 754): released values are written again by the host, so notation carries nothing. */
const NUMBER_BITS = 64;
const BYTE_BITS = 8;
/** A code point that is no surrogate. */
const CODE_POINT_BITS = Math.log2(0x11_0000 - 0x800);
/** There is no value at all. */
const NONE = -Infinity;

/**
 * The most that one output can carry: the number of values of its schema, counted from above. 8 bits for
 * each unit of `maxLength`, which {@link capsBytes} caps in bytes; within `anyOf` and `oneOf`, where no one
 * cap applies, what a code point can be.
 */
export function outputCeiling({ schema }: CheckedSchema): OutputCeiling {
  const counter = new Counter(schema);
  const bits = counter.bits(schema, true);
  return { bits, keysVary: counter.keysVary };
}

/**
 * The leak ceiling of a capability whose output is released, null for any other: what one call can tell an
 * agent, its failures and the time of its answer included, in whole bits (INV-LEAK-1).
 */
export function releasedCeiling(
  { output, limits }: ManifestCapability,
  files: ReadonlyMap<string, Uint8Array>,
): OutputCeiling | null {
  if (output.kind !== 'released') return null;
  const { bits, keysVary } = outputCeiling(
    checkSchema(files.get(output.schema) ?? new Uint8Array()),
  );
  return { bits: answerBits(bits, limits.timeMs), keysVary };
}

/** Whether every string of a valid value has at most `maxLength` bytes of UTF-8 wherever that stands. */
export function capsBytes({ schema }: CheckedSchema, value: unknown): boolean {
  const root = schema;
  const check = (of: JsonSchema, at: unknown): boolean => {
    if (typeof of === 'boolean') return true;
    const same = [...(of.allOf ?? []), ...targetOf(root, of)];
    if (!same.every((schemaOf) => check(schemaOf, at))) return false;
    if (typeof at === 'string') return Buffer.byteLength(at) <= (of.maxLength ?? Infinity);
    if (typeof at !== 'object' || at === null) return true;
    return Array.isArray(at) ? checkItems(of, at) : checkMembers(of, at);
  };
  const checkItems = (of: SchemaObject, at: readonly unknown[]): boolean =>
    at.every((item, i) => check(of.prefixItems?.[i] ?? of.items ?? true, item));
  const checkMembers = (of: SchemaObject, at: object): boolean =>
    Object.entries(at).every(([key, member]) => {
      const own = Object.hasOwn(of.properties ?? {}, key) ? of.properties?.[key] : undefined;
      return (
        check(of.propertyNames ?? true, key) &&
        check(own ?? of.additionalProperties ?? true, member)
      );
    });
  return check(schema, value);
}

class Counter {
  keysVary = false;
  readonly #root: JsonSchema;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  /** Each keyword alone bounds the number of values from above, so the least of them does. */
  bits(of: JsonSchema, capped: boolean): number {
    if (typeof of === 'boolean') return of ? Infinity : NONE;
    const all = (list: readonly JsonSchema[] | undefined, cap: boolean): readonly number[] =>
      (list ?? []).map((schema) => this.bits(schema, cap));
    return Math.min(
      this.#typeBits(of, capped),
      'const' in of ? 0 : Infinity,
      of.enum === undefined ? Infinity : Math.log2(of.enum.length),
      ...all([...(of.allOf ?? []), ...targetOf(this.#root, of)], capped),
      of.anyOf === undefined ? Infinity : sumBits(all(of.anyOf, false)),
      of.oneOf === undefined ? Infinity : sumBits(all(of.oneOf, false)),
    );
  }

  #typeBits(of: SchemaObject, capped: boolean): number {
    if (of.type === undefined) return Infinity;
    const types = typeof of.type === 'string' ? [of.type] : [...new Set(of.type)];
    return sumBits(types.map((type) => this.#bitsAs(type, of, capped)));
  }

  #bitsAs(type: string, of: SchemaObject, capped: boolean): number {
    switch (type) {
      case 'null':
        return 0;
      case 'boolean':
        return 1;
      case 'integer':
        return integerBits(of);
      case 'number':
        return NUMBER_BITS;
      case 'string':
        return (of.maxLength ?? Infinity) * (capped ? BYTE_BITS : CODE_POINT_BITS);
      case 'array':
        return this.#arrayBits(of, capped);
      default:
        return this.#objectBits(of, capped);
    }
  }

  /** As if every array were as long as it may be, and how long it is in truth. */
  #arrayBits({ prefixItems = [], items = true, ...of }: SchemaObject, capped: boolean): number {
    const first = prefixItems.map((schema) => this.bits(schema, capped));
    const rest = this.bits(items, capped);
    const end = [...first, rest].indexOf(NONE);
    const most = Math.min(of.maxItems ?? Infinity, end === -1 ? Infinity : end);
    const least = Math.min(of.minItems ?? 0, most);
    if (most === Infinity) return Infinity;
    const more = Math.max(0, most - first.length);
    const sum = total([...first.slice(0, most), more === 0 ? 0 : more * rest]);
    return sum + Math.log2(most - least + 1);
  }

  #objectBits(of: SchemaObject, capped: boolean): number {
    const { properties = {}, required = [] } = of;
    const own = Object.entries(properties).map(([name, schema]) => {
      const bits = this.bits(schema, capped);
      return required.includes(name) ? bits : sumBits([0, bits]);
    });
    return total([...own, this.#moreBits(of, capped)]);
  }

  /** Of the properties that the schema does not name. */
  #moreBits(of: SchemaObject, capped: boolean): number {
    const value = this.bits(of.additionalProperties ?? true, capped);
    if (value === NONE || of.maxProperties === 0) return 0;
    this.keysVary = true;
    const most = of.maxProperties ?? Infinity;
    const name = Math.min(
      this.bits(of.propertyNames ?? true, capped),
      this.#bitsAs('string', typeof of.propertyNames === 'object' ? of.propertyNames : {}, capped),
    );
    return name === NONE ? 0 : most * (name + value) + Math.log2(most + 1);
  }
}

/** Of parts that are all there: where one of them cannot be, nothing can. */
function total(parts: readonly number[]): number {
  return parts.includes(NONE) ? NONE : parts.reduce((sum, bits) => sum + bits, 0);
}

function integerBits({ multipleOf = 1, ...of }: SchemaObject): number {
  const least = Math.max(of.minimum ?? -Infinity, of.exclusiveMinimum ?? -Infinity);
  const most = Math.min(of.maximum ?? Infinity, of.exclusiveMaximum ?? Infinity);
  if (most < least) return NONE;
  const step = Math.max(1, multipleOf);
  return Math.min(NUMBER_BITS, Math.log2(Math.floor((most - least) / step) + 1));
}

function targetOf(root: JsonSchema, { $ref }: SchemaObject): readonly JsonSchema[] {
  const name = $ref === undefined ? undefined : REF.exec($ref)?.[1];
  const target = typeof root === 'object' && name !== undefined ? root.$defs?.[name] : undefined;
  return target === undefined ? [] : [target];
}
