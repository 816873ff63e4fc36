import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isFields, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { likelyObjects } from './likelyObjects.ts';
import { readRelease } from './release.ts';

/** What a release of a chart likely makes, by the text of its values. */
function likely(chart: string, text: string) {
  const values: unknown = parse(text);
  const object = {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'a', namespace: 'x' },
    spec: { chart: { spec: { chart, sourceRef: { kind: 'HelmRepository', name: 'r' } } }, values },
  };
  const release = readRelease({ object, file: 'a.yaml', line: 1 }, []);
  return likelyObjects(release, isFields(values) ? values : {}).map((source) => source.object);
}

const opens = (chart: string, text: string): readonly string[] =>
  likely(chart, text).flatMap((object) => {
    const pod = valueAt(object, 'spec', 'template', 'spec');
    const ports = ['containers', 'initContainers'].flatMap((key) =>
      mapsAt(pod, key).flatMap((container) => mapsAt(container, 'ports')),
    );
    return [
      ...(valueAt(pod, 'hostNetwork') === true ? ['hostNetwork'] : []),
      ...ports.flatMap(({ hostPort }) => (hostPort === undefined ? [] : [`hostPort ${String(hostPort)}`])),
      ...(object.kind === 'Service' &&
      ['LoadBalancer', 'NodePort'].includes(textAt(object, 'spec', 'type') ?? '')
        ? [textAt(object, 'spec', 'type') ?? '']
        : []),
      ...(valueAt(object, 'spec', 'externalIPs') === undefined ? [] : ['externalIPs']),
      ...(/Route$|^Ingress/.test(object.kind) ? [object.kind] : []),
    ];
  });

const container = '{image: {repository: a}}';

describe('the values of app-template', () => {
  it.each([
    ['nothing', `{controllers: {a: {containers: {a: ${container}}}}}`, []],
    [
      'the network of the node for all',
      `{defaultPodOptions: {hostNetwork: true}, controllers: {a: {containers: {a: ${container}}}}}`,
      ['hostNetwork'],
    ],
    [
      'the network of the node for one',
      `{controllers: {a: {pod: {hostNetwork: true}, containers: {a: ${container}}}}}`,
      ['hostNetwork'],
    ],
    [
      'all but one on the network of the node',
      `{defaultPodOptions: {hostNetwork: true}, controllers: {a: {pod: {hostNetwork: false}, containers: {a: ${container}}}}}`,
      [],
    ],
    [
      'a boolean as a text',
      `{defaultPodOptions: {hostNetwork: 'true'}, controllers: {a: {containers: {a: ${container}}}}}`,
      ['hostNetwork'],
    ],
    [
      'a port of the node',
      '{controllers: {a: {containers: {a: {ports: [{containerPort: 1, hostPort: 2}]}}}}}',
      ['hostPort 2'],
    ],
    [
      'a port of the node for a sidecar',
      '{controllers: {a: {initContainers: {a: {restartPolicy: Always, ports: [{containerPort: 1, hostPort: 2}]}}}}}',
      ['hostPort 2'],
    ],
    [
      'a port of the node for every container',
      '{controllers: {a: {defaultContainerOptions: {ports: [{containerPort: 1, hostPort: 2}]}, containers: {a: {}}}}}',
      ['hostPort 2'],
    ],
    [
      'a container that is disabled',
      '{controllers: {a: {containers: {a: {enabled: false, ports: [{containerPort: 1, hostPort: 2}]}}}}}',
      [],
    ],
    ['a load balancer', '{service: {a: {type: LoadBalancer, ports: {http: {port: 1}}}}}', ['LoadBalancer']],
    [
      'a load balancer that is disabled by an empty text',
      "{service: {a: {enabled: '', type: LoadBalancer, ports: {http: {port: 1}}}}}",
      [],
    ],
    [
      'a load balancer that a text does not disable',
      "{service: {a: {enabled: 'false', type: LoadBalancer, ports: {http: {port: 1}}}}}",
      ['LoadBalancer'],
    ],
    [
      'external addresses',
      '{service: {a: {externalIPs: [192.0.2.1], ports: {http: {port: 1}}}}}',
      ['externalIPs'],
    ],
    [
      'routes of every kind',
      '{route: {a: {}, b: {kind: TCPRoute}, c: {kind: UDPRoute}}}',
      ['HTTPRoute', 'TCPRoute', 'UDPRoute'],
    ],
    ['an Ingress', '{ingress: {a: {hosts: [{host: a.example.org}]}}}', ['Ingress']],
    [
      'a raw resource with a manifest',
      '{rawResources: {a: {manifest: {apiVersion: v1, kind: Service, spec: {type: LoadBalancer}}}}}',
      ['LoadBalancer'],
    ],
    [
      'a raw resource with a body',
      '{rawResources: {a: {apiVersion: v1, kind: Service, spec: {spec: {type: NodePort}}}}}',
      ['NodePort'],
    ],
    [
      'a raw resource that protects',
      '{rawResources: {a: {manifest: {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy}}}}',
      [],
    ],
    [
      'version 1',
      `{image: {repository: a}, hostNetwork: true, service: {main: {type: LoadBalancer, ports: {http: {port: 1}}}}}`,
      ['hostNetwork', 'LoadBalancer'],
    ],
  ])('%s', (_, values, expected) => {
    expect(opens('app-template', values)).toEqual(expected);
  });
});

describe('the values of any chart', () => {
  it.each([
    ['nothing', '{replicaCount: 1, service: {type: ClusterIP}}', []],
    ['the network of the node', '{controller: {hostNetwork: true}}', ['hostNetwork']],
    ['the same as a text', "{hostNetwork: 'true'}", ['hostNetwork']],
    ['the same in a map', '{agent: {hostNetwork: {enabled: true}}}', ['hostNetwork']],
    ['a port of the node', '{ports: {web: {port: 8000, hostPort: 80}}}', ['hostPort 80']],
    [
      'a port of the node in a list',
      '{extraContainers: [{name: a, ports: [{containerPort: 1, hostPort: 2}]}]}',
      ['hostPort 2'],
    ],
    [
      'ports of the node that are enabled',
      '{controller: {hostPort: {enabled: true, ports: {http: 80, https: 443}}}}',
      ['hostPort 80', 'hostPort 443'],
    ],
    [
      'ports of the node that are not enabled',
      '{controller: {hostPort: {enabled: false, ports: {http: 80}}}}',
      [],
    ],
    ['external addresses', '{service: {externalIPs: [192.0.2.1]}}', ['externalIPs']],
    ['an Ingress that a text enables', "{ingress: {enabled: 'true', hosts: [a.example.org]}}", ['Ingress']],
  ])('%s', (_, values, expected) => {
    expect(opens('other', values).toSorted()).toEqual([...expected].toSorted());
  });
});
