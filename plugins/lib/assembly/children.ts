/** The documents inside of a document, which the host reads each for itself. */
import { integer, name, raw } from './output';

class Child {
  constructor(
    public index: i32,
    public mediaType: string,
    public bytes: i64,
  ) {}
}

const children: Child[] = [];

/** Keeps what the result says of a child that the host has begun. */
export function keepChild(index: i32, mediaType: string, bytes: i64): void {
  children.push(new Child(index, mediaType, bytes));
}

export function childCount(): i32 {
  return children.length;
}

/** Writes them as a member of the result, in their order. */
export function writeChildren(): void {
  raw(',"attachments":[');
  for (let i = 0; i < children.length; i++) {
    raw(i > 0 ? ',{"bytes":' : '{"bytes":');
    integer(children[i].bytes);
    raw(',"child":');
    integer(children[i].index);
    raw(',"media_type":');
    name(children[i].mediaType);
    raw('}');
  }
  raw(']');
}
