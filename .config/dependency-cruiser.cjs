/** Which folder of host/ may import which. The one copy of this fact. */
const MAY_IMPORT = {
  core: [],
  crypto: ['core'],
  policy: ['core'],
  store: ['core', 'crypto'],
  kernel: ['core', 'crypto', 'policy', 'store'],
  bundle: ['core', 'crypto', 'kernel'],
  'host-functions': ['core', 'kernel'],
  sandbox: ['core'],
  flow: ['core', 'kernel', 'bundle', 'host-functions', 'sandbox'],
  connectors: ['core'],
  http: ['core', 'kernel', 'bundle', 'flow'],
  cli: ['core', 'http'],
  runtime: ['core'],
};
const only = (folder, allowed) => ({
  name: `host/${folder} may import ${allowed.join(', ') || 'nothing in host'}`,
  severity: 'error',
  from: { path: `^host/${folder}/` },
  to: { path: '^host/', pathNot: [folder, ...allowed].map((name) => `^host/${name}/`) },
});
const confined = (what, path, owner) => ({
  name: `${what} only in ${owner}`,
  severity: 'error',
  from: { path: '^host/', pathNot: `^${owner}` },
  to: { path },
});
module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no orphans',
      severity: 'error',
      from: { path: '^host/', orphan: true, pathNot: '^host/(main|cli/main)\\.ts$' },
      to: {},
    },
    {
      name: 'host never imports test, scripts or plugins',
      severity: 'error',
      from: { path: '^host/' },
      to: { path: '^(test|scripts|plugins)/' },
    },
    ...Object.entries(MAY_IMPORT).map(([folder, allowed]) => only(folder, allowed)),
    {
      name: 'Node built-ins only at the edges',
      severity: 'error',
      from: {
        path: '^host/',
        pathNot: '^host/(crypto|store|sandbox|runtime|cli)/|^host/(main|gateway)\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'cli imports only the client type of http',
      severity: 'error',
      from: { path: '^host/cli/' },
      to: { path: '^host/http/', pathNot: '^host/http/client' },
    },
    confined('libSQL', 'node_modules/@libsql/', 'host/store/'),
    confined('Extism', 'node_modules/@extism/', 'host/sandbox/'),
    confined('Cedar', 'node_modules/@cedar-policy/', 'host/policy/'),
    confined('Cryptography', 'node_modules/(@noble|tweetnacl)/', 'host/crypto/'),
    confined('MCP', 'node_modules/@modelcontextprotocol/', 'host/http/'),
    confined('Child processes', '^(node:)?child_process$', 'host/(sandbox/|runtime/keychain)'),
    confined('Hono', 'node_modules/(hono|@hono)/', 'host/(http|runtime)/'),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
