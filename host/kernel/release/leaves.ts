import type { Json } from '../../core/json.ts';

/** What a released value says, in the order in which it says it. */
export interface Leaves {
  /** Strings, numbers in decimal, and keys where a plugin could choose them. */
  readonly all: readonly string[];
  readonly strings: readonly string[];
}

/** `keysVary`: the schema lets the plugin choose keys, so they can carry text as strings do. */
export function leavesOf(value: Json, keysVary: boolean): Leaves {
  const all: string[] = [];
  const strings: string[] = [];
  const visit = (at: Json): void => {
    if (typeof at === 'string') {
      all.push(at);
      strings.push(at);
    } else if (typeof at === 'number') all.push(String(at));
    else if (typeof at === 'object' && at !== null) visitMembers(at);
  };
  const visitMembers = (at: object): void => {
    for (const [key, member] of Object.entries(at)) {
      if (keysVary && !Array.isArray(at)) visit(key);
      visit(member as Json);
    }
  };
  visit(value);
  return { all, strings };
}
