import { Validator } from '@cfworker/json-schema';
import type { Schema } from '@cfworker/json-schema';
import { BOUNDS } from './bounds.ts';
import type { CheckedSchema } from './schema-check.ts';

/**
 * A validator that interprets the schema; no code is generated from it. A value that is too deep, or
 * for which this schema would take too many steps, is invalid, and so is one that makes the
 * interpreter throw.
 */
export function compileSchema({ schema, width }: CheckedSchema): (value: unknown) => boolean {
  if (typeof schema === 'boolean') return () => schema;
  const places = Math.floor(BOUNDS.validationSteps / width);
  const validator = new Validator(structuredClone(schema) as Schema, '2020-12');
  return (value) => {
    if (countPlaces(value, BOUNDS.valueDepth, places) > places) return false;
    try {
      return validator.validate(value).valid;
    } catch {
      return false;
    }
  };
}

/** How many places a value has; stops above `most`, and one that is too deep has infinitely many. */
function countPlaces(value: unknown, depth: number, most: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (depth === 0) return Infinity;
  let places = 1;
  for (const member of Object.values(value)) {
    places += countPlaces(member, depth - 1, most);
    if (places > most) break;
  }
  return places;
}
