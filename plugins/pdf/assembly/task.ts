import { args, integer, isTrue, member } from './input';

/** Whether pages without text are named, because something can read pictures of them. */
export let namesScans: bool = false;
/** The page that is to be drawn, from 1 on; 0 where the text is asked for. */
export let pageToDraw: i32 = 0;

export function readTask(): void {
  namesScans = isTrue(member(args(), 'scans'));
  pageToDraw = integer(member(args(), 'draw'), 0);
}
