import { fileURLToPath } from 'node:url';

/**
 * The root of the installed package. From the bundle this file is in `dist/`; from the sources (Deno,
 * tests) it is in `host/runtime/`.
 */
const here = new URL('.', import.meta.url);
const root = here.pathname.endsWith('/dist/') ? new URL('../', here) : new URL('../../', here);

/** Files that are built: workers and the sandbox process start from here on every runtime. */
export const DIST = new URL('dist/', root);
export const PACKAGE_JSON = new URL('package.json', root);
export const POLICIES = new URL('policies/', root);
export const STATE_WORKER = new URL('state-worker.js', DIST);
export const SANDBOX_PROCESS = fileURLToPath(new URL('sandbox-process.js', DIST));
