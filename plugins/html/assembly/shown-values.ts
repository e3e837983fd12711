/** Which attribute values a reader sees, and how. */
import { Bytes } from '../../lib/assembly/bytes';
import { is } from './attributes';

const MAX_FILE_NAME: usize = 64;

/** Cuts an address to the name of its file, without folders, query and ending; to nothing for `data:`. */
export function keepFileName(address: Bytes): void {
  let from = address.at;
  let stop = address.at;
  const end = address.at + address.length;
  for (; stop < end && load<u8>(stop) != 63 && load<u8>(stop) != 35; stop++) {
    if (load<u8>(stop) == 47) from = stop + 1;
  }
  let dot = stop;
  while (dot > from && load<u8>(dot) != 46) dot--;
  const to = dot > from ? dot : stop;
  const data = address.length >= 5 && is(address.at, 5, 'data:');
  address.length = data || to - from > MAX_FILE_NAME ? 0 : to - from;
  memory.copy(address.at, from, address.length);
}

/** Types of input whose value a reader sees. */
export function isShown(at: usize, length: usize): bool {
  return (
    is(at, length, 'text') ||
    is(at, length, 'submit') ||
    is(at, length, 'button') ||
    is(at, length, 'reset') ||
    is(at, length, 'search') ||
    is(at, length, 'email') ||
    is(at, length, 'tel') ||
    is(at, length, 'url') ||
    is(at, length, 'number')
  );
}
