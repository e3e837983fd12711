import { describe, expect, test } from 'vitest';
import { literalAddress, reachOf } from '../../host/core/address.ts';
import { domainOf, parseDomain } from '../../host/core/domain.ts';

describe('reachOf', () => {
  test.each([
    ['public', ['1.1.1.1', '93.184.215.14', '2606:4700:4700::1111', '::ffff:1.1.1.1']],
    ['private', ['127.0.0.1', '127.255.255.254', '10.0.0.1', '172.16.0.1', '192.168.1.1']],
    [
      'private',
      ['100.64.0.1', '::1', 'fc00::1', 'fd12:3456::1', '::ffff:127.0.0.1', '::127.0.0.1'],
    ],
    ['never', ['0.0.0.0', '::', '169.254.169.254', '169.254.0.1', 'fe80::1', 'fe80::1%eth0']],
    ['never', ['100.100.100.200', 'fd00:ec2::254', '192.0.0.192', '::ffff:169.254.169.254']],
    ['never', ['224.0.0.1', '255.255.255.255', 'ff02::1', '240.0.0.1', '192.0.2.1', '198.18.0.1']],
    ['never', ['64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', 'fec0::1', '100::1', '2001:db8::1']],
    ['never', ['4000::1', '5f00::1', '', 'localhost', '1.1.1.1.1', '1.1.1.1/8']],
  ] as const)('%s: %j', (reach, addresses) => {
    for (const address of addresses) expect([address, reachOf(address)]).toEqual([address, reach]);
  });
});

test('literalAddress: the address that a URL’s host is, null for a name', () => {
  expect(literalAddress('[::1]')).toBe('::1');
  expect(literalAddress('127.0.0.1')).toBe('127.0.0.1');
  expect(literalAddress(new URL('http://0x7f.1/').hostname)).toBe('127.0.0.1');
  expect(literalAddress('example.org')).toBe(null);
});

describe('domainOf, parseDomain (D2.2c): one form for each host', () => {
  test.each([
    ['https://API.Example.ORG/', 'api.example.org'],
    ['https://api.example.org./x', 'api.example.org'],
    ['https://api.example.org:443/', 'api.example.org'],
    ['https://api.example.org:8443/', 'api.example.org:8443'],
    ['https://bücher.example/', 'xn--bcher-kva.example'],
    ['https://api。example．org/', 'api.example.org'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://0177.0.0.1:81/', '127.0.0.1:81'],
    ['http://[0:0::1]/', '[::1]'],
    ['http://[::ffff:127.0.0.1]/', '[::ffff:7f00:1]'],
  ])('%s is %s', (url, domain) => {
    expect(domainOf(new URL(url))).toBe(domain);
    expect(parseDomain(domain)).toBe(domain);
  });
  test.each([
    '',
    ' ',
    'a b',
    'user@host',
    'host/path',
    'host?x',
    'https://host',
    '*.org',
    'a:99999',
    '.',
  ])('parseDomain: %j is refused', (typed) => {
    expect(() => parseDomain(typed)).toThrow(
      expect.objectContaining({ code: 'invalid_input' }) as Error,
    );
  });
});
