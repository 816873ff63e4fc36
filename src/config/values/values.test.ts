import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import fc from '../../../tests/fastCheck.ts';
import type { ValueFinding } from '../finding.ts';
import { addressIn, cidr, ipAddress, overlap } from './address.ts';
import { x25519Recipient } from './age.ts';
import { accessTeam, audienceTag, serviceToken, tunnelId } from './cloudflare.ts';
import { absolutePath, gitUrl, schedule } from './host.ts';
import { duration, id, image, labelName, objectName, quantity, size, version } from './kubernetes.ts';
import { email, hostname, nodePort, port, server } from './network.ts';
import { httpsUrl } from './url.ts';
import { timeZone, windowLength } from './window.ts';

function findingOf(schema: z.ZodType, value: unknown): ValueFinding | undefined {
  const issue = schema.safeParse(value).error?.issues[0];
  return issue?.code === 'custom' ? (issue.params?.['finding'] as ValueFinding) : undefined;
}

interface Case {
  name: string;
  schema: z.ZodType;
  code: ValueFinding['code'];
  right: readonly unknown[];
  wrong: readonly unknown[];
}

const cases: Case[] = [
  {
    name: 'the length of a maintenance window',
    schema: windowLength,
    code: 'not-a-duration',
    right: ['1h', '60m', '2h30m', '168h', '3600s', '1h1m1s'],
    wrong: ['', '59m', '0h', '169h', '1d', '1.5h', '-2h', 'PT2H', '4', '9999999h'],
  },
  {
    name: 'a time zone',
    schema: timeZone,
    code: 'not-a-time-zone',
    right: ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+2'],
    wrong: ['', 'Berlin', 'Europe/Entenhausen', '+02:00', 'Local', 'europe'],
  },
  {
    name: 'a recipient of age of the first kind',
    schema: x25519Recipient,
    code: 'age-recipient-invalid',
    right: ['age1lzd99uklcjnc0e7d860axevet2cz99ce9pq6tzuzd05l5nr28ams36nvun'],
    wrong: [
      '',
      'age1lzd99uklcjnc0e7d860axevet2cz99ce9pq6tzuzd05l5nr28ams36nvum',
      'AGE1LZD99UKLCJNC0E7D860AXEVET2CZ99CE9PQ6TZUZD05L5NR28AMS36NVUN',
      ' age1lzd99uklcjnc0e7d860axevet2cz99ce9pq6tzuzd05l5nr28ams36nvun',
    ],
  },
  {
    name: 'an https URL',
    schema: httpsUrl,
    code: 'not-an-https-url',
    right: ['https://id.example.org', 'https://id.example.org/', 'https://id.example.org/realms/home'],
    wrong: [
      '',
      'id.example.org',
      'http://id.example.org/realms/home',
      'https://id.example.org:8443/',
      'https://user@id.example.org/',
      'https://id.example.org/?a=b',
      'https://id.example.org/#a',
      'https://localhost/',
      'https://192.0.2.1/',
      'https://id.example.org/a b',
      'https://ID.example.org/',
    ],
  },
  {
    name: 'an address',
    schema: ipAddress,
    code: 'not-an-address',
    right: ['192.0.2.10', '2001:db8::10', '::1', '0.0.0.0'],
    wrong: ['192.0.2', '192.0.2.256', '0300.0.2.1', '192.0.2.10/24', '3221225994', 'fe80::1%eth0', '', 'nas'],
  },
  {
    name: 'a range',
    schema: cidr,
    code: 'not-a-range',
    right: ['192.0.2.0/24', '0.0.0.0/0', '192.0.2.7/32', '2001:db8::/32'],
    wrong: [
      '192.0.2.0',
      '192.0.2.0/33',
      '192.0.2.0/024',
      '192.0.2.0/24/1',
      '192.0.2.0/',
      '/24',
      '2001:DB8::/32',
    ],
  },
  {
    name: 'a range without host bits',
    schema: cidr,
    code: 'host-bits-set',
    right: ['10.10.10.0/24'],
    wrong: ['10.10.10.5/24', '10.10.10.0/16', '2001:db8::1/64'],
  },
  {
    name: 'a host name',
    schema: hostname,
    code: 'not-a-hostname',
    right: ['photos.example.org', 'a.b', 'xn--bcher-kva.example.org'],
    wrong: [
      'photos',
      'Photos.example.org',
      'https://photos.example.org',
      'photos.example.org.',
      'a..b',
      '-a.b',
      'bücher.example.org',
      '192.0.2.1',
      `${'a'.repeat(64)}.org`,
      `${'a.'.repeat(130)}org`,
      '',
    ],
  },
  { name: 'a port', schema: port, code: 'not-a-port', right: [1, 443, 65_535], wrong: [0, 65_536, -1, 1.5] },
  {
    name: 'a NodePort',
    schema: nodePort,
    code: 'not-a-node-port',
    right: [30_000, 30_082, 32_767],
    wrong: [29_999, 32_768, 80, 30_000.5],
  },
  {
    name: 'an e-mail address',
    schema: email,
    code: 'not-an-email',
    right: ['owner@example.org', 'o.w+n@Example.org'],
    wrong: [
      'owner',
      'owner@localhost',
      'a@b@example.org',
      'Owner <owner@example.org>',
      '@example.org',
      'öwner@example.org',
    ],
  },
  {
    name: 'a cron line',
    schema: schedule,
    code: 'not-a-schedule',
    right: ['30 3 * * *', '*/5 0-6,22 1 JAN-MAR mon', '0 0 29 2 *'],
    wrong: [
      '@daily',
      '30 3 * *',
      '0 30 3 * * *',
      '60 3 * * *',
      '0 0 31 2 *',
      '0 0 L * *',
      '0 0 * * 5#2',
      '0 0 * * 7',
      '0 0 1W * *',
      'a b c d e',
      '',
    ],
  },
  {
    name: 'a quantity',
    schema: quantity,
    code: 'not-a-quantity',
    right: ['500m', '2Gi', '1e3', '.5', '0', '1.'],
    wrong: ['2GB', '2 Gi', '1Ki2', 'Gi', '', '1e', '0x10'],
  },
  {
    name: 'a size',
    schema: size,
    code: 'not-a-size',
    right: ['20Gi', '1Ti', '0.5Gi', '10G'],
    wrong: ['0Gi', '20', '-1Gi', '0.0Gi', '20GB'],
  },
  {
    name: 'a duration',
    schema: duration,
    code: 'not-a-duration',
    right: ['10m', '1h30m', '1.5h', '250ms'],
    wrong: ['10', '1d', '10 m', 'm', '', '-5m'],
  },
  {
    name: 'a version',
    schema: version,
    code: 'not-a-version',
    right: ['1.36.0', 'v1.36.0-rc.1'],
    wrong: ['1.36', 'latest', '1.36.0.0', ''],
  },
  {
    name: 'a pinned image',
    schema: image,
    code: 'not-a-pinned-image',
    right: [
      'ghcr.io/a/b:v1',
      'registry.example.org:5000/a:1',
      `ghcr.io/a/b@sha256:${'0'.repeat(64)}`,
      `ghcr.io/a/b:v1@sha256:${'a'.repeat(64)}`,
    ],
    wrong: [
      'ghcr.io/a/b',
      'ghcr.io/a/b:latest',
      'ghcr.io/A/b:v1',
      'ghcr.io/a/b@sha256:12',
      'ghcr.io/a/b:v1 ',
      '',
    ],
  },
  { name: 'an id', schema: id, code: 'not-an-id', right: [1, 1000], wrong: [0, -1, 1.5, 2_147_483_648] },
  {
    name: 'a name of a node or storage class',
    schema: objectName,
    code: 'not-a-name',
    right: ['a', 'node-1.home.arpa', 'a'.repeat(253)],
    wrong: ['Alpha', '-a', 'a-', 'a_b', 'a..b', '', 'a'.repeat(254)],
  },
  {
    name: 'a server',
    schema: server,
    code: 'not-a-server',
    right: ['192.0.2.20', '2001:db8::20', 'nas', 'nas.home.arpa'],
    wrong: ['', 'nas home', 'nas:2049', '//nas/share', '192.0.2.20/24'],
  },
  {
    name: 'a name of a namespace',
    schema: labelName,
    code: 'not-a-name',
    right: ['a', 'node-1', 'a'.repeat(63)],
    wrong: ['Alpha', '-a', 'a-', 'a_b', 'a.b', '', 'a'.repeat(64)],
  },
  {
    name: 'a path',
    schema: absolutePath,
    code: 'not-a-path',
    right: ['/mnt/nas/photos', '/a', '/mnt/mit Leerzeichen/ü'],
    wrong: ['/', 'mnt/nas', '/mnt/nas/', '/mnt//nas', '/mnt/../etc', '/mnt/./nas', '/mnt/\n', ''],
  },
  {
    name: 'a Git address',
    schema: gitUrl,
    code: 'not-a-git-address',
    right: ['https://github.com/a/b', 'ssh://git@github.com/a/b', 'ssh://git@git.example.org:2222/a/b.git'],
    wrong: [
      'git@github.com:a/b',
      'http://github.com/a/b',
      'https://token@github.com/a/b',
      'https://a:b@github.com/a/b',
      '/srv/git',
      'github.com/a/b',
      '',
    ],
  },
  {
    name: 'a team',
    schema: accessTeam,
    code: 'not-an-identifier',
    right: ['your-team', 'a'],
    wrong: ['team.cloudflareaccess.com', 'Team', '-a', ''],
  },
  {
    name: 'an audience tag',
    schema: audienceTag,
    code: 'not-an-identifier',
    right: ['0f'.repeat(32)],
    wrong: ['0f'.repeat(31), '0F'.repeat(32), `${'0f'.repeat(32)} `],
  },
  {
    name: 'the id of a tunnel',
    schema: tunnelId,
    code: 'not-an-identifier',
    right: ['6ff42ae2-765d-4adf-8112-31c55c1551ef'],
    wrong: ['6ff42ae2765d4adf811231c55c1551ef', '6FF42AE2-765D-4ADF-8112-31C55C1551EF', 'my-tunnel'],
  },
  {
    name: 'a service token',
    schema: serviceToken,
    code: 'not-an-identifier',
    right: [`${'ab'.repeat(16)}.access`],
    wrong: ['ab'.repeat(16), `${'ab'.repeat(15)}.access`, ''],
  },
];

describe.each(cases)('$name', ({ schema, code, right, wrong }) => {
  it.each(right)('accepts %j', (value) => {
    expect(schema.safeParse(value).success).toBe(true);
  });

  it.each(wrong)('refuses %j', (value) => {
    const finding = findingOf(schema, value);
    expect(finding?.code).toBe(code);
    expect(finding?.expected).not.toBe('');
    // The message is for private fields too: only `shown` and `suggestion` repeat a value.
    if (String(value).length > 3)
      expect(`${finding?.message} ${finding?.remedy}`).not.toContain(String(value));
  });
});

describe('suggestions', () => {
  it.each([
    [cidr, '10.10.10.5/24', '10.10.10.0/24'],
    [cidr, '192.0.2.7', '192.0.2.7/32'],
    [cidr, '2001:DB8::/32', '2001:db8::/32'],
    [hostname, 'https://Photos.example.org/x', 'photos.example.org'],
    [hostname, 'photos.example.org.', 'photos.example.org'],
    [gitUrl, 'git@github.com:you/home-ops.git', 'ssh://git@github.com/you/home-ops.git'],
  ])('%#: %2$s', (schema, value, meant) => {
    expect(findingOf(schema, value)?.suggestion).toBe(meant);
    expect(schema.safeParse(meant).success).toBe(true);
  });

  it('does not repeat a password in a URL', () => {
    const finding = findingOf(gitUrl, 'https://me:hunter2@git.example.org/a');
    expect(JSON.stringify(finding)).not.toContain('hunter2');
    expect(finding?.remedy).toContain('Secret');
  });
});

const ipv4Range = fc
  .tuple(fc.nat(0xffffffff), fc.nat(32))
  .map(([bits, length]) => ({ first: length === 0 ? 0 : (bits & (-1 << (32 - length))) >>> 0, length }));
const dotted = (bits: number): string => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');

describe('ranges', () => {
  it('are valid exactly if they start at their first address', () => {
    fc.assert(
      fc.property(ipv4Range, fc.nat(0xffffffff), ({ first, length }, host) => {
        const inside = length === 32 ? 0 : length === 0 ? host : host & ((1 << (32 - length)) - 1);
        const text = `${dotted((first | inside) >>> 0)}/${length}`;
        expect(cidr.safeParse(text).success).toBe(inside === 0);
        if (inside !== 0) expect(findingOf(cidr, text)?.suggestion).toBe(`${dotted(first)}/${length}`);
      }),
    );
  });

  it('overlap exactly if the first address of one is in the other', () => {
    const within = (address: number, { first, length }: { first: number; length: number }) =>
      address >= first && address < first + 2 ** (32 - length);
    fc.assert(
      fc.property(ipv4Range, ipv4Range, (one, other) => {
        const expected = within(one.first, other) || within(other.first, one);
        expect(overlap(`${dotted(one.first)}/${one.length}`, `${dotted(other.first)}/${other.length}`)).toBe(
          expected,
        );
      }),
    );
  });

  it('of different address families and invalid CIDRs do not overlap', () => {
    expect(overlap('0.0.0.0/0', '::/0')).toBe(false);
    expect(overlap('192.0.2.0/99', '192.0.2.0/24')).toBe(false);
  });

  it('have their tenth address where the DNS Service is', () => {
    expect(addressIn('10.43.0.0/16', 10)).toBe('10.43.0.10');
    expect(addressIn('10.43.0.250/16', 10)).toBe('10.43.1.4');
    expect(addressIn('2001:db8::/108', 10)).toBe('2001:db8::a');
  });
});

it('no check throws, whatever the value', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...cases),
      fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
      ({ schema }, value) => {
        expect(typeof schema.safeParse(value).success).toBe('boolean');
      },
    ),
    { numRuns: 2000 },
  );
});
