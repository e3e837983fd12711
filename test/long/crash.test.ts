import { expect, test } from 'vitest';
import { crash, figuresLine } from '../support/crash.ts';

test('openGateway (D1.1-c, D0.4-c, INV-CHAIN-3): after each of 75 SIGKILLs nothing that was acknowledged is lost', async () => {
  const figures = await crash(75);
  process.stderr.write(`crash matrix: ${figuresLine(figures)}\n`);
  expect(figures.rows).toBeGreaterThan(1000);
  expect(figures.lost).toBeGreaterThan(0);
});
