import { describe, expect, test } from 'vitest';
import { BareFuzzer, blobOf } from './bare.ts';
import { FORMATS } from './formats.ts';
import { Judge } from './judge.ts';
import type { PluginOutcome } from '../support/abi-host.ts';

const SEED = 'test';
const ROUNDS = 40;

describe('npm run fuzz', () => {
  test.each(Object.keys(FORMATS))('%s: nothing but texts and typed errors', async (name) => {
    const fuzzer = await BareFuzzer.open(name);
    const outcomes: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { verdict } = await fuzzer.run(SEED, round);
      expect(verdict, `round ${String(round)}`).not.toHaveProperty('fault');
      if ('outcome' in verdict) outcomes.push(verdict.outcome);
    }
    expect(outcomes).toContain('text');
  });

  test('the same seed makes the same inputs, and another seed others', () => {
    const inputs = (seed: string): string[] =>
      Array.from({ length: 20 }, (_, round) =>
        Buffer.from(blobOf('docx', seed, round)).toString('hex'),
      );
    expect(inputs('a')).toEqual(inputs('a'));
    expect(inputs('a')).not.toEqual(inputs('b'));
    expect(new Set(inputs('a')).size).toBeGreaterThan(18);
  });

  test('finds what must not be: a trap, an unknown code, an output that no schema allows', () => {
    const judge = new Judge('text');
    const outcome = (changes: Partial<PluginOutcome>): PluginOutcome => ({
      output: new Uint8Array(),
      failCode: undefined,
      errorSet: false,
      calls: [],
      children: [],
      trap: undefined,
      memoryBytes: 0,
      ...changes,
    });
    const faultOf = (changes: Partial<PluginOutcome>): unknown => judge.judge(outcome(changes));
    expect(faultOf({ trap: new Error('unreachable') })).toMatchObject({ fault: 'trap' });
    expect(faultOf({ failCode: 99 })).toMatchObject({ fault: 'code' });
    expect(faultOf({ failCode: 7 })).toMatchObject({ fault: 'code' });
    expect(faultOf({ errorSet: true })).toMatchObject({ fault: 'error_set' });
    expect(faultOf({ output: Buffer.from('{}') })).toMatchObject({ fault: /transform_rejected/ });
    expect(faultOf({ output: Uint8Array.of(0xff) })).toMatchObject({ fault: /utf8/ });
    expect(faultOf({ failCode: 1 })).toEqual({ outcome: 'document_malformed' });
    expect(faultOf({ trap: new Error('grow'), memoryBytes: 256 << 20 })).toEqual({
      outcome: 'memory',
    });
  });
});
