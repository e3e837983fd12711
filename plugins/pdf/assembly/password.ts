import { args, member, text } from './input';
import { allocate } from './memory';

const MOST_BYTES: i32 = 1200;

/** The password of the arguments, as UTF-8 with its terminator; 0 where there is none. */
export function readPassword(): usize {
  const password = allocate(MOST_BYTES + 1);
  const bytes = text(member(args(), 'password'), password, MOST_BYTES);
  store<u8>(password + bytes, 0);
  return bytes > 0 ? password : 0;
}
