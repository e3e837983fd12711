/** The named character references of HTML, from html-entities (MIT), as a generated AssemblyScript file. */
import path from 'node:path';
import { require, unitsConstant } from '../lib/tables/source.mjs';

export function entitiesSource() {
  const file = path.join(path.dirname(require.resolve('html-entities')), 'named-references.js');
  const { namedReferences } = require(file);
  const references = Object.entries(namedReferences.html5.entities)
    .map(([reference, text]) => [reference.slice(1), text])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = [];
  let names = '';
  let texts = '';
  for (const [name, text] of references) {
    rows.push(names.length, name.length, texts.length, text.length);
    names += name;
    texts += text;
  }
  const units = (text) => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return (
    unitsConstant('ENTITY_ROWS', rows) +
    unitsConstant('ENTITY_NAMES', units(names)) +
    unitsConstant('ENTITY_TEXTS', units(texts))
  );
}
