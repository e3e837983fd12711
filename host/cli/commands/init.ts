import type { Call, Command } from '../command.ts';

export const INIT: readonly Command[] = [
  {
    words: ['init'],
    args: '',
    summary: 'Makes the home: keys, database, policy pack, admin token. Safe to repeat.',
    examples: ['ccos init', 'ccos init --home /srv/ccos'],
    run: init,
  },
];

async function init({ application, home, out }: Call): Promise<undefined> {
  const made = await application.init({ home });
  await out.done(made, made.created ? `made ${made.home}` : `${made.home} stands already`);
  if (!out.style.json) await out.note('next: ccos bundle install FILE, then ccos extract FILE');
}
