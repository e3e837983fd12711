import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { chatEnvelopeSchema } from '../../host/core/chat-envelope.ts';

const hex = 'a'.repeat(32);
const HEAD = {
  format: 'ccos-event/1',
  id: `m_${hex}`,
  session: `s_${hex}`,
  connection: `ch_${hex}`,
  connector: 'local',
  received: '2026-01-02T03:04:05.678Z',
  version: 1,
};
const REF = `q_${hex}`;
const SAID = { activation: 'direct', text: REF, attachments: [{ data: REF, file_name: REF }] };
const EVENTS = [
  { kind: 'message', ...HEAD, ...SAID, quote: { text: REF, author_name: REF } },
  { kind: 'edit', ...HEAD, ...SAID, previous: HEAD.id },
  { kind: 'delete', ...HEAD, previous: HEAD.id },
  { kind: 'reaction', ...HEAD, message: HEAD.id, change: 'added', emoji: REF },
  { kind: 'membership', ...HEAD, change: 'joined', sender_name: REF },
  { kind: 'thread', ...HEAD, change: 'opened', thread_name: REF },
];

test('chatEnvelopeSchema (NA-3): the JSON Schema beside it is what it says', async () => {
  const published = JSON.stringify(z.toJSONSchema(chatEnvelopeSchema), null, 2);
  await expect(`${published}\n`).toMatchFileSnapshot(
    resolve('host/core/chat-envelope.schema.json'),
  );
});

test('chatEnvelopeSchema: takes each kind of event', () => {
  const kinds = chatEnvelopeSchema.options.map(({ shape }) => shape.kind.value);
  expect(EVENTS.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
  for (const event of EVENTS) expect(chatEnvelopeSchema.safeParse(event).success).toBe(true);
});

describe('chatEnvelopeSchema (INV-MSG-1)', () => {
  /** Every place in an event that holds a text, replaced by a word. */
  const withWord = (value: unknown, word: string): readonly unknown[] => {
    if (typeof value === 'string') return [word];
    if (typeof value !== 'object' || value === null) return [];
    const entries = Object.entries(value);
    return entries.flatMap(([name, inner]) =>
      withWord(inner, word).map((changed) =>
        Array.isArray(value)
          ? value.map((each, at) => (String(at) === name ? changed : (each as unknown)))
          : { ...value, [name]: changed },
      ),
    );
  };

  test.each(EVENTS)('$kind: no field takes a word that somebody wrote', (event) => {
    for (const word of ['hello', '', `q_${hex} hello`, `Q_${hex}`, `q_${'g'.repeat(32)}`]) {
      const changed = withWord(event, word);
      expect(changed.length).toBeGreaterThan(7);
      for (const one of changed) expect(chatEnvelopeSchema.safeParse(one).success).toBe(false);
    }
  });

  test.each(EVENTS)('$kind: and there is no field beside those', (event) => {
    for (const more of [{ content: 'x' }, { label: 'public' }, { sender_id: 'x' }])
      expect(chatEnvelopeSchema.safeParse({ ...event, ...more }).success).toBe(false);
  });
});
