/**
 * Pre-authentication encoding of DSSE v1 (secure-systems-lab/dsse): the type is inside what is signed,
 * so no signature over one kind of statement is valid for another.
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${String(type.length)} `),
    type,
    Buffer.from(` ${String(payload.length)} `),
    payload,
  ]);
}
