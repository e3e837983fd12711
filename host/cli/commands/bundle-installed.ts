import { segment, withAdmin } from '../admin.ts';
import type { Bundle } from '../answers.ts';
import type { BundleDescription } from '../application.ts';
import type { Call, Command } from '../command.ts';
import { escapeLine } from '../escape.ts';
import { UsageError } from '../failure.ts';
import { list, optionalTime, page, shortDigest } from '../page.ts';

/** What a home has. `ID` is `publisher/name`. */
export const INSTALLED: readonly Command[] = [
  {
    words: ['bundle', 'list'],
    args: '',
    summary: 'The bundles of this home.',
    examples: ['ccos bundle list'],
    run: listBundles,
  },
  {
    words: ['bundle', 'show'],
    args: 'ID',
    summary: 'One bundle: its capabilities, effects, files and digest.',
    examples: ['ccos bundle show acme/documents'],
    run: show,
  },
  {
    words: ['bundle', 'disable'],
    args: 'ID',
    summary: 'Switches its capabilities off at once.',
    examples: ['ccos bundle disable acme/documents'],
    run: disable,
  },
  {
    words: ['bundle', 'remove'],
    args: 'ID',
    summary: 'Removes a bundle from the home.',
    examples: ['ccos bundle remove acme/documents'],
    run: remove,
  },
];

interface Answer {
  readonly bundle: Bundle;
}

async function listBundles(call: Call): Promise<undefined> {
  const { bundles } = (await withAdmin(call, (admin) => admin.get('/bundles'))) as {
    readonly bundles: readonly Bundle[];
  };
  await call.out.result({ bundles }, () =>
    call.out.table(
      [
        { title: 'ID', kept: true },
        { title: 'VERSION' },
        { title: 'STATE' },
        { title: 'INSTALLED' },
        { title: 'DIGEST' },
        { title: 'CAPABILITIES' },
      ],
      bundles.map((bundle) => [
        idOf(bundle),
        bundle.version,
        bundle.state ?? '-',
        optionalTime(bundle.installed) ?? '-',
        shortDigest(bundle.digest),
        list(bundle.capabilities ?? []),
      ]),
      'no bundle is installed: ccos bundle install FILE',
    ),
  );
}

async function show(call: Call): Promise<undefined> {
  const answer = (await withAdmin(call, (admin) => admin.get(pathOf(call)))) as Answer & {
    /** Missing where the bundle is not active. */
    readonly description?: BundleDescription;
  };
  const { bundle, description } = answer;
  await call.out.result(answer, () =>
    [
      page([
        ['bundle', idOf(bundle)],
        ['state', bundle.state],
        ['installed', optionalTime(bundle.installed)],
      ]),
      '',
      ...(description?.lines ?? [`sha256:${bundle.digest}`]).map(escapeLine),
    ].join('\n'),
  );
}

async function disable(call: Call): Promise<undefined> {
  const answer = (await withAdmin(call, (admin) =>
    admin.post(`${pathOf(call)}/disable`),
  )) as Answer;
  await call.out.done(answer, `disabled ${idOf(answer.bundle)}`);
}

async function remove(call: Call): Promise<undefined> {
  const answer = (await withAdmin(call, (admin) => admin.delete(pathOf(call)))) as Answer;
  await call.out.done(answer, `removed ${idOf(answer.bundle)}`);
}

function idOf({ publisher, name }: Bundle): string {
  return name.includes('/') ? name : `${publisher}/${name}`;
}

function pathOf({ args: [id = ''] }: Call): string {
  const [publisher, name, ...more] = id.split('/');
  if (publisher === undefined || name === undefined || more.length > 0)
    throw new UsageError(
      `${id} is not the id of a bundle`,
      'it is PUBLISHER/NAME: ccos bundle list',
    );
  return `/bundles/${segment(publisher)}/${segment(name)}`;
}
