/** `ccos.fs.write`: one file by way of the host. */
import { Failure, fail, fsWrite } from '../../lib/assembly/host';
import { readArgs } from '../../lib/assembly/input';
import { finish, name, raw } from '../../lib/assembly/output';

/** What the disk says, by the number of `fs_write`. */
const WHY: StaticArray<string> = ['', 'exists', 'link', 'no_folder', 'unwritable'];

/** What the host refuses ends the call by the host's own word; `refused` stands for the rest. */
export function write(): i32 {
  const args = readArgs();
  if (args == null) return 0;
  const answer = fsWrite(args.at, args.length);
  if (answer < 0 || answer >= WHY.length) {
    fail(Failure.REFUSED);
    return 0;
  }
  raw(answer == 0 ? '{"written":true' : '{"written":false,"why":');
  if (answer > 0) name(WHY[answer]);
  raw('}');
  finish();
  return 0;
}
