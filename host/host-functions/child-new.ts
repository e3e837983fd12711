import { refuse } from './scope.ts';
import type { HostFunction } from './scope.ts';

const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
const UNKNOWN = 'application/octet-stream';

/** `child_new(kind_ptr, kind_len) -> i32`: starts a child blob of a media type; its index. */
export const childNew: HostFunction = ({ children }, { bytes = new Uint8Array() }) => {
  const record = { length: bytes.length };
  if (children === null) return refuse('denied', record);
  if (children.list.length >= children.most) return refuse('overLimit', record);
  const kind = Buffer.from(bytes).toString('latin1');
  children.list.push({ mediaType: MEDIA_TYPE.test(kind) ? kind : UNKNOWN, parts: [], bytes: 0 });
  return { result: BigInt(children.list.length - 1), record };
};
