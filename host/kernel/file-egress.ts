import { z } from 'zod';
import { CcosError } from '../core/error.ts';
import { FIXED } from '../core/limits.ts';
import type { FileAnswer, Outside } from '../core/outside.ts';
import type { Egress, EgressSource } from './egress.ts';
import { inert } from './inert.ts';

/** One name of a path: no separators of any system, no dots alone, nothing hidden, nothing a shell eats. */
const NAME = /^(?!\.)[^\p{C}\p{Zl}\p{Zp}\\/:*?"<>|]{1,100}(?<![. ])$/u;
/** Names that Windows keeps for devices. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

const schema = z.strictObject({
  folder: z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/),
  path: z.string().min(1).max(1000),
  content: z.string(),
  replace: z.boolean().default(false),
});

/** The argument of `fs_write`, checked. */
export interface FileRequest {
  readonly folder: string;
  readonly names: readonly string[];
  readonly bytes: Uint8Array;
  readonly replace: boolean;
}

/** `{folder, path, content, replace}`, UTF-8 JSON. Throws `invalid_input`, which quotes nothing of it. */
export function parseFileRequest(bytes: Uint8Array): FileRequest {
  const refused = (why: string): CcosError =>
    new CcosError('invalid_input', { field: 'fs_write', why });
  if (bytes.length > FIXED.fileRequestBytes) throw refused('too_large');
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw refused('json');
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw refused('shape');
  const { folder, path, content, replace } = parsed.data;
  const names = path.split('/');
  if (names.length > 16 || !names.every((name) => NAME.test(name) && !DEVICE.test(name)))
    throw refused('path');
  return { folder, names, bytes: new TextEncoder().encode(content), replace };
}

interface Parts {
  readonly egress: Egress;
  readonly outside: Outside;
  /** The folders of the configuration: name to absolute path. */
  readonly folders: () => Readonly<Record<string, string>>;
}

/** Files that plugins write, below the folders that the operator has named and nowhere else. */
export class FileEgress {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws what policy says; what the disk says is an answer. */
  async write(source: EgressSource, request: FileRequest): Promise<FileAnswer> {
    const { egress, outside, folders } = this.#parts;
    const { folder: name, names, replace } = request;
    const bytes = inert(request.bytes, source);
    const known = folders();
    const folder = Object.hasOwn(known, name) ? known[name] : undefined;
    if (folder === undefined) throw new CcosError('policy_denied', { why: 'folder_not_allowed' });
    const size = bytes.length + Buffer.byteLength(names.join('/'));
    const admitted = await egress.admit(source, { sink: 'fs', target: name, bytes: size });
    const answer = await outside.write({ folder, names, bytes, replace });
    await egress.end(source, admitted, { folder: name, outcome: answer.ok ? 'ok' : answer.why });
    return answer;
  }
}
