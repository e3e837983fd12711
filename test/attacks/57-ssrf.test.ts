import { describe, expect, test } from 'vitest';
import { literalAddress, reachOf } from '../../host/core/address.ts';
import type { CcosError } from '../../host/core/error.ts';
import type { Outside } from '../../host/core/outside.ts';
import { PUBLIC } from '../../host/core/label.ts';
import type { EgressSource } from '../../host/kernel/egress.ts';
import { exceptionRequest } from '../../host/kernel/exception-request.ts';
import { HttpEgress } from '../../host/kernel/http-egress.ts';
import { parseHttpRequest } from '../../host/kernel/http-request.ts';
import { outsideServer, outsideWith } from '../support/outside-server.ts';
import { approve, openKernel, rowsOf } from '../kernel/support.ts';
import type { Kernel } from '../kernel/support.ts';

const SOURCE: EgressSource = {
  caller: { kind: 'agent', id: 't_agent' },
  plugin: {
    kind: 'plugin',
    id: 'ccos.http.request@0.1.0',
    publisher: 'ccos',
    capabilityKind: 'action',
    verified: true,
    revoked: false,
    enabled: true,
    effects: ['net.http'],
  },
  hosts: ['*'],
  label: PUBLIC,
  place: { session: 's_one', run: 'run_one', call: 'call_one' },
};

/** Whoever approves is deceived by the name: the exception is there, for a host on the Internet. */
async function deceived(
  target: string,
  sink: 'http.public' | 'http.private' = 'http.public',
  opened?: Kernel,
): Promise<Kernel> {
  const kernel = opened ?? (await openKernel());
  const request = exceptionRequest({
    ...{ target, sink, label: [], maxBytes: 10_000, maxUses: 10 },
    capability: SOURCE.plugin.id,
    publisher: 'ccos',
    scope: { run: 'run_one' },
    expires: kernel.world.now() + 3_600_000,
  });
  await approve(kernel, await kernel.approvals.request(request));
  return kernel;
}

async function outcomeOf(
  kernel: Kernel,
  url: string,
  {
    outside = outsideWith({}),
    source = SOURCE,
  }: Partial<{ outside: Outside; source: EgressSource }> = {},
): Promise<unknown> {
  const http = new HttpEgress({ ...kernel, outside });
  try {
    const answer = await http.send(source, parseHttpRequest(Buffer.from(JSON.stringify({ url }))));
    return 'failed' in answer ? answer.failed : answer.status;
  } catch (failure) {
    const { code, detail } = failure as CcosError;
    return `${code} ${String(detail['why'] ?? '')}`.trim();
  }
}

/** 127.0.0.1 and the metadata service, in every way in which they were ever written. */
const FORMS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '0177.1',
  '0x7F.0x0.0x0.0x1',
  '127.0.0.1.',
  '127。0。0。1',
  '１２７.0.0.1',
  '①②⑦.0.0.1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[::ffff:0:127.0.0.1]',
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '0xa9.0xfe.0xa9.0xfe',
  '169.254.43518',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '100.100.100.200',
  '192.0.0.192',
  '0.0.0.0',
  '0',
  '[::]',
  '10.0.0.1',
  '192.168.0.1',
  '172.16.0.1',
  '100.64.0.1',
  '[fc00::1]',
  '[fec0::1]',
  '255.255.255.255',
  '224.0.0.1',
  '[ff02::1]',
  '198.18.0.1',
];

describe('57 SSRF (INV-EGRESS-2, D2.2c)', () => {
  test('an address of one’s own in any encoding is refused where the exception is for the Internet', async () => {
    const server = await outsideServer();
    expect(FORMS.length).toBeGreaterThanOrEqual(40);
    const shared = await openKernel();
    for (const form of FORMS) {
      const url = new URL(`https://${form}:${String(server.port)}/`);
      const target = `${url.hostname.replace(/\.$/, '')}:${String(server.port)}`;
      const kernel = await deceived(target, 'http.public', shared);
      // A number that is private asks for an exception that says so; what no exception opens is denied.
      const isPrivate = reachOf(literalAddress(url.hostname) ?? '') === 'private';
      const refusal = isPrivate ? 'approval_required' : 'policy_denied address';
      expect([form, await outcomeOf(kernel, url.href)]).toEqual([form, refusal]);
    }
    expect(server.received).toEqual([]);
  });

  test('link-local, metadata and reserved addresses are refused even where it is for a private network', async () => {
    const shared = await openKernel();
    for (const host of [
      '169.254.169.254',
      '[fe80::1]',
      '[fd00:ec2::254]',
      '100.100.100.200',
      '0.0.0.0',
      '[::]',
    ]) {
      const kernel = await deceived(host, 'http.private', shared);
      expect([host, await outcomeOf(kernel, `http://${host}/`)]).toEqual([
        host,
        'policy_denied address',
      ]);
    }
  });

  test('a name that leads to an address of one’s own, first, later, or among others, is refused', async () => {
    const answers = {
      'localtest.example': [['127.0.0.1']],
      'mixed.example': [['1.1.1.1', '127.0.0.1']],
      'six.example': [['::1']],
      'mapped.example': [['::ffff:127.0.0.1']],
      'meta.example': [['169.254.169.254']],
    };
    const shared = await openKernel();
    for (const name of Object.keys(answers)) {
      const kernel = await deceived(name, 'http.public', shared);
      expect([
        name,
        await outcomeOf(kernel, `https://${name}/`, { outside: outsideWith(answers) }),
      ]).toEqual([name, 'policy_denied address']);
      const result = (await rowsOf(kernel.store, 'egress.result')).at(-1);
      expect(result?.data).toMatchObject({ outcome: 'policy_denied' });
    }
  });

  test('DNS rebinding: a name is resolved once for a request, and the connection goes to that address', async () => {
    const server = await outsideServer();
    const name = `rebind.example:${String(server.port)}`;
    const outside = outsideWith({ 'rebind.example': [['127.0.0.1'], ['169.254.169.254']] });
    const kernel = await deceived(name, 'http.private');
    expect(await outcomeOf(kernel, `http://${name}/`, { outside })).toBe(200);
    expect(outside.asked).toEqual(['rebind.example']);
    expect(server.received[0]?.headers.host).toBe(name); // the name is said, the number is called
    expect(await outcomeOf(kernel, `http://${name}/`, { outside })).toBe('policy_denied address');
  });

  test('a redirect to an address of one’s own needs an exception of its own', async () => {
    const inside = await outsideServer();
    const outer = await outsideServer((_, response) => {
      response.writeHead(302, { location: `http://${inside.domain}/admin` }).end();
    });
    const kernel = await deceived(outer.domain, 'http.private');
    expect(await outcomeOf(kernel, `http://${outer.domain}/`)).toBe('approval_required');
    expect(inside.received).toEqual([]);
  });

  test('a private exception does not reach the Internet, and nothing goes there in the clear', async () => {
    const kernel = await deceived('one.example', 'http.private');
    const outside = outsideWith({ 'one.example': [['1.1.1.1']] });
    expect(await outcomeOf(kernel, 'https://one.example/', { outside })).toBe(
      'policy_denied address',
    );
    const open = await deceived('one.example');
    expect(await outcomeOf(open, 'http://one.example/', { outside })).toBe(
      'policy_denied not_encrypted',
    );
  });

  test('without the check of the address the request would arrive (what it is for)', async () => {
    const server = await outsideServer();
    const name = `localtest.example:${String(server.port)}`;
    const kernel = await deceived(name, 'http.private'); // the one thing that lets loopback through
    const outside = outsideWith({ 'localtest.example': [['127.0.0.1']] });
    expect(await outcomeOf(kernel, `http://${name}/`, { outside })).toBe(200);
    expect(server.received).toHaveLength(1);
  });

  test('H6: with a client that resolves for itself, an address of one’s own is reached by a name', async () => {
    const server = await outsideServer();
    const name = `rebind.example:${String(server.port)}`;
    const resolved = outsideWith({ 'rebind.example': [['10.0.0.1']] });
    const kernel = await deceived(name, 'http.private');
    const naive: Outside = {
      ...resolved,
      send: (request) => resolved.send({ ...request, address: '127.0.0.1' }),
    };
    expect(await outcomeOf(kernel, `http://${name}/`, { outside: naive })).toBe(200);
    expect(server.received).toHaveLength(1);
    const public_ = `open.example:${String(server.port)}`;
    const lies: Outside = { ...naive, resolve: () => Promise.resolve(['1.1.1.1']) };
    await deceived(public_, 'http.private', kernel);
    expect(await outcomeOf(kernel, `http://${public_}/`, { outside: lies })).toBe(
      'policy_denied address', // the kernel trusts no answer that does not fit the decision
    );
  });

  test('a host that the manifest does not name is refused whatever was approved', async () => {
    const server = await outsideServer();
    const kernel = await deceived(server.domain, 'http.private');
    const narrow = { ...SOURCE, hosts: ['api.example.org'] };
    expect(await outcomeOf(kernel, `http://${server.domain}/`, { source: narrow })).toBe(
      'policy_denied host_not_declared',
    );
    expect(server.received).toEqual([]);
  });
});
