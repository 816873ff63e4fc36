import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  edgeAddress,
  issuerAddress,
  placeCommands,
  placeScript,
  places,
  routerCommands,
  storeAddress,
} from './world.ts';

describe('routerCommands', () => {
  const commands = routerCommands((place) => `/run/${place}`).split('\n');

  test('lays a cable to every place, in the network of that place', () => {
    for (const place of Object.keys(places)) {
      expect(commands).toContain(`link add to-${place} type veth peer name out netns /run/${place}`);
    }
  });

  test('keeps its hardware address on the LAN, whatever cables come and go', () => {
    expect(commands).toContain('link add lan address 02:00:c0:00:02:fe type bridge');
  });

  test('knows a way to each address behind a cable, and none to anything else', () => {
    expect(commands.filter((command) => command.startsWith('route'))).toEqual([
      `route add ${places.vpn}/32 dev to-vpn`,
      `route add ${places.internet}/32 dev to-internet`,
      `route add ${storeAddress}/32 dev to-internet`,
      `route add ${issuerAddress}/32 dev to-internet`,
      `route add ${places.cloudflare}/32 dev to-cloudflare`,
      `route add ${edgeAddress}/32 dev to-cloudflare`,
      `route add ${places.elsewhere}/32 dev to-elsewhere`,
    ]);
  });
});

describe('placeCommands', () => {
  test('puts the LAN on the network of the node, with the way to its pods', () => {
    expect(placeCommands('lan').split('\n')).toEqual(
      expect.arrayContaining(['address add 192.0.2.1/24 dev out', 'route add 10.42.0.0/16 via 192.0.2.10']),
    );
  });

  test('gives any other place its address and the router, and no network around', () => {
    expect(placeCommands('vpn').split('\n')).toEqual([
      'link set lo up',
      'address add 198.51.100.7/32 dev out',
      'link set out up',
      'ntable change name arp_cache dev out base_reachable 3600000',
      'route add 192.0.2.254 dev out',
      'route add default via 192.0.2.254 src 198.51.100.7',
      '',
    ]);
  });
});

test.each([[[]], [['moon', 'true']], [['']], [['lan/../vpn']]])(
  'the script for a developer says what places there are: %j',
  (parameters) => {
    const script = placeScript({ pid: 0, namespaces: '/absent' });
    const { status, stderr } = spawnSync('sh', ['-c', script, 'in-world', ...parameters], {
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toBe(
      'Usage: in-world PLACE [COMMAND...]; PLACE is one of lan, vpn, internet, cloudflare, elsewhere\n',
    );
  },
);

test.each([
  [['lan'], 'sh'],
  [['vpn', 'echo', 'a b'], 'echo a b'],
])('the script for a developer enters the place: %j', (parameters, command) => {
  const script = placeScript({ pid: 7, namespaces: "/it's/world" }).replace('exec nsenter', 'echo');
  const { stdout } = spawnSync('sh', ['-c', script, 'in-world', ...parameters], { encoding: 'utf8' });
  expect(stdout).toBe(`-t 7 -m -p --net=/proc/7/root/it's/world/${parameters[0]} -- ${command}\n`);
});
