/** How generated AssemblyScript carries a table: a string constant, which asc parses fast and stores as UTF-16. */
import { createRequire } from 'node:module';

export const require = createRequire(import.meta.url);

const escaped = (unit) => `\\u${unit.toString(16).padStart(4, '0')}`;

/** `export const NAME: string` whose UTF-16 units are the given numbers (0 to 65535). */
export function unitsConstant(name, units) {
  let body = '';
  for (const unit of units) {
    if (!Number.isInteger(unit) || unit < 0 || unit > 0xffff) throw new Error(`${name}: ${unit}`);
    body += escaped(unit);
  }
  return `export const ${name}: string = "${body}";\n`;
}

/** The same for bytes, two to a unit, the first in the low half as WebAssembly's memory has it. */
export function bytesConstant(name, bytes) {
  const units = [];
  for (let i = 0; i < bytes.length; i += 2) units.push(bytes[i] | ((bytes[i + 1] ?? 0) << 8));
  return unitsConstant(name, units);
}

export const numberConstant = (name, value) => `export const ${name}: i32 = ${value};\n`;
