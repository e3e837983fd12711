import type { Json } from './json.ts';
import { join } from './label.ts';
import type { Label } from './label.ts';

/** Labels of places in a value, by JSON pointer (RFC 6901); `*` stands for every item of an array. */
export type FieldLabels = ReadonlyMap<string, Label>;

/** A value on the host, with what it may contain beside it and never inside it. */
export interface Labelled {
  readonly value: Json;
  /** Of the whole, and of every part for which nothing is declared. */
  readonly label: Label;
  /** What the capability that made it declares, as its approval has shown it. */
  readonly fields: FieldLabels;
}

/**
 * A part of a value. Its label is the one that is declared at it or nearest around it, else that of the
 * whole, joined with what is declared within it (INV-LABEL-3). Undefined where there is no such part.
 */
export function project({ value, label, fields }: Labelled, pointer: string): Labelled | undefined {
  let part: Labelled | undefined = { value, label, fields };
  for (const step of stepsOf(pointer)) part = part && memberOf(part, step);
  if (part === undefined) return undefined;
  return { ...part, label: join(part.fields.get('') ?? part.label, ...part.fields.values()) };
}

function memberOf({ value, label, fields }: Labelled, step: string): Labelled | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  const member = (value as Readonly<Record<string, Json>>)[step] ?? null;
  const within = below(fields, Array.isArray(value) ? [step, '*'] : [step]);
  return { value: member, label: fields.get('') ?? label, fields: within };
}

/** What is declared below any of some steps, by the pointer from there. */
function below(fields: FieldLabels, steps: readonly string[]): FieldLabels {
  const within = new Map<string, Label>();
  for (const [at, own] of fields) {
    const [first = '', ...rest] = stepsOf(at);
    if (at === '' || !steps.includes(first)) continue;
    const pointer = pointerOf(rest);
    const known = within.get(pointer);
    within.set(pointer, known === undefined ? own : join(known, own));
  }
  return within;
}

function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function pointerOf(steps: readonly string[]): string {
  return steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
