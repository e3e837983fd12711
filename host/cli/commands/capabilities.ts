import { segment, withAdmin } from '../admin.ts';
import type { Capability, CapabilityDetail } from '../answers.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine, escapeText } from '../escape.ts';
import { list, page } from '../page.ts';

export const CAPABILITIES: readonly Command[] = [
  {
    words: ['capabilities', 'list'],
    args: '',
    summary: 'The catalogue of what can be called.',
    examples: ['ccos capabilities list'],
    run: listCapabilities,
  },
  {
    words: ['capabilities', 'show'],
    args: 'ID',
    summary: 'One capability: its bundle, effects, limits and modules.',
    examples: ['ccos capabilities show ccos.attachment.extract_text'],
    run: show,
  },
];

async function listCapabilities(call: Call): Promise<undefined> {
  const { capabilities } = (await withAdmin(call, (admin) => admin.get('/capabilities'))) as {
    readonly capabilities: readonly Capability[];
  };
  await call.out.result({ capabilities }, () =>
    call.out.table(
      [
        { title: 'ID', kept: true },
        { title: 'STATE' },
        { title: 'KIND' },
        { title: 'BUNDLE' },
        { title: 'PUBLISHER' },
        { title: 'EFFECTS' },
      ],
      capabilities.map(({ id, state, kind, bundle, version, publisher, effects }) => [
        id,
        state,
        kind,
        `${bundle} ${version}`,
        publisher ?? '-',
        list(effects ?? []),
      ]),
    ),
  );
}

async function show(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const answer = (await withAdmin(call, (admin) =>
    admin.get(`/capabilities/${segment(id)}`),
  )) as CapabilityDetail;
  await call.out.result(answer, () => capabilityPage(answer));
}

function capabilityPage(capability: CapabilityDetail): string {
  const { modules, doc, limits = {} } = capability;
  const facts = page([
    ['capability', capability.id],
    ['state', capability.state],
    ['kind', capability.kind],
    ['bundle', `${capability.bundle} ${capability.version}`],
    ['publisher', capability.publisher],
    ['effects', list(capability.effects ?? [])],
    ['output', capability.output],
    ['reads', list(capability.media_types ?? [])],
    ['limits', list(Object.entries(limits).map(([name, value]) => `${name} ${String(value)}`))],
  ]);
  const moduleLines = modules.flatMap(({ variant, code_sha256: digest, imports }) => [
    `module ${escapeLine(variant)}  sha256:${escapeLine(digest)}`,
    `  imports ${escapeLine(list(imports))}`,
  ]);
  return [facts, ...moduleLines, ...(doc === '' ? [] : ['', escapeText(doc)])].join('\n');
}
