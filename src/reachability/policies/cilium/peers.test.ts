import { describe, expect, it } from 'vitest';
import { asked, ciliumPolicy, web } from '../../../../tests/reachability/podQuestions.ts';

describe('peers of a rule of Cilium', () => {
  it.each<[name: string, spec: string, from: string, reach: string]>([
    [
      'selects the whole cluster',
      `{${web}, ingress: [{fromEntities: [cluster]}]}`,
      'y/far',
      'allowed/allowed',
    ],
    [
      'selects no pod by the entity world',
      `{${web}, ingress: [{fromEntities: [world]}]}`,
      'y/far',
      'blocked/allowed',
    ],
    [
      'may select by an unknown entity',
      `{${web}, ingress: [{fromEntities: [moon]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'may select a pod by a block that contains its address',
      `{${web}, ingress: [{fromCIDR: [10.42.0.0/16]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'selects no pod by a block without its address',
      `{${web}, ingress: [{fromCIDRSet: [{cidr: 10.0.0.0/8, except: [10.42.0.0/16]}]}]}`,
      'y/far',
      'blocked/allowed',
    ],
    [
      'may select by a group of blocks',
      `{${web}, ingress: [{fromCIDRSet: [{cidrGroupRef: home}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'may select where a rule requires labels',
      `{${web}, ingress: [{fromRequires: [{matchLabels: {a: b}}], fromEndpoints: [{}]}]}`,
      'x/near',
      'unknown/allowed',
    ],
    [
      'may admit where a rule asks for mutual authentication',
      `{${web}, ingress: [{fromEndpoints: [{}], authentication: {mode: required}}]}`,
      'x/near',
      'unknown/allowed',
    ],
    [
      'leaves a rule with an unknown field in doubt',
      `{${web}, ingress: [{fromMoon: [{}]}]}`,
      'y/far',
      'unknown/allowed',
    ],
    [
      'leaves a rule with peers of two kinds in doubt',
      `{${web}, ingress: [{fromEndpoints: [{}], fromCIDR: [192.0.2.0/24]}]}`,
      'y/far',
      'unknown/allowed',
    ],
  ])('%s', (_name, spec, from, reach) => {
    expect(asked(ciliumPolicy(spec), from, 'x/web').reach).toBe(reach);
  });

  it.each<[name: string, egress: string, to: string, reach: string]>([
    ['may select by the name of a host', '{toFQDNs: [{matchName: example.org}]}', 'y/far', 'allowed/unknown'],
    [
      'may select by the name of a Service',
      '{toServices: [{k8sService: {serviceName: a}}]}',
      'y/far',
      'allowed/unknown',
    ],
    [
      'selects every node by host and remote-node',
      '{toEntities: [host, remote-node]}',
      'y/host',
      'allowed/allowed',
    ],
    ['may select a node by host alone', '{toEntities: [host]}', 'y/host', 'allowed/unknown'],
  ])('in egress: %s', (_name, egress, to, reach) => {
    expect(asked(ciliumPolicy(`{${web}, egress: [${egress}]}`), 'x/web', to).reach).toBe(reach);
  });
});
