import { describe, expect, it } from 'vitest';
import type { Cell } from '../../host/policy/table.ts';
import { policyTable } from '../../host/policy/table.ts';
import { SINKS } from '../../host/policy/question.ts';
import { TAGS } from '../../host/core/label.ts';
import { load } from './pack-source.ts';

const LETTERS = { allow: 'A', deny: '-', 'needs-approval': 'n' } as const;

/**
 * One letter for each sink, in this order: agent, operator, channel.origin, channel.other,
 * http.public, http.private, fs, log, metrics, export, node, tenant.
 */
const EXPECTED = {
  public: ['AAnnnnnAAnnn', 'AAAAAAAAAAAA'],
  'pii.redacted': ['-Annnnn--nnn', 'AAAAAAA--AAA'],
  'pii.chat.message': ['-n----------', '-A----------'],
  'pii.chat.metadata': ['-n----------', '-A----------'],
  'pii.attachment': ['-n----------', '-A----------'],
  'secret.token': ['------------', '------------'],
  'internal.system': ['------------', '------------'],
} as const;

const APPROVAL_KINDS = {
  operator: 'raw.reveal',
  'channel.origin': 'channel.grant',
  'channel.other': 'egress.exception',
  'http.public': 'egress.exception',
  'http.private': 'egress.exception',
  fs: 'fs.exception',
  export: 'egress.exception',
  node: 'node.scope',
  tenant: 'egress.exception',
} as const;

describe('policyTable (D0.2-b)', async () => {
  const engine = await load();
  const cells = policyTable(engine);

  it('has a cell for each label, sink and approval', () => {
    const keys = cells.map(({ label, sink, approved }) => `${label} ${sink} ${String(approved)}`);
    expect(new Set(keys).size).toBe((TAGS.length + 1) * SINKS.length * 2);
  });

  it.each(Object.entries(EXPECTED))('decides %s as expected in every cell', (label, expected) => {
    const row = (approved: boolean) =>
      cells.filter((c) => c.label === label && c.approved === approved);
    expect([letters(row(false)), letters(row(true))]).toEqual(expected);
  });

  it('has the title of its rule as the reason in every cell, or says that none allows it', () => {
    const titles = new Map(engine.rules.map(({ id, title }) => [id, title]));
    for (const { rules, reason } of cells) {
      const said = rules.map((id) => titles.get(id) ?? 'no rule allows this');
      expect(said.every((title) => reason.includes(title))).toBe(true);
    }
  });

  it('names a rule in every cell, and the kind in every one that needs an approval', () => {
    expect(cells.filter(({ rules }) => rules.length === 0)).toEqual([]);
    for (const { sink, decision, approvalKind } of cells)
      expect(approvalKind).toBe(
        decision === 'needs-approval'
          ? APPROVAL_KINDS[sink as keyof typeof APPROVAL_KINDS]
          : undefined,
      );
  });
});

function letters(row: readonly Cell[]): string {
  return SINKS.map((sink) => row.find((cell) => cell.sink === sink))
    .map((cell) => (cell === undefined ? '?' : LETTERS[cell.decision]))
    .join('');
}
