import { deflateSync, inflateSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../host/core/limits.ts';
import { ccosJson } from '../support/ccos-command.ts';
import { approvedHome, memoryOf, up } from '../support/ccos-process.ts';
import type { Up } from '../support/ccos-process.ts';
import { bearer, send } from '../support/http-request.ts';
import type { Answered } from '../support/http-request.ts';
import { onePage, pdfOf, streamOf } from '../support/pdf.ts';

const MiB = 1024 * 1024;
const HELLO = streamOf('BT /F1 24 Tf 72 700 Td (Hello limits) Tj ET');
/** Twice compressed: 300 MiB of zeros in a few KiB. */
const BOMB = deflateSync(deflateSync(new Uint8Array(300 * MiB), { level: 1 }));
const CODES = [
  undefined, // a text, perhaps cut at a limit
  'document_malformed',
  'document_empty',
  'document_encrypted',
  'limit',
  'memory',
  'timeout',
  'plugin_failed',
  'needs_ocr',
  'unsupported_type',
];

/** Forms of which each draws the next ten times: 10³⁰ in all. */
function drawings(levels: number): Uint8Array {
  const forms = Array.from({ length: levels }, (_, at) => {
    const next = `<< /XObject << /X ${String(7 + at)} 0 R >> >>`;
    const entries = `/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources ${next}`;
    return Buffer.from(streamOf('/X Do '.repeat(10), entries)).toString('latin1');
  });
  return onePage(streamOf('/X Do'), forms, '/XObject << /X 6 0 R >>');
}

const pages = (kids: string, count: number): Uint8Array =>
  pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${String(count)} >>`,
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    HELLO,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]);

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const HTML = '<!doctype html><html><body>';

const HOSTILE: Readonly<Record<string, () => Uint8Array>> = {
  'a PDF of 300 MiB of zeros, twice compressed': () =>
    onePage(streamOf(BOMB, '/Filter [/FlateDecode /FlateDecode]')),
  'a PDF with 200,000 nested arrays': () =>
    onePage(HELLO, ['['.repeat(200_000) + ']'.repeat(200_000)], '/X 6 0 R'),
  'a PDF whose forms draw each other 10³⁰ times': () => drawings(30),
  'a PDF whose page tree holds itself': () => pages('3 0 R 2 0 R', 2),
  'a PDF that claims two thousand million pages': () => pages('3 0 R', 2_147_483_647),
  'a PDF that is a program and an archive too': () =>
    Buffer.concat([onePage(HELLO), text('PK\u0003\u0004#!/bin/sh\n')]),
  'a PDF that is only a header': () => text('%PDF-1.7\n'),
  'a web page with 200,000 open elements': () => text(`${HTML}${'<div>'.repeat(200_000)}deep`),
  'a web page with a tag of 8 MiB': () => text(`${HTML}<a ${'x'.repeat(8 * MiB)}`),
  'a web page with 300,000 attributes': () => text(`${HTML}<a ${'a=1 '.repeat(300_000)}>x</a>`),
  'a web page with a million references': () => text(`${HTML}${'&amp;#38;'.repeat(1_000_000)}`),
  'a text of one line of 20 MiB': () => new Uint8Array(20 * MiB).fill(0x61),
  'half of a surrogate in UTF-16 of odd length': () =>
    Uint8Array.from([0xff, 0xfe, 0x41, 0x00, 0x00, 0xd8, 0x42]),
};

let gateway: Up;
let home = '';

beforeAll(async () => {
  home = await approvedHome();
  gateway = await up(home);
  return async () => {
    await gateway.stop();
  };
});

function extract(body: Uint8Array): Promise<Answered> {
  const url = `${gateway.url}/v1/admin/extract`;
  return send(url, { method: 'POST', headers: bearer(gateway.token), body });
}

describe('attack 59', () => {
  test.each(Object.entries(HOSTILE))('%s: a text or a code, in time', async (_, make) => {
    const before = memoryOf(gateway.pid).now;
    const body = make();
    const began = performance.now();
    const { status, code, body: answer } = await extract(body);
    const took = performance.now() - began;
    expect(CODES).toContain(code);
    expect(status).toBeLessThan(503);
    expect(answer.length).toBeLessThan(LIMITS.textBytes[0] * 7);
    expect(took).toBeLessThan(LIMITS.callMillis[0] + 5000);
    expect(memoryOf(gateway.pid).now - before).toBeLessThan(150);
  });

  test('the gateway has not grown, serves on, and its chain is whole', async () => {
    expect(JSON.parse((await extract(onePage(HELLO))).body)).toMatchObject({
      text: 'Hello limits',
    });
    expect(memoryOf(gateway.pid).peak).toBeLessThan(600);
    expect(await ccosJson(home, 'audit', 'verify')).toMatchObject({ ok: true });
  });

  test('the same bomb in a program without a cap on memory takes all of it', () => {
    const inner = inflateSync(BOMB);
    expect(BOMB.length).toBeLessThan(32 * 1024);
    const { external, arrayBuffers } = process.memoryUsage();
    const out = inflateSync(inner);
    expect(out.length).toBe(300 * MiB);
    const after = process.memoryUsage();
    expect(after.external + after.arrayBuffers).toBeGreaterThan(
      external + arrayBuffers + 250 * MiB,
    );
  });
});
