import type { InboundEvent } from '../core/inbound.ts';

/** What the outside calls the things in an event, as words to be hashed; null where there is none. */
export interface OutsideNames {
  /** The thing that has versions: a message, a reaction, a membership, a thread. */
  readonly native: readonly string[];
  /** The message that is answered or reacted to. */
  readonly target: readonly string[] | null;
  /** One edit of a message. */
  readonly revision: readonly string[] | null;
}

export function outsideNames(connection: string, event: InboundEvent): OutsideNames {
  const { channel } = event;
  const message = (id: string) => ['message', connection, channel, id];
  const only = (...native: readonly string[]): OutsideNames => ({
    native,
    target: null,
    revision: null,
  });
  switch (event.kind) {
    case 'message':
    case 'edit':
      return {
        native: message(event.id),
        target: event.reply_to === undefined ? null : message(event.reply_to),
        revision:
          event.kind === 'message' || event.revision === undefined
            ? null
            : ['revision', connection, channel, event.id, event.revision],
      };
    case 'delete':
      return only(...message(event.id));
    case 'reaction':
      return {
        ...only('reaction', connection, channel, event.message, event.sender, event.emoji),
        target: message(event.message),
      };
    case 'membership':
      return only('membership', connection, channel, event.sender);
    case 'thread':
      return only('thread', connection, channel, event.thread, 'life');
  }
}
