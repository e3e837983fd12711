import type { ServerAdapter } from './server-adapter.ts';

/** Which runtime this is; the differences are in the files of this folder and nowhere else. */
export const RUNTIME: 'node' | 'deno' = 'Deno' in globalThis ? 'deno' : 'node';

export const loadServer = (): Promise<ServerAdapter> =>
  RUNTIME === 'deno' ? import('./deno-server.ts') : import('./node-server.ts');

export function runtimeVersion(): string {
  const versions: Readonly<Record<string, string | undefined>> = process.versions;
  return versions[RUNTIME] ?? '';
}
