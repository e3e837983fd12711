import { lookup } from 'node:dns/promises';
import type { Outside } from '../core/outside.ts';
import { send } from './send.ts';
import type { SendOptions } from './send.ts';
import { writeBelow } from './write-below.ts';

export interface OutsideOptions extends SendOptions {
  /** A folder that no file is written into, nor above: the home of the gateway. */
  readonly keepOut?: string;
}

/** The network and the files of this machine. */
export function makeOutside(options: OutsideOptions = {}): Outside {
  return {
    async resolve(hostname) {
      const found = await lookup(hostname, { all: true }).catch(() => []);
      return found.map(({ address }) => address);
    },
    send: (request) => send(request, options),
    write: (file) => writeBelow(file, options.keepOut),
  };
}
