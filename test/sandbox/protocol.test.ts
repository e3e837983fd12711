import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { permissionFlag } from '../../host/sandbox/command.ts';
import { FrameReader, type Frame } from '../../host/sandbox/frames.ts';
import {
  ProtocolError,
  frame,
  putHostCall,
  resultHead,
  takeHostCall,
  takeResult,
} from '../../host/sandbox/protocol.ts';

describe('FrameReader', () => {
  test('gives the same frame however it is cut', () => {
    const property = fc.property(fc.uint8Array(), fc.array(fc.nat(20)), (body, cuts) => {
      const bytes = frame(7, body);
      const reader = new FrameReader();
      let from = 0;
      let got: Frame | undefined;
      for (const cut of [...cuts, bytes.byteLength]) {
        const chunk = bytes.subarray(from, from + cut);
        from += chunk.byteLength;
        if (chunk.byteLength > 0) got = reader.push(chunk, 1000);
      }
      expect(got?.kind).toBe(7);
      expect(got?.body).toEqual(body);
    });
    fc.assert(property);
  });

  test('refuses a length over the bound before it has the body', () => {
    const long = frame(7, new Uint8Array(1001));
    expect(() => new FrameReader().push(long.subarray(0, 5), 1000)).toThrow(ProtocolError);
    expect(() => new FrameReader().push(Uint8Array.of(255, 255, 255, 255, 7), 1000)).toThrow();
    expect(() => new FrameReader().push(Uint8Array.of(0, 0, 0, 0, 7), 1000)).toThrow(ProtocolError);
  });

  test('refuses bytes that follow a frame', () => {
    const two = Buffer.concat([frame(7, Uint8Array.of(1)), frame(7, Uint8Array.of(2))]);
    expect(() => new FrameReader().push(two, 1000)).toThrow(ProtocolError);
  });
});

describe('takeHostCall', () => {
  test('reads what putHostCall wrote', () => {
    const call = fc.record({
      index: fc.nat(255),
      refusal: fc.integer({ min: -128, max: 127 }),
      want: fc.nat(2 ** 32 - 1),
      args: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 8 }),
    });
    const property = fc.property(call, fc.uint8Array(), (head, bytes) => {
      const target = new Uint8Array(1000);
      const length = putHostCall(target, head, bytes.byteLength);
      target.set(bytes, length);
      const said = takeHostCall(target.subarray(5, length + bytes.byteLength));
      expect(said.head).toEqual(head);
      expect(said.bytes).toEqual(bytes);
    });
    fc.assert(property);
  });

  test('and takeResult refuse any bytes that are not one, with ProtocolError only', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      for (const take of [takeHostCall, takeResult]) {
        try {
          take(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    });
    fc.assert(property);
  });
});

describe('takeResult', () => {
  test('reads what resultHead wrote, and copies the output', () => {
    const output = Uint8Array.of(1, 2, 3);
    const result = { outcome: 'returned', errorSet: true, rssMiB: 70, output } as const;
    const bytes = Buffer.concat([resultHead(result), output]);
    const body = new Uint8Array(bytes).subarray(5);
    const taken = takeResult(body);
    body.fill(0);
    expect(taken).toEqual(result);
  });
});

describe('permissionFlag', () => {
  test.each([
    ['v20.20.2', '--experimental-permission'],
    ['v22.12.0', '--experimental-permission'],
    ['v22.13.0', '--permission'],
    ['v23.4.0', '--experimental-permission'],
    ['v23.5.0', '--permission'],
    ['v24.0.0', '--permission'],
    ['v26.10.0', '--permission'],
  ])('of %s is %s', (version, flag) => {
    expect(permissionFlag(version)).toBe(flag);
  });
});
