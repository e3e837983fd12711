// Row 9: what the guards of released text cost: prose that passes, over the text of one message and over
// that of a long document. Nothing is refused here: a refusal ends early. By processor time, against one
// plain look at each character in the same time.
import { readFileSync } from 'node:fs';
import { inRoot } from '../setup.mjs';
import { loadHost } from './bundle.mjs';
import { median, timed } from './measure.mjs';
import { against, verdict } from './table.mjs';

const MB = 1_000_000;
const TARGET = 20;
const ROUNDS = 5;
const OUTPUT = 16_384;

export async function guards() {
  const { ReleaseGuards } = await loadHost();
  const words = readFileSync(inRoot('LICENSE'), 'utf8').match(/[A-Za-z]+/g);
  const names = { people: ['Alice Johnson', 'xX_dragon_Xx'], files: ['invoice march.pdf'] };
  const rows = [];
  for (const [name, sourceBytes] of [
    ['a message of 4 KB', 4000],
    ['a document of 2 MB', 2 * MB],
  ]) {
    const source = prose(words, sourceBytes, 1);
    const released = prose(words, 2 * MB, 2).replaceAll(/(\w+\W+\w+\W+\w+)/g, '$1ly');
    const outputs = Array.from({ length: Math.floor(released.length / OUTPUT) }, (_, i) =>
      released.slice(i * OUTPUT, (i + 1) * OUTPUT),
    );
    const opened = { sources: [source], names, maxWords: 4, seed: 0x9e37_79b9 };
    const times = { build: [], judge: [], look: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      let built;
      times.build.push(await timed(() => (built = new ReleaseGuards(opened))));
      const judged = () => outputs.every((output) => built.judge({ output }, false) === null);
      const before = process.cpuUsage().user;
      const passed = judged();
      times.judge.push((process.cpuUsage().user - before) / 1000);
      const looking = process.cpuUsage().user;
      if (look(outputs) === 0) throw new Error('nothing to look at');
      times.look.push((process.cpuUsage().user - looking) / 1000);
      if (!passed) throw new Error('a guard refused');
    }
    const speed = (outputs.length * OUTPUT) / MB / (median(times.judge) / 1000);
    rows.push({
      row: `9 guards over released text of 16 KB each, against ${name}`,
      measured: `${speed.toFixed(1)} MB/s`,
      target: `${TARGET} MB/s`,
      peers: [
        against('a look at each character', median(times.judge), median(times.look) / 5),
        `indexing it ${median(times.build).toFixed(1)} ms, once per call`,
      ],
      verdict: verdict(speed, TARGET, true),
    });
  }
  return rows;
}

/** Sentences of words in a random order, the same for the same seed; 5 of them do meet by chance. */
function prose(words, bytes, seed) {
  let state = seed;
  let text = '';
  for (let i = 0; text.length < bytes; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const word = words[(state >>> 8) % words.length];
    text += i % 12 === 11 ? `${word.toLowerCase()}. ` : `${word.toLowerCase()} `;
  }
  return text;
}

/** The sum of all characters, five times over: one look is too fast for the clock. */
function look(outputs) {
  let sum = 0;
  for (let round = 0; round < 5; round += 1)
    for (const text of outputs)
      for (let at = 0; at < text.length; at += 1) sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return sum;
}
