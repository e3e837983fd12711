/** A body in RTF, which is also what HTML and plain text were put into ([MS-OXRTFEX]): what it shows. */
import { Note, note } from '../../../mail/assembly/notes';
import { Page } from '../../../mail/assembly/page';
import { Action } from '../../../rtf/assembly/actions';
import { Flow } from '../../../rtf/assembly/flow';
import { Reader } from '../../../rtf/assembly/reader';
import { Page as RichPage } from '../../../rtf/assembly/report';
import { FlowId } from '../../../rtf/assembly/words';
import { Bytes } from '../../../lib/assembly/bytes';

/** Appends the text of it; `room` is how many bytes fit. */
export function appendRichText(page: Page, source: Bytes, room: usize): void {
  const flows = new StaticArray<Flow>(FlowId.COUNT);
  for (let i = 0; i < FlowId.COUNT; i++) flows[i] = new Flow(room);
  const action = new Action(flows);
  const reader = new Reader(action, source.at, source.at + source.length, true);
  reader.run();
  const rich = new RichPage(room);
  rich.fill(flows);
  const from = page.length;
  page.utf8(rich.text.bytes.at, rich.text.bytes.length);
  page.blocks.append(rich.blocks, from, page.length - from);
  if (rich.text.truncated) page.text.truncated = true;
  if (action.undecodable() > 0) note(Note.UNDECODABLE);
  if (action.hiddenText) note(Note.HIDDEN_TEXT);
  if (reader.tooDeep) note(Note.DEPTH);
}
