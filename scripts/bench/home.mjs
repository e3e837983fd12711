// A temporary home with the first-party bundles and one trivial plugin approved, and a gateway over it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inRoot } from '../setup.mjs';
import { loadHost } from './bundle.mjs';

export const TRIVIAL_TYPE = 'application/x-bench';
export const TRIVIAL_BYTES = 64 * 1024;

const folders = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function makeFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'ccos-bench-'));
  folders.push(folder);
  return folder;
}

/** A home without a database yet. */
export async function makeHome() {
  const { createHome, makeNewHome, openHome, readVersion } = await loadHost();
  const directory = path.join(makeFolder(), 'home');
  createHome(directory, makeNewHome(readVersion()));
  return openHome(directory);
}

/** Opens a home in this process, as `ccos` does without a gateway. */
export async function openInProcess(home) {
  const { openGateway, readVersion, silentLog } = await loadHost();
  return openGateway({
    home,
    log: silentLog,
    version: readVersion(),
    mode: 'in_process',
    lockWaitMillis: 0,
    warm: false,
    shutdown: () => undefined,
  });
}

/** The databases of a home, without a gateway around them. */
export async function openStore(home) {
  const { openStore: open, world, STATE_WORKER } = await loadHost();
  const keys = home.keys();
  return open({
    workerFile: STATE_WORKER,
    world,
    envelope: () => ({ tenant: 'local', policy: { pack: 'bench', sha256: '0'.repeat(64) } }),
    stateFile: home.stateFile,
    quarantineFile: home.quarantineFile,
    vaultFile: home.vaultFile,
    checkpointLog: home.checkpointLog,
    origin: `ccos/${home.id}`,
    signingKeyPem: keys.chainPem,
    verifierKey: keys.chainVerifierKey,
    masterKey: keys.master,
    lockWaitMillis: 0,
    readOnly: false,
  });
}

/** The gate and what stands right behind it, with the shipped pack. */
export async function openKernel(home) {
  const host = await loadHost();
  const { Acts, Approvals, Egress, Gate, SecretUses, ApprovalWatches, world } = host;
  const store = await openStore(home);
  const pack = host.readDefaultPack();
  const sha256 = host.packDigest(pack);
  const engine = await host.loadPack(pack, { version: 'bench', sha256 });
  const { operator } = host.parseKeys(home.keys());
  const gate = new Gate({ store, world, engine: () => engine });
  const acts = await Acts.open({ store, operator, files: home });
  const approvals = new Approvals({ store, gate, world, operator, acts });
  const kernel = { store, gate, approvals, acts, world, tenant: 'local' };
  const egress = new Egress({
    ...kernel,
    secretUses: new SecretUses(kernel),
    watches: new ApprovalWatches(kernel),
  });
  const { exceptionRequest } = host;
  return { ...kernel, engine, egress, exceptionRequest, close: () => store.close() };
}

let approved;

/** The one home of a run that has everything approved; closed, so a gateway can have it. */
export function approvedHome() {
  approved ??= approveAll();
  return approved;
}

async function approveAll() {
  const { readFirstPartyBundle } = await loadHost();
  const home = await makeHome();
  const gateway = await openInProcess(home);
  const names = ['documents', 'ocr', 'legacy'];
  await install(gateway, 'ccos', ...names.map(readFirstPartyBundle));
  await install(gateway, 'bench', await trivialBundle());
  await gateway.close();
  return home;
}

async function install({ services }, publisher, ...containers) {
  const { generateKeyPair, signContainer } = await loadHost();
  const key = generateKeyPair();
  const approve = ({ id, digest }) => services.approvals.approve(id, { digest, by: 'operator' });
  const asked = {
    publisher,
    publicKey: key.raw,
    namespaces: [`${publisher}/*`],
    effects: ['quarantine.read', 'quarantine.derive'],
  };
  await approve(await services.trust.request(asked));
  for (const container of containers) {
    const { approvals } = await services.installer.install(signContainer(container, key));
    for (const approval of approvals) await approve(approval);
  }
}

const ANSWER = JSON.stringify({
  format: 'bench',
  pages: [],
  counts: {},
  truncated: false,
  warnings: [],
});

/** A plugin that reads its blob whole and says the same about every one. */
export async function trivialPlugin() {
  const { plugin } = await loadHost();
  return plugin({
    uses: ['q_read', 'out_write'],
    memory: '2 2',
    more: `(data (i32.const 0) "${ANSWER.replaceAll('"', '\\"')}")`,
    run: `(drop (call $q_read (i32.const 0) (i64.const 0) (i32.const 4096) (i32.const ${TRIVIAL_BYTES})))
      (call $out_write (i32.const 0) (i32.const ${ANSWER.length}))`,
  });
}

async function trivialBundle() {
  const { packBundle } = await loadHost();
  const { module, imports } = await trivialPlugin();
  const limits = {
    memoryPages: 16,
    timeMs: 5000,
    inputBytes: 1_048_576,
    outputBytes: 1_048_576,
    hostCalls: 100,
  };
  const anything = Buffer.from('{"type":"object"}');
  const manifest = {
    format: 'ccos-bundle/1',
    requires: { host: '>=0.1.0', abi: 'ccos-abi/1' },
    name: 'bench/trivial',
    version: '1.0.0',
    sequence: 1,
    publishedAt: '2026-01-01T00:00:00Z',
    notAfter: '2099-01-01T00:00:00Z',
    publisher: { id: 'bench' },
    limits,
    capabilities: [
      {
        id: 'ccos.attachment.extract_text',
        variant: 'trivial',
        kind: 'transform',
        export: 'run',
        module: 'wasm/trivial.wasm',
        title: 'trivial',
        input: {
          schema: 'schemas/in.json',
          mediaTypes: [TRIVIAL_TYPE],
          magic: [],
          classes: ['pii.attachment'],
        },
        output: { kind: 'derived', schema: 'schemas/out.json', classes: ['pii.attachment'] },
        effects: ['quarantine.read', 'quarantine.derive'],
        imports,
        hosts: [],
        deterministic: true,
        idempotent: true,
        limits,
      },
    ],
    build: {
      source: { repo: 'ccos', commit: '0'.repeat(40) },
      builder: 'npm run bench',
      command: 'npm run bench',
      env: {},
      toolchain: {},
      reproducible: true,
    },
  };
  const files = new Map([
    ['schemas/in.json', anything],
    ['schemas/out.json', anything],
    ['wasm/trivial.wasm', module.bytes],
  ]);
  return packBundle({ manifest, files }).container;
}

/** `ccos up` as a process, when it listens. */
export async function startGateway(home, config = {}) {
  writeFileSync(path.join(home.directory, 'config.json'), JSON.stringify(config));
  const child = spawn(inRoot('dist', 'main.js'), ['up', '--port', '0'], {
    env: { CCOS_HOME: home.directory, PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await listening(child, ended);
  const token = readFileSync(path.join(home.directory, 'admin.token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' };
  return {
    pid: child.pid,
    /** The answer's JSON, an error's too. */
    async extract(body, type) {
      const query = type === undefined ? '' : `?type=${encodeURIComponent(type)}`;
      const at = `${url}/v1/admin/extract${query}`;
      return (await fetch(at, { method: 'POST', headers, body })).json();
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function listening({ stdout }, ended) {
  return new Promise((resolve, reject) => {
    let said = '';
    stdout.on('data', (chunk) => {
      said += chunk;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (url !== undefined) resolve(url);
    });
    ended.then((code) => reject(new Error(`ccos up ended with ${code}`)));
  });
}
