import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyse } from '../analyse.ts';
import { readObjects } from '../queries.ts';

const assumptions = { enforcer: 'cilium', lan: [], vpn: [], podRanges: ['10.42.0.0/16'] };

/** A namespace with a database and its client, both of which are proved. */
const base = `
- {apiVersion: v1, kind: Namespace, metadata: {name: web}}
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: web}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: web}, spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: app}}}], ports: [{port: 5432}]}]}}
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: app, namespace: web}, spec: {podSelector: {matchLabels: {app: app}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: web, labels: {app: db}}, spec: {containers: [{name: db, image: postgres, ports: [{containerPort: 5432}]}]}}
- {apiVersion: v1, kind: Service, metadata: {name: db, namespace: web}, spec: {selector: {app: db}, ports: [{port: 5432}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: app, namespace: web, labels: {app: app}}, spec: {containers: [{name: app, env: [{name: DB, value: 'postgres://db:5432/x'}]}]}}
`;

const analysed = (text: string) => analyse(readObjects(parse(`${base}${text}`), 'list'), assumptions);

/** The invariants that are not proved beside an object. */
function doubted(text: string): readonly string[] {
  const { proofs } = analysed(text);
  return [
    ...new Set(proofs.flatMap(({ invariant, verdict }) => (verdict === 'proved' ? [] : [invariant]))),
  ].toSorted();
}

const one = (apiVersion: string, kind: string, rest = 'metadata: {name: a, namespace: web}'): string =>
  `- {apiVersion: ${apiVersion}, kind: ${kind}, ${rest}}\n`;
const mesh = ['default-deny', 'internal-clients'];
const ofPodsAndRoutes = [
  'host-ports',
  'ingresses',
  'internal-clients',
  'load-balancers',
  'node-ports',
  'outside-gated',
  'ways-work',
];
const every = [
  ...mesh,
  'host-ports',
  'ingresses',
  'load-balancers',
  'node-ports',
  'outside-gated',
  'secrets-encrypted',
  'ways-work',
].toSorted();

describe('an object that is not read', () => {
  it('proves everything of the objects beside it where there is none', () => {
    expect(doubted('')).toEqual([]);
  });

  it.each([
    ['of an unknown kind', one('example.org/v1', 'Thing'), every],
    [
      'of an unknown kind of another namespace',
      one('example.org/v1', 'Thing', 'metadata: {name: a, namespace: other}'),
      every.filter((each) => !['default-deny', 'ways-work', 'internal-clients'].includes(each)),
    ],
    ['of an unknown kind of the whole cluster', one('example.org/v1', 'Thing', 'metadata: {name: a}'), every],
    [
      'that makes pods',
      one('monitoring.coreos.com/v1', 'Prometheus'),
      ['host-ports', 'internal-clients', 'ways-work'],
    ],
    ['that is harmless', one('monitoring.coreos.com/v1', 'ServiceMonitor'), []],
    [
      'that announces addresses of load balancers',
      one('cilium.io/v2', 'CiliumLoadBalancerIPPool', 'metadata: {name: a}'),
      [],
    ],
    [
      'that announces addresses of pods',
      one(
        'cilium.io/v2',
        'CiliumBGPAdvertisement',
        'metadata: {name: a}, spec: {advertisements: [{advertisementType: PodCIDR}]}',
      ),
      ['load-balancers', 'node-ports'],
    ],
    [
      'that announces addresses of Services',
      one(
        'cilium.io/v2',
        'CiliumBGPAdvertisement',
        'metadata: {name: a}, spec: {advertisements: [{advertisementType: Service, service: {addresses: [LoadBalancerIP]}}]}',
      ),
      [],
    ],
    [
      'that announces addresses of pods to a router by Calico',
      one(
        'projectcalico.org/v3',
        'BGPPeer',
        'metadata: {name: a}, spec: {peerIP: 192.168.0.1, asNumber: 64512}',
      ),
      ['load-balancers', 'node-ports'],
    ],
    [
      'that connects nodes by Calico',
      one('projectcalico.org/v3', 'BGPPeer', 'metadata: {name: a}, spec: {peerSelector: has(router)}'),
      [],
    ],
    [
      'that leads the requests for a Service elsewhere',
      one('policy.linkerd.io/v1beta3', 'HTTPRoute'),
      [
        'default-deny',
        'ingresses',
        'internal-clients',
        'load-balancers',
        'node-ports',
        'outside-gated',
        'ways-work',
      ],
    ],
    ['that restricts a mesh', one('policy.linkerd.io/v1beta3', 'Server'), []],
    [
      'that opens a port of pods',
      one(
        'networking.istio.io/v1',
        'Sidecar',
        "metadata: {name: a, namespace: web}, spec: {ingress: [{port: {number: 80}, defaultEndpoint: '127.0.0.1:5432'}]}",
      ),
      [...mesh, 'ways-work'],
    ],
    ['that says which hosts a mesh knows', one('networking.istio.io/v1', 'Sidecar'), []],
    [
      'that copies a virtual machine',
      one('clone.kubevirt.io/v1beta1', 'VirtualMachineClone'),
      ['host-ports', 'internal-clients', 'ways-work'],
    ],
    [
      'that may lead to a Job',
      one(
        'argoproj.io/v1alpha1',
        'AnalysisTemplate',
        'metadata: {name: a, namespace: web}, spec: {metrics: [{name: b, provider: {job: {}}}]}',
      ),
      ['host-ports', 'internal-clients', 'ways-work'],
    ],
    [
      'that asks for a metric',
      one(
        'argoproj.io/v1alpha1',
        'AnalysisTemplate',
        'metadata: {name: a, namespace: web}, spec: {metrics: [{name: b, provider: {prometheus: {}}}]}',
      ),
      [],
    ],
    [
      'that moves data in pods',
      one(
        'velero.io/v1',
        'Schedule',
        'metadata: {name: a, namespace: web}, spec: {template: {snapshotMoveData: true}}',
      ),
      ['host-ports', 'internal-clients', 'ways-work'],
    ],
    [
      'that lets another program replicate',
      one(
        'volsync.backube/v1alpha1',
        'ReplicationSource',
        'metadata: {name: a, namespace: web}, spec: {sourcePVC: b, external: {provider: example.org/c}}',
      ),
      ['host-ports', 'internal-clients', 'load-balancers', 'node-ports', 'ways-work'],
    ],
    ['that makes copies by a driver', one('velero.io/v1', 'Schedule'), []],
    [
      'that answers a challenge by HTTP itself',
      one(
        'acme.cert-manager.io/v1',
        'Challenge',
        'metadata: {name: a, namespace: web}, spec: {type: HTTP-01}',
      ),
      ofPodsAndRoutes,
    ],
    [
      'that answers a challenge by DNS itself',
      one(
        'acme.cert-manager.io/v1',
        'Challenge',
        'metadata: {name: a, namespace: web}, spec: {type: DNS-01}',
      ),
      [],
    ],
    [
      'that applies objects to clusters',
      one('addons.cluster.x-k8s.io/v1beta1', 'ClusterResourceSet'),
      every.filter((each) => each !== 'secrets-encrypted'),
    ],
    [
      'that may switch policies off',
      one(
        'cilium.io/v2',
        'CiliumNodeConfig',
        'metadata: {name: a}, spec: {defaults: {enable-policy: never}}',
      ),
      ['default-deny', 'internal-clients', 'ways-work'],
    ],
    [
      'that sets a quiet option of nodes',
      one('cilium.io/v2', 'CiliumNodeConfig', 'metadata: {name: a}, spec: {defaults: {devices: eth0}}'),
      [],
    ],
    [
      'that answers challenges by HTTP',
      one(
        'cert-manager.io/v1',
        'Issuer',
        'metadata: {name: a, namespace: web}, spec: {acme: {solvers: [{http01: {ingress: {}}}]}}',
      ),
      ofPodsAndRoutes,
    ],
    [
      'that answers challenges by DNS',
      one(
        'cert-manager.io/v1',
        'Issuer',
        'metadata: {name: a, namespace: web}, spec: {acme: {solvers: [{dns01: {}}]}}',
      ),
      [],
    ],
    [
      'that holds a Secret in clear text',
      one('isindir.github.com/v1alpha3', 'SopsSecret'),
      ['secrets-encrypted'],
    ],
    [
      'that holds an encrypted Secret',
      one('isindir.github.com/v1alpha3', 'SopsSecret', 'metadata: {name: a, namespace: web}, sops: {mac: a}'),
      [],
    ],
    [
      'that applies another source',
      one(
        'argoproj.io/v1alpha1',
        'Application',
        'metadata: {name: a, namespace: argocd}, spec: {destination: {namespace: web}}',
      ),
      every.filter((each) => each !== 'secrets-encrypted'),
    ],
    [
      'that restricts objects',
      one('kyverno.io/v1', 'ClusterPolicy', 'metadata: {name: a}, spec: {rules: [{validate: {}}]}'),
      [],
    ],
    ['that leads in', one('projectcontour.io/v1', 'HTTPProxy'), ['ingresses']],
  ])('%s', (_, text, expected) => {
    expect(doubted(text)).toEqual([...expected].toSorted());
  });

  it.each([
    [
      'a policy of Kyverno',
      one('kyverno.io/v1', 'ClusterPolicy', 'metadata: {name: a}, spec: {rules: [{mutate: {}}]}'),
    ],
    [
      'a webhook',
      one(
        'admissionregistration.k8s.io/v1',
        'MutatingWebhookConfiguration',
        "metadata: {name: a}, webhooks: [{rules: [{apiGroups: ['*'], resources: ['*']}]}]",
      ),
    ],
    [
      'a webhook for pods',
      one(
        'admissionregistration.k8s.io/v1',
        'MutatingWebhookConfiguration',
        "metadata: {name: a}, webhooks: [{rules: [{apiGroups: [''], resources: [pods]}]}]",
      ),
    ],
    ['a mutation of Gatekeeper', one('mutations.gatekeeper.sh/v1', 'Assign', 'metadata: {name: a}')],
  ])('may change every other: %s', (_, text) => {
    expect(doubted(text)).toEqual(every.filter((each) => each !== 'secrets-encrypted'));
  });

  it('is one line for all objects of its kind', () => {
    const { unknowns } = analysed(
      ['a', 'b', 'c']
        .map((name) => one('example.org/v1', 'Thing', `metadata: {name: ${name}, namespace: web}`))
        .join(''),
    );
    expect(unknowns.map(({ sentence }) => sentence)).toEqual([
      'Thing web/a is of a kind that is not known (example.org), and may make pods, Services, routes, network policies and Secrets. The same holds for 2 more of its kind',
    ]);
  });

  it('makes objects of every namespace where a composition of this repository defines it', () => {
    const thing = one('example.org/v1', 'Thing', 'metadata: {name: a, namespace: other}');
    const schema = (group: string) =>
      one(
        'kro.run/v1alpha1',
        'ResourceGraphDefinition',
        `metadata: {name: a}, spec: {schema: {${group}kind: Thing}}`,
      );
    const claims = one(
      'apiextensions.crossplane.io/v1',
      'CompositeResourceDefinition',
      'metadata: {name: a}, spec: {group: example.org, names: {kind: XThing}, claimNames: {kind: Thing}}',
    );
    expect(doubted(thing)).not.toContain('internal-clients');
    expect(doubted(thing + schema('group: example.org, '))).toContain('internal-clients');
    expect(doubted(thing + claims)).toContain('internal-clients');
    expect(doubted(thing + schema(''))).not.toContain('internal-clients');
    const instance = one('kro.run/v1alpha1', 'Thing', 'metadata: {name: a, namespace: other}');
    expect(doubted(instance)).toContain('internal-clients');
  });

  it('stays in its own namespace, as the assumptions say', () => {
    const { assumptions: said } = analysed(one('example.org/v1', 'Thing'));
    expect(said).toContain('Thing web/a makes policies and pods in its own namespace only');
  });
});
