/** A writer of messages of Outlook ([MS-OXMSG]) for tests. */
import { u16, u32 } from './bytes.ts';
import { compound } from './compound.ts';
import type { Storage } from './compound.ts';

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');

/** A short property, of four bytes or eight. */
export const short = (id: number, value: number | bigint): Buffer => {
  const entry = Buffer.concat([u16(typeof value === 'bigint' ? 0x40 : 3, id), u32(6, 0, 0)]);
  if (typeof value === 'bigint') entry.writeBigUInt64LE(value, 8);
  else entry.writeUInt32LE(value >>> 0, 8);
  return entry;
};

/** A string in UTF-16, bytes of a code page, or other bytes. */
export const text = (id: number, value: string): Storage => ({
  [`__substg1.0_${hex(id)}001F`]: Buffer.from(value, 'utf16le'),
});
export const narrow = (id: number, value: Buffer): Storage => ({
  [`__substg1.0_${hex(id)}001E`]: value,
});
export const binary = (id: number, value: Buffer): Storage => ({
  [`__substg1.0_${hex(id)}0102`]: value,
});

const propertiesOf = (head: number, properties: readonly Buffer[]): Storage => ({
  '__properties_version1.0': Buffer.concat([Buffer.alloc(head), ...properties]),
});

export interface MessageParts {
  readonly properties?: readonly Buffer[];
  readonly streams?: readonly Storage[];
  /** Name, address, and 1 for those that it is to, 2 for those that get a copy. */
  readonly recipients?: readonly (readonly [string, string, number])[];
  readonly attachments?: readonly Storage[];
}

/** The storage of a message; what stands before its properties is shorter in another message. */
export function messageStorage(parts: MessageParts, isInside = true): Storage {
  const { properties = [], streams = [], recipients = [], attachments = [] } = parts;
  const all = [
    ...streams,
    propertiesOf(isInside ? 24 : 32, properties),
    ...recipients.map(([name, address, kind], index) => ({
      [`__recip_version1.0_#${hex(0)}${hex(index)}`]: {
        ...text(0x3001, name),
        ...text(0x39fe, address),
        ...propertiesOf(8, [short(0x0c15, kind)]),
      },
    })),
    ...attachments.map((storage, index) => ({
      [`__attach_version1.0_#${hex(0)}${hex(index)}`]: storage,
    })),
  ];
  return Object.assign({}, ...all) as Storage;
}

export const attachment = (name: string, type: string, bytes: Buffer): Storage => ({
  ...text(0x3707, name),
  ...text(0x370e, type),
  ...binary(0x3701, bytes),
  ...propertiesOf(8, [short(0x3705, 1)]),
});
export const attachedMessage = (name: string, parts: MessageParts): Storage => ({
  ...text(0x3001, name),
  '__substg1.0_3701000D': messageStorage(parts),
  ...propertiesOf(8, [short(0x3705, 5)]),
});

/** RTF as it is kept in a message ([MS-OXRTFCP] 2.1.3.1): here as it stands, without a reference. */
export function richBody(rtf: string): Buffer {
  const data = Buffer.from(rtf, 'latin1');
  return Buffer.concat([u32(data.length + 12, data.length), Buffer.from('MELA'), u32(0), data]);
}

export const outlook = (parts: MessageParts): Buffer => compound(messageStorage(parts, false));
