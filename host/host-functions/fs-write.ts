import { parseFileRequest } from '../kernel/file-egress.ts';
import type { EffectFunction } from './scope.ts';
import { refuse, withEffect } from './scope.ts';

/** What the disk says, as `fs_write` returns it. */
const ANSWERS = { exists: 1n, link: 2n, no_folder: 3n, unwritable: 4n } as const;

/**
 * `fs_write(ptr, len) -> i32`: writes the file that the JSON describes (`kernel/file-egress.ts`), where the
 * gate lets it. 0 where it is written; 1 where there is one already, 2 where a link or another kind of file
 * stands in the way, 3 where the folder is not there, 4 where the disk refuses.
 */
export const fsWrite: EffectFunction = (scope, { bytes = new Uint8Array() }) => {
  const record = { length: bytes.length };
  const { powers } = scope;
  if (powers === null) return Promise.resolve(refuse('denied', record));
  return withEffect(scope, record, async () => {
    const answer = await powers.write(parseFileRequest(bytes));
    return answer.ok ? 0n : ANSWERS[answer.why];
  });
};
