import { describe, expect, it } from 'vitest';
import { type Private, privateNamed } from '../config/private.ts';
import { privateQuestions } from './privateQuestions.ts';

/** Asks about values, each of which gets a handle of its own. */
function asked<Answer>(
  ask: (questions: ReturnType<typeof privateQuestions>, ...handles: Private[]) => Answer,
  ...values: readonly string[]
): Answer {
  const names = values.map((_, index) => `VALUE_${index}`);
  const network = {
    pods: '10.42.0.0/16',
    services: '10.43.0.0/16',
    lan: [privateNamed('LAN'), privateNamed('LAN_V6')],
    vpn: [privateNamed('VPN')],
    controlPlane: [],
    loadBalancer: { kind: 'metallb', announced: 'bgp', addresses: [privateNamed('POOL')] },
  };
  const own = {
    LAN: '198.51.100.0/24',
    LAN_V6: '2001:db8:1::/64',
    VPN: '10.8.0.0/24',
    POOL: '203.0.113.240/28',
  };
  const questions = privateQuestions(
    { cluster: { network } } as unknown as Parameters<typeof privateQuestions>[0],
    new Map([...Object.entries(own), ...names.map((name, index) => [name, values[index] ?? ''] as const)]),
  );
  return ask(questions, ...names.map(privateNamed));
}

describe('a host and a domain', () => {
  const oneLabel = (host: string, domain: string) =>
    asked(
      ({ isOneLabelBelow }, one, other) => isOneLabelBelow(one as Private, other as Private),
      host,
      domain,
    );
  const below = (host: string, domain: string) =>
    asked(({ isBelow }, one, other) => isBelow(one as Private, other as Private), host, domain);

  it.each([
    ['photos.example.org', 'example.org'],
    ['Photos.EXAMPLE.org', 'example.org.'],
    ['photos.home.example.org', 'home.example.org'],
  ])('%s is one label below %s', (host, domain) => {
    expect(oneLabel(host, domain)).toBe(true);
    expect(below(host, domain)).toBe(true);
  });

  it('is not, where it is two labels below', () => {
    expect(oneLabel('photos.home.example.org', 'example.org')).toBe(false);
    expect(below('photos.home.example.org', 'example.org')).toBe(true);
  });

  it.each([
    ['example.org', 'example.org'],
    ['notexample.org', 'example.org'],
    ['photos.example.org', 'example.com'],
    ['example.org', 'photos.example.org'],
    ['photos.example.org', ''],
  ])('%s is not below "%s"', (host, domain) => {
    expect(oneLabel(host, domain)).toBe(false);
    expect(below(host, domain)).toBe(false);
  });
});

it.each([
  ['photos.example.org', 'photos.example.org', true],
  ['photos.example.org', 'PHOTOS.example.org.', true],
  ['photos.example.org', 'photo.example.org', false],
])('%s and %s: the same host is %s', (one, other, same) => {
  expect(
    asked(({ isSameHost }, first, second) => isSameHost(first as Private, second as Private), one, other),
  ).toBe(same);
});

describe('a target', () => {
  const kind = (target: string) => asked(({ targetKind }, handle) => targetKind(handle as Private), target);

  it.each(['home.example.org', 'home', '192.0.2.1.example.org'])('%s is a name', (target) => {
    expect(kind(target)).toBe('name');
  });

  it.each(['192.0.2.10', '8.8.8.8', '2606:4700:4700::1111', '2001:db8:1::10', '172.32.0.1', '100.128.0.1'])(
    '%s is an address of the internet',
    (target) => {
      expect(kind(target)).toBe('internet-address');
    },
  );

  it.each(
    [
      ['10.0.0.1', '172.31.255.254', '192.168.1.240', '127.0.0.1', '169.254.1.1', '100.64.0.1', '0.0.0.0'],
      ['255.255.255.255', '224.0.0.251', '198.18.0.1', '192.0.0.1'],
      ['fd00::1', 'fe80::1', '::1', '::', 'ff02::fb', '::ffff:192.168.1.240', '64:ff9b::c0a8:1f0'],
      ['2002:c0a8:1f0::1', '2001:0:c000:22d::1'],
    ].flat(),
  )('%s is no address of the internet', (target) => {
    expect(kind(target)).toBe('home-address');
  });

  it.each(['198.51.100.7', '203.0.113.241', '10.42.0.3'])(
    '%s is in a range of the home or of the cluster',
    (target) => {
      expect(kind(target)).toBe('home-address');
    },
  );
});

it.each([
  ['192.0.2.0/24', 'ipv4'],
  ['2001:db8::10', 'ipv6'],
])('%s is of the family %s', (range, family) => {
  expect(asked(({ addressFamily }, handle) => addressFamily(handle as Private), range)).toBe(family);
});

it.each([
  ['192.0.2.10', '192.0.2.10', true],
  ['2001:db8::a', '2001:0DB8:0::0a', true],
  ['192.0.2.10', '192.0.2.11', false],
  ['192.0.2.10', '::ffff:192.0.2.10', false],
])('%s and %s: the same address is %s', (one, other, same) => {
  expect(
    asked(
      ({ isSameAddress }, first, second) => isSameAddress(first as Private, second as Private),
      one,
      other,
    ),
  ).toBe(same);
});

it.each([
  ['192.0.2.241', ['192.0.2.240/28'], true],
  ['192.0.2.1', ['192.0.2.240/28'], false],
  ['192.0.2.1', ['192.0.2.240/28', '192.0.2.0/29'], true],
  ['2001:db8::f1', ['192.0.2.240/28', '2001:db8::f0/124'], true],
  ['192.0.2.1', [], false],
])('%s in one of %j: %s', (address, ranges, expected) => {
  expect(
    asked(({ isInRanges }, first, ...more) => isInRanges(first as Private, more), address, ...ranges),
  ).toBe(expected);
});
