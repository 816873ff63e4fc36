// Crosses the command line, the manifest loader and the queries of the prover.
import { describe, expect, it } from 'vitest';
import { answersOf, questionRoom } from './questions.ts';

const { run, write } = questionRoom();

describe('questions that the simulator does not ask', () => {
  const pod = (name: string, more: Record<string, unknown> = {}): unknown => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'x', name, labels: { app: name } },
    spec: { containers: [{ name: 'c', ports: [{ name: 'web', containerPort: 80 }] }] },
    ...more,
  });
  const policy = (spec: Record<string, unknown>): unknown => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace: 'x', name: 'p' },
    spec: { podSelector: { matchLabels: { app: 'b' } }, ...spec },
  });
  const at = (...addresses: string[]) => ({
    status: { podIP: addresses[0], podIPs: addresses.map((ip) => ({ ip })) },
  });
  const asked = async (items: unknown, ...questions: Record<string, unknown>[]) => {
    write('list', JSON.stringify(items));
    write(
      'asked',
      questions.map((each) => `${JSON.stringify({ from: 'x/a', to: 'x/b', port: 80, ...each })}\n`).join(''),
    );
    const { stdout, code } = await run('--objects', 'list', '--queries', 'asked', '--json');
    return {
      code,
      said: answersOf(stdout).map(({ ingress, egress, verdict }) => `${ingress}/${egress}/${verdict}`),
    };
  };
  const open = 'allowed/allowed/allowed';
  const shut = 'blocked/allowed/blocked';
  const from = (...peers: unknown[]) => policy({ ingress: [{ from: peers }] });

  it.each<[name: string, items: unknown[], said: string]>([
    ['IPv6 in a block', [pod('a', at('fd00::1')), pod('b'), from({ ipBlock: { cidr: 'fd00::/64' } })], open],
    [
      'IPv6 in an exception',
      [pod('a', at('fd00::1')), pod('b'), from({ ipBlock: { cidr: 'fd00::/64', except: ['fd00::/120'] } })],
      shut,
    ],
    [
      'one address of two',
      [pod('a', at('10.0.0.1', 'fd00::1')), pod('b'), from({ ipBlock: { cidr: 'fd00::/64' } })],
      open,
    ],
    ['another family', [pod('a', at('10.0.0.1')), pod('b'), from({ ipBlock: { cidr: '::/0' } })], shut],
    [
      'a block that begins in its middle',
      [pod('a', at('10.0.0.1')), pod('b'), from({ ipBlock: { cidr: '10.0.0.77/24' } })],
      open,
    ],
    [
      'pods without labels',
      [pod('a', { metadata: { namespace: 'x', name: 'a' } }), pod('b'), from({ podSelector: {} })],
      open,
    ],
    [
      'pods whose labels are null',
      [
        pod('a', { metadata: { namespace: 'x', name: 'a', labels: null } }),
        pod('b'),
        from({ podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } }),
      ],
      open,
    ],
    ['a namespace without an object', [pod('a'), pod('b'), from({ namespaceSelector: {} })], open],
    [
      'a policy without a selector of pods',
      [
        pod('a'),
        pod('b'),
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { namespace: 'x', name: 'p' },
          spec: { ingress: [] },
        },
      ],
      shut,
    ],
    [
      'selectors that are null',
      [
        pod('a'),
        pod('b'),
        from({ podSelector: { matchLabels: null, matchExpressions: null }, namespaceSelector: null }),
      ],
      open,
    ],
    ['lists that are null', [pod('a'), pod('b'), policy({ ingress: [{ from: null, ports: null }] })], open],
    ['no rules at all', [pod('a'), pod('b'), policy({ ingress: null })], shut],
    [
      'a policy of another namespace',
      [
        pod('a'),
        pod('b'),
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { namespace: 'y', name: 'p' },
          spec: { podSelector: {} },
        },
      ],
      open,
    ],
    [
      'a range of ports',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ port: 79, endPort: 81 }] }] })],
      open,
    ],
    [
      'a range that has just ended',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ port: 70, endPort: 79 }] }] })],
      shut,
    ],
    [
      'ports without a protocol',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ port: 80 }] }] })],
      open,
    ],
    [
      'a protocol without a port',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ protocol: 'UDP' }] }] })],
      shut,
    ],
    [
      'a port that no API accepts',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ port: '80' }] }] })],
      open,
    ],
    [
      'a protocol that no API accepts',
      [pod('a'), pod('b'), policy({ ingress: [{ ports: [{ port: 80, protocol: 'ICMP' }] }] })],
      open,
    ],
    [
      'egress in the types only',
      [pod('a'), pod('b'), policy({ policyTypes: ['Egress'], ingress: [] })],
      open,
    ],
    [
      'a pod on the network of its node',
      [pod('a', { spec: { hostNetwork: true, containers: [] } }), pod('b'), policy({ ingress: [] })],
      open,
    ],
  ])('%s', async (_name, items, expected) => {
    expect(await asked(items, {})).toEqual({
      code: expected.startsWith('unknown') ? 4 : 0,
      said: [expected],
    });
  });

  it('resolves a name on each pod, in every container', async () => {
    const two = pod('b', {
      spec: {
        containers: [
          { name: 'c' },
          {
            name: 'd',
            ports: [
              { name: 'web', containerPort: 8080 },
              { name: 'web-u', containerPort: 53, protocol: 'UDP' },
            ],
          },
        ],
        initContainers: [
          { name: 'sidecar', restartPolicy: 'Always', ports: [{ name: 'metrics', containerPort: 9090 }] },
        ],
      },
    });
    const items = [pod('a'), two, policy({ ingress: [{ ports: [{ port: 'web' }, { port: 'metrics' }] }] })];
    const { said: expected } = await asked(
      items,
      { port: 'web' },
      { port: 8080 },
      { port: 80 },
      { port: 'metrics' },
      { port: 'web-u', protocol: 'UDP' },
      { port: '8080' },
    );
    expect(expected).toEqual([open, open, shut, open, shut, open]);
  });

  it('reads lists of every form', async () => {
    const items = [pod('a'), pod('b'), from({ podSelector: { matchLabels: { app: 'none' } } })];
    expect((await asked({ apiVersion: 'v1', kind: 'List', items }, {})).said).toEqual([shut]);
    expect(
      (
        await asked(
          {
            apiVersion: 'v1',
            kind: 'List',
            metadata: {},
            items: [
              {
                kind: 'PodList',
                items: items
                  .slice(0, 2)
                  .map((each) => ({ ...(each as object), kind: undefined, apiVersion: undefined })),
              },
              { kind: 'NetworkPolicyList', items: items.slice(2) },
            ],
          },
          {},
        )
      ).said,
    ).toEqual([shut]);
  });

  it('does not know pods and ports that are not there', async () => {
    const items = [pod('a'), pod('b')];
    const { code, said: expected } = await asked(
      items,
      { to: 'x/gone' },
      { from: 'y/a' },
      { port: 'gone' },
      { port: 'web', protocol: 'UDP' },
    );
    expect(expected).toEqual(Array(4).fill('unknown/unknown/unknown'));
    expect(code).toBe(4);
  });
});
