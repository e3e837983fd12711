import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { sha256Hex } from './digest.ts';

/** A credential: 256 random bits. The prefix tells a person, and a scanner of leaks, what it is. */
export function newToken(): string {
  return `ccos_${randomBytes(32).toString('base64url')}`;
}

export const tokenHash = (token: string): string => sha256Hex(`ccos-token-v1\0${token}`);

/** In a time that does not depend on where they differ. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** That whoever answers knows the token of the home, without saying it: HMAC over the asker's nonce. */
export const proofOf = (token: string, nonce: string): string =>
  createHmac('sha256', token).update(`ccos-gateway-v1\0${nonce}`).digest('hex');

export const newNonce = (): string => randomBytes(16).toString('hex');
