import { expect, test } from 'vitest';
import { crash } from '../support/crash.ts';

test('openGateway (D1.1-c, D0.4-c, INV-CHAIN-3): after each of 6 SIGKILLs nothing that was acknowledged is lost', async () => {
  const figures = await crash(6);
  expect(figures.rows).toBeGreaterThan(0);
  expect(figures.calls).toBeGreaterThan(0);
  expect(figures.messages).toBeGreaterThan(0);
}, 120_000);
