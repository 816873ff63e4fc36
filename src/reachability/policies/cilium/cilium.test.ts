import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SourcedObject } from '../../../manifests/sourcedObject.ts';
import { analyse } from '../../analyse.ts';
import type { Assumptions } from '../../model/analysis.ts';
import { answerQueries, type Query, readObjects } from '../../queries.ts';

const base = `
- {apiVersion: v1, kind: Namespace, metadata: {name: x, labels: {kubernetes.io/metadata.name: x, team: a}}}
- {apiVersion: v1, kind: Namespace, metadata: {name: y, labels: {kubernetes.io/metadata.name: y, team: b}}}
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: x, labels: {app: web, pod-template-hash: abc}}
  spec: {serviceAccountName: web, containers: [{name: c, ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]}]}
  status: {podIP: 10.42.0.1}
- apiVersion: v1
  kind: Pod
  metadata: {name: near, namespace: x, labels: {app: near}}
  spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
  status: {podIP: 10.42.0.2}
- apiVersion: v1
  kind: Pod
  metadata: {name: far, namespace: y, labels: {app: far}}
  spec: {containers: [{name: c}]}
  status: {podIP: 10.42.0.3}
- apiVersion: v1
  kind: Pod
  metadata: {name: host, namespace: y, labels: {app: host}}
  spec: {hostNetwork: true, nodeName: two, containers: [{name: c}]}
`;

function policy(spec: string, kind = 'CiliumNetworkPolicy'): string {
  const namespace = kind === 'CiliumNetworkPolicy' ? ', namespace: x' : '';
  return `- apiVersion: cilium.io/v2\n  kind: ${kind}\n  metadata: {name: p${namespace}}\n  ${spec.startsWith('specs') ? spec : `spec: ${spec}`}\n`;
}

const objectsOf = (...policies: string[]): readonly SourcedObject[] =>
  readObjects(parse(base + policies.join('')), 'list');

/** `verdict` of one question, as `ingress/egress`, and why. */
function asked(
  policies: string | readonly string[],
  from: string,
  to: string,
  port: number | string = 80,
  { protocol = 'TCP', enforcer = 'cilium' }: { protocol?: Query['protocol']; enforcer?: string } = {},
): { said: string; why: string } {
  const objects = objectsOf(...[policies].flat());
  const assumptions = { enforcer, lan: [], vpn: [] };
  const [answer] = answerQueries(objects, [{ from, to, protocol, port }], assumptions);
  return {
    said: `${answer?.ingress}/${answer?.egress}`,
    why: answer?.because.map(({ object, rule }) => `${object.kind} ${rule}`).join('; ') ?? '',
  };
}

const web = 'endpointSelector: {matchLabels: {app: web}}';
const cluster = 'CiliumClusterwideNetworkPolicy';

describe('a policy of Cilium', () => {
  it.each<[name: string, spec: string, from: string, said: string]>([
    ['an empty rule admits nobody', `{${web}, ingress: [{}]}`, 'x/near', 'blocked/allowed'],
    [
      'ports without anybody admit everybody',
      `{${web}, ingress: [{toPorts: [{ports: [{port: "80"}]}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    ['an empty list admits nobody', `{${web}, ingress: [{fromEndpoints: []}]}`, 'x/near', 'blocked/allowed'],
    [
      'an empty selector means its namespace',
      `{${web}, ingress: [{fromEndpoints: [{}]}]}`,
      'x/near',
      'allowed/allowed',
    ],
    ['and no other one', `{${web}, ingress: [{fromEndpoints: [{}]}]}`, 'y/far', 'blocked/allowed'],
    [
      'another namespace by name',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": y}}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'any source',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {"any:app": near}}]}]}`,
      'x/near',
      'allowed/allowed',
    ],
    [
      'a service account',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.policy.serviceaccount: web}}]}]}`,
      'x/near',
      'blocked/allowed',
    ],
    [
      'labels of a namespace, which some versions ignore here',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {io.cilium.k8s.namespace.labels.team: b}}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'a label that is no part of an identity',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {pod-template-hash: abc}}]}]}`,
      'x/near',
      'unknown/allowed',
    ],
    [
      'a reserved label',
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {"reserved:host": ""}}]}]}`,
      'x/near',
      'unknown/allowed',
    ],
    ['the whole cluster', `{${web}, ingress: [{fromEntities: [cluster]}]}`, 'y/far', 'allowed/allowed'],
    ['the world is no pod', `{${web}, ingress: [{fromEntities: [world]}]}`, 'y/far', 'blocked/allowed'],
    [
      'an entity that nobody knows',
      `{${web}, ingress: [{fromEntities: [moon]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'a block that holds the pod’s address',
      `{${web}, ingress: [{fromCIDR: [10.42.0.0/16]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'a block elsewhere',
      `{${web}, ingress: [{fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.42.0.0/16]}]}]}`,
      'y/far',
      'blocked/allowed',
    ],
    [
      'a group of blocks',
      `{${web}, ingress: [{fromCIDRSet: [{cidrGroupRef: home}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'a denial beats a rule',
      `{${web}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{matchLabels: {app: near}}]}]}`,
      'x/near',
      'blocked/allowed',
    ],
    [
      'and nobody else',
      `{${web}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{matchLabels: {app: near}}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'a denial of other ports',
      `{${web}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromEntities: [all], toPorts: [{ports: [{port: "81"}]}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'a denial that may mean it',
      `{${web}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromCIDR: [10.0.0.0/8]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'a denial of nobody in particular',
      `{${web}, ingress: [{fromEntities: [all]}], ingressDeny: [{}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'a denial alone isolates',
      `{${web}, ingressDeny: [{fromEntities: [world]}]}`,
      'y/far',
      'blocked/allowed',
    ],
    [
      'unless it says that it does not',
      `{${web}, enableDefaultDeny: {ingress: false}, ingressDeny: [{fromEntities: [world]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    ['isolation without a rule', `{${web}, enableDefaultDeny: {ingress: true}}`, 'y/far', 'blocked/allowed'],
    [
      'requirements of other rules',
      `{${web}, ingress: [{fromRequires: [{matchLabels: {a: b}}], fromEndpoints: [{}]}]}`,
      'x/near',
      'unknown/allowed',
    ],
    [
      'mutual authentication',
      `{${web}, ingress: [{fromEndpoints: [{}], authentication: {mode: required}}]}`,
      'x/near',
      'unknown/allowed',
    ],
    [
      'a field that nobody knows',
      `{${web}, moon: true, ingress: [{fromEndpoints: [{}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'a field of a rule that nobody knows',
      `{${web}, ingress: [{fromMoon: [{}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'the other side named twice',
      `{${web}, ingress: [{fromEndpoints: [{}], fromCIDR: [192.0.2.0/24]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'rules about ICMP only',
      `{${web}, ingress: [{fromEntities: [all], icmps: [{fields: [{type: 8}]}]}]}`,
      'y/far',
      'blocked/allowed',
    ],
    [
      'a named port of the pod that serves',
      `{${web}, ingress: [{toPorts: [{ports: [{port: HTTP, protocol: TCP}]}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'what is asked of a request',
      `{${web}, ingress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET}]}}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'nothing that is asked of a request',
      `{${web}, ingress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{}]}}]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'a rule without a limit beside it',
      `{${web}, ingress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET}]}}]}, {fromEntities: [cluster]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'what is asked of a request where nothing is isolated',
      `{${web}, enableDefaultDeny: {ingress: false}, ingress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET}]}}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'a port that is none',
      `{${web}, ingress: [{toPorts: [{ports: [{port: "70000"}]}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    ['ports of nothing', `{${web}, ingress: [{toPorts: [{ports: []}]}]}`, 'y/far', 'unknown/allowed'],
    ['no selector', '{ingress: [{fromEndpoints: [{}]}]}', 'y/far', 'unknown/allowed'],
    [
      'several specs',
      `specs: [{${web}, ingress: [{}]}, {${web}, ingress: [{fromEntities: [cluster]}]}]`,
      'y/far',
      'allowed/allowed',
    ],
  ])('%s', (_name, spec, from, said) => {
    expect(asked(policy(spec), from, 'x/web').said).toBe(said);
  });

  it.each<[name: string, egress: string, to: string, said: string]>([
    ['names of hosts', '{toFQDNs: [{matchName: example.org}]}', 'y/far', 'allowed/unknown'],
    ['a Service by its name', '{toServices: [{k8sService: {serviceName: a}}]}', 'y/far', 'allowed/unknown'],
    [
      'a named port on the way out',
      '{toPorts: [{ports: [{port: http, protocol: TCP}]}]}',
      'y/far',
      'allowed/unknown',
    ],
    ['both kinds of nodes', '{toEntities: [host, remote-node]}', 'y/host', 'allowed/allowed'],
    ['one kind of nodes', '{toEntities: [host]}', 'y/host', 'allowed/unknown'],
    [
      'endpoints are no nodes',
      '{toEndpoints: [{matchLabels: {"io.kubernetes.pod.namespace": y}}]}',
      'y/host',
      'allowed/blocked',
    ],
    [
      'questions to DNS, whatever they ask',
      '{toPorts: [{ports: [{port: "80"}], rules: {dns: [{matchPattern: "*"}]}}]}',
      'y/far',
      'allowed/allowed',
    ],
    [
      'some questions to DNS',
      '{toPorts: [{ports: [{port: "80"}], rules: {dns: [{matchName: a.b}]}}]}',
      'y/far',
      'allowed/unknown',
    ],
    [
      'names of servers',
      '{toPorts: [{ports: [{port: "80"}], serverNames: [a.b]}]}',
      'y/far',
      'allowed/unknown',
    ],
  ])('on the way out: %s', (_name, egress, to, said) => {
    expect(asked(policy(`{${web}, egress: [${egress}]}`), 'x/web', to).said).toBe(said);
  });

  it('of the whole cluster selects in every namespace, and an empty selector means all of it', () => {
    const isolated = policy(
      '{endpointSelector: {matchLabels: {app: far}}, ingress: [{fromEndpoints: [{matchLabels: {app: near}}]}]}',
      cluster,
    );
    expect(asked(isolated, 'x/near', 'y/far').said).toBe('allowed/allowed');
    expect(asked(isolated, 'x/web', 'y/far').said).toBe('blocked/allowed');
    const open = policy('{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}', cluster);
    expect(asked(open, 'x/web', 'y/far').said).toBe('allowed/allowed');
    const teams = policy(
      '{endpointSelector: {matchLabels: {io.cilium.k8s.namespace.labels.team: b}}, ingress: [{}]}',
      cluster,
    );
    expect(asked(teams, 'x/web', 'y/far').said).toBe('blocked/allowed');
    expect(asked(teams, 'x/near', 'x/web').said).toBe('allowed/allowed');
  });

  it('of nodes leaves what runs on their network unknown', () => {
    const nodes = policy('{nodeSelector: {}, ingress: [{}]}', cluster);
    expect(asked(nodes, 'x/web', 'y/host').said).toBe('unknown/allowed');
    expect(asked(nodes, 'y/host', 'x/web').said).toBe('unknown/unknown');
    expect(asked(nodes, 'x/near', 'x/web').said).toBe('allowed/allowed');
    expect(asked([], 'y/host', 'x/web').said).toBe('allowed/allowed');
  });

  it('adds up with NetworkPolicy', () => {
    const plain = `- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: n, namespace: x}
  spec: {podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}
`;
    const own = policy(
      `{${web}, ingress: [{fromEndpoints: [{matchLabels: {io.kubernetes.pod.namespace: y}}]}]}`,
    );
    expect(asked([plain, own], 'x/near', 'x/web').said).toBe('allowed/allowed');
    expect(asked([plain, own], 'y/far', 'x/web').said).toBe('allowed/allowed');
    expect(asked([plain, own], 'y/far', 'x/near').said).toBe('blocked/allowed');
    const denial = policy(`{${web}, ingressDeny: [{fromEndpoints: [{matchLabels: {app: near}}]}]}`);
    expect(asked([plain, denial], 'x/near', 'x/web').said).toBe('blocked/allowed');
  });

  it('means any protocol where it says none, SCTP perhaps', () => {
    const any = policy(`{${web}, ingress: [{toPorts: [{ports: [{port: "0"}]}]}]}`);
    expect(asked(any, 'y/far', 'x/web', 53, { protocol: 'UDP' }).said).toBe('allowed/allowed');
    expect(asked(any, 'y/far', 'x/web', 53, { protocol: 'SCTP' }).said).toBe('unknown/allowed');
  });

  it('says what is asked for beside the port', () => {
    const { why } = asked(
      policy(`{${web}, ingress: [{toPorts: [{ports: [{port: "80"}], rules: {http: [{method: GET}]}}]}]}`),
      'y/far',
      'x/web',
    );
    expect(why).toContain('ingress[0] (it asks for http rules too)');
  });

  it.each<[enforcer: string, said: string]>([
    ['cilium', 'blocked/allowed'],
    ['given', 'blocked/allowed'],
    ['kube-router', 'allowed/allowed'],
    ['calico', 'allowed/allowed'],
    ['something else', 'unknown/allowed'],
    ['none', 'unknown/allowed'],
  ])('counts for %s as %s', (enforcer, said) => {
    expect(asked(policy(`{${web}, ingress: [{}]}`), 'y/far', 'x/web', 80, { enforcer }).said).toBe(said);
  });
});

describe('what is proved of a namespace under Cilium', () => {
  const given: Assumptions = {
    enforcer: 'cilium',
    lan: ['192.0.2.0/24'],
    vpn: [],
    podRanges: ['10.42.0.0/16'],
  };
  const denial = (spec: string, kind?: string, enforcer = 'cilium') => {
    const { proofs, assumptions } = analyse(objectsOf(policy(spec, kind)), { ...given, enforcer });
    const verdict = proofs.find(
      ({ invariant, claim }) => invariant === 'default-deny' && claim.includes(' x '),
    );
    return { verdict: verdict?.verdict, assumptions };
  };

  it.each<[verdict: string, spec: string, kind?: string]>([
    ['proved', '{endpointSelector: {}, ingress: [{}], egress: [{}]}'],
    ['proved', '{endpointSelector: {}, ingress: [{}], egress: [{}]}', cluster],
    [
      'proved',
      '{endpointSelector: {matchLabels: {io.kubernetes.pod.namespace: x}}, ingress: [{}], egress: [{}]}',
      cluster,
    ],
    [
      'refuted',
      '{endpointSelector: {matchLabels: {io.kubernetes.pod.namespace: y}}, ingress: [{}], egress: [{}]}',
      cluster,
    ],
    ['refuted', '{endpointSelector: {}, ingress: [{fromEntities: [all]}], egress: [{}]}'],
    ['refuted', '{endpointSelector: {}, ingress: [{}]}'],
    ['refuted', '{endpointSelector: {}, enableDefaultDeny: {egress: false}, ingress: [{}], egress: [{}]}'],
    ['refuted', '{endpointSelector: {matchLabels: {app: web}}, ingress: [{}], egress: [{}]}'],
    ['unknown', '{endpointSelector: {}, moon: 1, ingress: [{}], egress: [{}]}'],
    ['unknown', '{endpointSelector: {matchLabels: {"reserved:all": ""}}, ingress: [{}], egress: [{}]}'],
  ])('is %s: %s', (verdict, spec, kind) => {
    expect(denial(spec, kind).verdict).toBe(verdict);
  });

  it('says that a policy has no effect where Cilium enforces nothing', () => {
    const { verdict, assumptions } = denial(
      '{endpointSelector: {}, ingress: [{}], egress: [{}]}',
      undefined,
      'kube-router',
    );
    expect(verdict).toBe('refuted');
    expect(assumptions).toContain(
      'CiliumNetworkPolicy x/p has no effect, since kube-router does not read its kind',
    );
  });

  it.each<[said: string, ingress: string]>([
    ['allowed', '{fromEntities: [world]}'],
    ['allowed', '{fromCIDR: [192.0.2.0/25, 192.0.2.128/25]}'],
    ['unknown', '{fromCIDR: [192.0.2.0/25]}'],
    ['unknown', '{fromEntities: [remote-node]}'],
    ['blocked', '{fromEntities: [host]}'],
    ['blocked', '{fromEndpoints: [{}]}'],
  ])('the home network is %s by %s', (said, ingress) => {
    const service = `- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: x}
  spec: {type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
`;
    const { entries } = analyse(objectsOf(service, policy(`{${web}, ingress: [${ingress}]}`)), given);
    expect(entries.filter(({ who }) => who === 'lan').map(({ verdict }) => verdict)).toEqual([said]);
  });

  it('does not prove that nothing reaches what admits every node', () => {
    const objects = objectsOf(policy(`{${web}, ingress: [{fromEntities: [remote-node]}]}`));
    const { proofs } = analyse(
      objects.filter(({ object }) => object.metadata.name !== 'host'),
      given,
    );
    const proof = proofs.find(({ claim }) => claim === 'Nothing but its declared clients reaches Pod x/web');
    expect(proof?.verdict).toBe('unknown');
    expect(proof?.sentence).toContain('admits every node');
  });
});

describe('a policy of an administrator', () => {
  const admin = (subject: string): string =>
    `- apiVersion: policy.networking.k8s.io/v1alpha1
  kind: AdminNetworkPolicy
  metadata: {name: a}
  spec: {priority: 1, subject: ${subject}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}
`;

  it('leaves unknown whom it may select, and nobody else', () => {
    const some = admin('{namespaces: {matchLabels: {team: a}}}');
    expect(asked(some, 'y/far', 'x/web', 80, { enforcer: 'kube-router' }).said).toBe('unknown/allowed');
    expect(asked(some, 'x/web', 'y/far', 80, { enforcer: 'kube-router' }).said).toBe('allowed/unknown');
    const one = admin('{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: near}}}}');
    expect(asked(one, 'y/far', 'x/web').said).toBe('allowed/allowed');
    expect(asked(one, 'y/far', 'x/near').said).toBe('unknown/allowed');
  });
});
