import { createHash, hash as oneShot } from 'node:crypto';

/** SHA-256 as lower-case hex. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return oneShot('sha256', bytes, 'hex');
}

/** SHA-256 as 32 bytes. */
export function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
  const state = createHash('sha256');
  for (const part of parts) state.update(part);
  return state.digest();
}
