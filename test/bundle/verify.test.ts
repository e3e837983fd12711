import { expect, test } from 'vitest';
import { KEY, MODULE, NOW, bundle, codeOf, refusalOf, verify } from './support.ts';

test('verifyBundle: a bundle that was packed and signed is verified in both modes', () => {
  for (const mode of ['install', 'load'] as const) {
    const { manifest, files, signers, digest } = verify(bundle(), { mode });
    expect(manifest.capabilities[0]?.imports).toEqual([
      'ccos:host/1.out_write',
      'ccos:host/1.q_read',
    ]);
    expect(files.get('wasm/pdf.wasm')).toEqual(MODULE);
    expect(files.has('bundle.dsse.json')).toBe(false);
    expect(signers).toEqual([KEY.id]);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(codeOf(() => verify(bundle(), { now: NOW }))).toBe('accepted');
  expect(refusalOf(() => verify(new Uint8Array()))).toBe('bundle_container truncated');
});
