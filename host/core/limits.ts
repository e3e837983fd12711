const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * Every bound of the host, with its unit in its name: `[default, hard maximum]` where the operator may
 * set it, one number where nobody may. Nothing reads a bound from anywhere else.
 */
export const LIMITS = {
  inputBytes: [25 * MiB, 50 * MiB],
  pages: [2000, 10_000],
  callMillis: [20_000, 60_000],
  memoryPages: [4096, 8192], // 64 KiB each: 256 and 512 MiB
  textBytes: [2 * MiB, 8 * MiB],
  hostCalls: [2000, 5000],
  childBlobs: [1000, 2000],
  childBytes: [128 * MiB, 256 * MiB],
  sandboxProcesses: [2, 8],
  sandboxIdleMillis: [60_000, 3_600_000],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

export const FIXED = {
  pluginInputBytes: 64 * KiB,
  /** Over the text itself: the JSON around it, escapes included. */
  outputOverheadBytes: 6 * MiB,
  frameBytes: 64 * MiB,
  stderrBytes: 64 * KiB,
  callsPerProcess: 200,
  killGraceMillis: 1000,
  sniffBytes: 512,
  /** Documents inside documents: a mail, its attachment, a mail in that, its attachment. */
  nestingDepth: 3,
  bundleBytes: 64 * MiB,
  bundleFileBytes: 32 * MiB,
  bundleFiles: 256,
  envelopeBytes: 256 * KiB,
  signatures: 8,
  schemaBytes: 64 * KiB,
  schemaDepth: 32,
  moduleFunctions: 100_000,
  moduleTableEntries: 100_000,
  chainRowBytes: 65_535,
  quarantineChunkBytes: 1 * MiB,
  jsonBodyBytes: 1 * MiB,
  pendingApprovals: 1000,
  /** Of one session: an agent that asks for more has not read the answers. */
  pendingOfSession: 20,
  askedPerHour: 60,
  messageTextBytes: 256 * KiB,
  messageNamesBytes: 64 * KiB,
  /** One event of a chat with everything that is attached to it. */
  eventBytes: 64 * MiB,
  /** Words of a source in a row that a result may hold, unless an approval says more. */
  verbatimWords: 4,
  httpRequestBytes: 1 * MiB,
  httpResponseBytes: 1 * MiB,
  httpHeaders: 200,
  /** A request with the redirects that it meets. */
  httpMillis: 15_000,
  httpRedirects: 5,
  fileRequestBytes: 1 * MiB,
  /** What an action is called with, and what it gives. */
  actionBytes: 56 * KiB,
  /** What a run may be told of what it must not see, in bits: 256 KiB. */
  runLeakBits: 8 * 256 * KiB,
  retentionMillis: 24 * 3_600_000,
} as const satisfies Readonly<Record<string, number>>;

export type LimitName = keyof typeof LIMITS;
export type LimitValues = Readonly<Record<LimitName, number>>;

export const DEFAULT_LIMITS: LimitValues = Object.fromEntries(
  Object.entries(LIMITS).map(([name, [value]]) => [name, value]),
) as LimitValues; // the cast restores the keys that fromEntries forgets
