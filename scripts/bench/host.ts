// What the benchmark calls in its own process: the host's parts and two helpers of the tests. Bundled into
// dist/bench/, because Node 20 runs no TypeScript.
export { packBundle, signContainer } from '../../host/bundle/pack.ts';
export { DEFAULT_LIMITS } from '../../host/core/limits.ts';
export { generateKeyPair } from '../../host/crypto/ed25519.ts';
export { openGateway } from '../../host/gateway.ts';
export { answerHostCall } from '../../host/host-functions/answer.ts';
export { ReleaseGuards } from '../../host/kernel/release/guards.ts';
export { makeNewHome } from '../../host/new-home.ts';
export { readFirstPartyBundle } from '../../host/runtime/first-party-files.ts';
export { createHome, openHome } from '../../host/runtime/home.ts';
export { silentLog } from '../../host/runtime/silent-log.ts';
export { SANDBOX_PROCESS, STATE_WORKER } from '../../host/runtime/paths.ts';
export { tuneForGateway } from '../../host/runtime/v8-flags.ts';
export { readVersion } from '../../host/runtime/version.ts';
export { world } from '../../host/runtime/world.ts';
export { createSandbox } from '../../host/sandbox/index.ts';
export { openStore } from '../../host/store/store.ts';
export { plugin } from '../../test/sandbox/plugins.ts';
export { callPlugin, compilePlugin } from '../../test/support/abi-host.ts';
