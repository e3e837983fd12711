import { beforeAll, expect, test } from 'vitest';
import type { Row } from '../../host/core/event.ts';
import type { OpenGateway } from '../../host/gateway.ts';
import type { Attachment, ExtractResult } from '../../host/flow/extract.ts';
import { approveDocuments, openTestGateway } from '../support/home.ts';

const CRLF = '\r\n';

/** A mail with one text part and one attachment. */
function mail(
  subject: string,
  attachment: { readonly type: string; readonly body: string },
): string {
  const encoded = Buffer.from(attachment.body).toString('base64');
  return [
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    `body of ${subject}`,
    '--b',
    `Content-Type: ${attachment.type}`,
    'Content-Disposition: attachment; filename=inside.bin',
    'Content-Transfer-Encoding: base64',
    '',
    encoded,
    '--b--',
    '',
  ].join(CRLF);
}

let gateway: OpenGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
  await approveDocuments(gateway);
});

function extract(text: string): Promise<ExtractResult> {
  const bytes = new TextEncoder().encode(text);
  return gateway.services.extractor.extract({
    bytes,
    declaredType: 'message/rfc822',
    session: 'local',
  });
}

const onlyOf = ({ attachments }: ExtractResult): Attachment => {
  const [only] = attachments;
  if (only === undefined || attachments.length !== 1) throw new Error('one attachment expected');
  return only;
};

/** The ref of the document of a call. */
const openedIn = (rows: readonly Row[]): unknown =>
  rows.find(({ type }) => type === 'quarantine.access')?.data['ref'];

test('Extractor: an attachment is a call of its own, derived from the mail, and its text comes with it', async () => {
  const result = await extract(mail('outer', { type: 'text/html', body: '<p>in the page</p>' }));
  expect(result.text).toContain('body of outer');
  expect(result.text).not.toContain('in the page');
  const attachment = onlyOf(result);
  expect(attachment).toMatchObject({
    media_type: 'text/html',
    format: 'html',
    text: 'in the page',
  });
  if (!('call_id' in attachment)) throw new Error('no call');
  const rows = await gateway.services.audit.callRows(attachment.call_id);
  const called = rows.find(({ type }) => type === 'capability.call');
  expect(called?.data['parent_call']).toBe(result.call_id);
  const decided = rows.filter(({ type }) => type === 'policy.decision').map(({ data }) => data);
  expect(decided.map(({ gate }) => gate)).toContain('deriveBlob');
  expect(decided.map(({ gate }) => gate)).not.toContain('ingest');
  const parentRows = await gateway.services.audit.callRows(result.call_id);
  const puts = await gateway.services.audit.rows({ limit: 1000, type: 'quarantine.put' });
  const put = puts.find(({ data }) => data['ref'] === openedIn(rows));
  expect(put?.data['derived_from']).toBe(openedIn(parentRows));
  const runs = new Set([...rows, ...parentRows].map(({ run }) => run));
  expect([...runs]).toEqual([expect.stringMatching(/^run_/)]); // INV-RUN-2: the same in every row
  const ended = await gateway.services.audit.rows({ limit: 1, type: 'run.complete' });
  expect(ended.map(({ run, session }) => [run, session])).toEqual([[...runs, 'local']]);
});

test('Extractor: an attachment that cannot be read says why, and the mail is read all the same', async () => {
  const result = await extract(
    mail('outer', { type: 'application/pdf', body: '%PDF-1.7 and no more' }),
  );
  expect(result.text).toContain('body of outer');
  expect(onlyOf(result)).toMatchObject({
    media_type: 'application/pdf',
    error: { code: 'document_malformed' },
  });
});

test('FIXED.nestingDepth: what lies deeper is named and not opened', async () => {
  const deepest = mail('5', { type: 'text/plain', body: 'too deep' });
  const wrap = (body: string, subject: string): string =>
    mail(subject, { type: 'application/mbox', body: `From a@b Thu Jan  1 00:00:00 1970\n${body}` });
  const nested = ['4', '3', '2', '1'].reduce(wrap, deepest);
  let at = await extract(nested);
  const depths: string[] = [];
  for (;;) {
    const child = onlyOf(at);
    if (!('call_id' in child)) {
      depths.push((child.error as { readonly code: string }).code);
      break;
    }
    depths.push(child.format);
    at = child;
  }
  expect(depths).toEqual(['mbox', 'mbox', 'mbox', 'limit']);
});
