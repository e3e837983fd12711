import { CcosError } from '../core/error.ts';
import { inboundSchema } from '../core/inbound.ts';
import type { InboundEvent } from '../core/inbound.ts';
import { parseJson } from './body.ts';
import { invalid } from './dispatch.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * An event as a client of the local channel posts it: JSON with its attachments in base64, or
 * `multipart/form-data` with the JSON in the field `event` and each attachment as a file (RFC 7578).
 * Throws `bad_request`, `invalid_input` or `unsupported_type`.
 */
export async function parseInbound(bytes: Uint8Array, contentType: string): Promise<InboundEvent> {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return check(withBytes(parseJson(bytes)));
  if (type === 'multipart/form-data') return check(await readForm(bytes, contentType));
  throw new CcosError('unsupported_type', {});
}

function check(raw: unknown): InboundEvent {
  const parsed = inboundSchema.safeParse(raw);
  if (!parsed.success) throw invalid('body', parsed.error.issues);
  return parsed.data;
}

async function readForm(bytes: Uint8Array, contentType: string): Promise<unknown> {
  const form = await formOf(bytes, contentType);
  const event = form.get('event');
  const fields = [...form.entries()].filter(([name]) => name !== 'event');
  const files = fields.flatMap(([, file]) => (typeof file === 'string' ? [] : [file]));
  if (typeof event !== 'string' || files.length < fields.length)
    throw new CcosError('invalid_input', { field: 'body.event' });
  const raw = parseJson(new TextEncoder().encode(event));
  if (files.length === 0) return raw;
  const attachments = await Promise.all(
    files.map(async (file) => ({
      ...(file.name !== '' && { file_name: file.name }),
      data: new Uint8Array(await file.arrayBuffer()),
    })),
  );
  return isObject(raw) && !('attachments' in raw) ? { ...raw, attachments } : null;
}

async function formOf(bytes: Uint8Array, contentType: string): Promise<FormData> {
  // Loaded when it is needed: commands without a server share this file's route.
  const { bufferToFormData } = await import('hono/utils/buffer');
  try {
    return await bufferToFormData(Uint8Array.from(bytes).buffer, contentType);
  } catch {
    throw new CcosError('bad_request', { why: 'form' });
  }
}

function withBytes(raw: unknown): unknown {
  if (!isObject(raw) || !Array.isArray(raw['attachments'])) return raw;
  return { ...raw, attachments: raw['attachments'].map(decoded) };
}

function decoded(attachment: unknown): unknown {
  if (!isObject(attachment)) return attachment;
  const { data } = attachment;
  const isBase64 = typeof data === 'string' && BASE64.test(data);
  return { ...attachment, data: isBase64 ? Uint8Array.from(Buffer.from(data, 'base64')) : null };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
