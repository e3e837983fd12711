import type { CapabilityDetail } from './answers.ts';
import { escapeLine } from './escape.ts';
import { list, page } from './page.ts';
import { plainMarkdown } from './plain-markdown.ts';

/** One capability of one bundle; its documentation is its publisher's. */
export function capabilityPage(capability: CapabilityDetail): string {
  const { modules, doc, limits = {}, bundle, offered_by: offers } = capability;
  const others = offers.filter((name) => name !== bundle);
  const facts = page([
    ['capability', capability.id],
    ['state', capability.state],
    ['kind', capability.kind],
    ['bundle', `${bundle} ${capability.version}`.trimEnd()],
    ['also in', others.length === 0 ? undefined : `${others.join(', ')} (see it with --bundle)`],
    ['publisher', capability.publisher],
    ['effects', list(capability.effects ?? [])],
    ['output', capability.output],
    ['leak ceiling', capability.leak_ceiling],
    ['reads', list(capability.media_types ?? [])],
    ['limits', list(Object.entries(limits).map(([name, value]) => `${name} ${String(value)}`))],
  ]);
  const moduleLines = modules.flatMap(({ variant, code_sha256: digest, imports }) => [
    `module ${escapeLine(variant)}  sha256:${escapeLine(digest)}`,
    `  imports ${escapeLine(list(imports))}`,
  ]);
  return [facts, ...moduleLines, ...(doc === '' ? [] : ['', plainMarkdown(doc)])].join('\n');
}
