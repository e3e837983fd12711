import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ExtractResult } from '../../host/flow/extract.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import { nextStep, sentenceOf } from '../../host/cli/advice.ts';
import { asCcosError } from '../../host/core/error.ts';
import type { CcosError } from '../../host/core/error.ts';
import { compound } from '../support/compound.ts';
import { approveBundles, approveDocuments, openTestGateway } from '../support/home.ts';
import { attachedMessage, attachment, outlook, text } from '../support/outlook.ts';

const XLS = readFileSync('bundles/legacy/samples/price-list.xls');
const PNG = readFileSync('bundles/ocr/samples/notice.png');
const LOCKED = compound({ EncryptedPackage: Buffer.alloc(100), EncryptionInfo: Buffer.alloc(9) });

const extractWith =
  (gateway: OpenGateway) =>
  (bytes: Uint8Array, declaredType?: string): Promise<ExtractResult> =>
    gateway.services.extractor.extract({
      bytes: Uint8Array.from(bytes),
      session: 'local',
      ...(declaredType !== undefined && { declaredType }),
    });

const failureOf = async (doing: Promise<unknown>): Promise<CcosError> =>
  asCcosError(
    await doing.then(
      () => 'it was read',
      (failure: unknown) => failure,
    ),
  );

describe('Extractor with ccos/documents and ccos/legacy', () => {
  let extract: ReturnType<typeof extractWith>;
  beforeAll(async () => {
    const gateway = await openTestGateway();
    await approveBundles(gateway, ['documents', 'legacy']);
    extract = extractWith(gateway);
  });

  test('a workbook is read in the sandbox, whatever it was declared as', async () => {
    for (const type of ['application/vnd.ms-excel', 'application/pdf', undefined]) {
      const result = await extract(XLS, type);
      expect(result).toMatchObject({ format: 'xls', plugin: { id: 'ccos/legacy:compound' } });
      expect(result.pages.map(({ text }) => text)).toEqual([
        'Kite\tPrice\tSince\tRebate\nSparrow, 90 cm\t€24.50\t2025-03-14\t7.5%\n' +
          'Möwe „Classic“\t€1,249.00\t2024-11-02\t0.0%\nSum\t€1,273.50\n',
        'Length in m\t50\t1\n',
      ]);
    }
  });

  test('what is attached to a message is read in its turn, messages in it too', async () => {
    const inside = {
      streams: [text(0x0037, 'inside')],
      attachments: [attachment('prices.xls', 'application/octet-stream', XLS)],
    };
    const message = outlook({ attachments: [attachedMessage('fwd', inside)] });
    const result = await extract(message, 'application/vnd.ms-outlook');
    expect(result).toMatchObject({ format: 'msg', text: '[attachment] fwd\n' });
    const [child] = result.attachments;
    expect(child).toMatchObject({ format: 'msg' });
    expect(child).toHaveProperty('text', expect.stringContaining('inside'));
    expect(child).toHaveProperty('attachments.0.format', 'xls');
    expect(child).toHaveProperty('attachments.0.text', expect.stringContaining('Möwe'));
  });

  test('an OOXML document with a password is encrypted, and what is none of the formats unsupported', async () => {
    expect(await failureOf(extract(LOCKED))).toMatchObject({ code: 'document_encrypted' });
    const other = compound({ Contents: Buffer.alloc(64) });
    expect(await failureOf(extract(other))).toMatchObject({ code: 'unsupported_type', detail: {} });
  });
});

describe('Extractor without the further bundles', () => {
  let extract: ReturnType<typeof extractWith>;
  beforeAll(async () => {
    const gateway = await openTestGateway();
    await approveDocuments(gateway);
    extract = extractWith(gateway);
  });

  test('the error names the bundle that reads it, and the command line says how to get it', async () => {
    const failure = await failureOf(extract(XLS, 'application/vnd.ms-excel'));
    expect(failure).toMatchObject({ code: 'unsupported_type', detail: { bundle: 'ccos/legacy' } });
    expect(sentenceOf(failure.toBody())).toContain('ccos/legacy reads this kind of content');
    expect(nextStep(failure)).toContain('npm start -- --with-legacy');
    expect(await failureOf(extract(PNG))).toMatchObject({ detail: { bundle: 'ccos/ocr' } });
  });

  test('an OOXML document with a password is encrypted all the same', async () => {
    expect(await failureOf(extract(LOCKED))).toMatchObject({ code: 'document_encrypted' });
    const declared = extract(LOCKED, 'application/msword');
    expect(await failureOf(declared)).toMatchObject({ code: 'document_encrypted' });
  });
});
