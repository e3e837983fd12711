import { segment, withAdmin } from '../admin.ts';
import type { Capability, CapabilityDetail } from '../answers.ts';
import { capabilityPage } from '../capability-page.ts';
import type { Call, Command } from '../command.ts';
import { list } from '../page.ts';

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
    options: { bundle: { help: 'of this bundle, where several offer it', value: 'ID' } },
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
        `${bundle} ${version}`.trimEnd(),
        publisher ?? '-',
        list(effects ?? []),
      ]),
      'nothing can be called yet: ccos bundle install FILE',
    ),
  );
}

async function show(call: Call): Promise<undefined> {
  const [id = ''] = call.args;
  const answer = (await withAdmin(call, (admin) =>
    admin.get(`/capabilities/${segment(id)}`, { bundle: call.options.text('bundle') }),
  )) as CapabilityDetail;
  await call.out.result(answer, () => capabilityPage(answer));
}
