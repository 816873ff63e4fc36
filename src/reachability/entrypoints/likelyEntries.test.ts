import { describe, expect, it } from 'vitest';
import { likelyObjects } from '../../manifests/helm/likelyObjects.ts';
import { isRelease, readRelease } from '../../manifests/helm/release.ts';
import { valuesOf } from '../../manifests/helm/releaseValues.ts';
import { readDocuments } from '../../manifests/tree.ts';
import { analyse } from '../analyse.ts';
import type { Assumptions } from '../model/analysis.ts';

const assumptions: Assumptions = {
  enforcer: 'cilium',
  lan: ['192.0.2.0/24'],
  vpn: [],
  podRanges: ['10.42.0.0/16'],
};

const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: media}
spec: {gatewayClassName: envoy, listeners: [{name: web, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: web}]}}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: envoy}
spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}
`;

function release(chart: string, values: string): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: jellyfin, namespace: media}
spec: {chart: {spec: {chart: ${chart}}}, values: ${values.replaceAll('\n', ' ')}}
`;
}

function analysed(chart: string, values: string) {
  const { objects } = readDocuments('a.yaml', `${gateway}---\n${release(chart, values)}`);
  const likely = objects.filter(isRelease).flatMap((source) => {
    const read = readRelease(source, objects);
    return likelyObjects(read, valuesOf(read, new Map(), false).values);
  });
  return { objects, likely, analysis: analyse(objects, assumptions, { likely }) };
}

const template = `{
  controllers: {main: {containers: {app: {image: {repository: example.org/jellyfin, tag: "1"}}}}},
  service: {app: {ports: {http: {port: 8096}, alpha: {enabled: false, port: 1}}}, dlna: {type: LoadBalancer, ports: {udp: {port: 1900, protocol: UDP}}}, off: {enabled: false, type: NodePort, ports: {a: {port: 1}}}},
  route: {app: {hostnames: ["{{ .Release.Name }}.example.org"], parentRefs: [{name: edge}], rules: [{backendRefs: [{identifier: app}]}]}}
}`;

describe('the likely objects of a chart', () => {
  it('are workloads, Services and routes from the values of app-template', () => {
    const { analysis, likely } = analysed('app-template', template);
    expect(likely.map(({ object }) => `${object.kind} ${object.metadata.name}`)).toEqual([
      'Deployment jellyfin',
      'Service jellyfin-app',
      'Service jellyfin-dlna',
      'HTTPRoute jellyfin',
    ]);
    const sentences = analysis.entries.filter((entry) => entry.likely).map(({ sentence }) => sentence);
    const route = sentences.find((sentence) =>
      sentence.startsWith('LAN 192.0.2.0/24, jellyfin.example.org likely'),
    );
    expect(route).toContain('Service media/jellyfin-app → Deployment media/jellyfin');
    expect(sentences.join('\n')).toContain('Service media/jellyfin-dlna (LoadBalancer, port 1900)');
    expect(sentences.join('\n')).not.toContain('jellyfin-off');
  });

  it('follow the conventions of other charts: Service types, Ingresses, routes, host network', () => {
    const values = `{
      hostNetwork: true,
      server: {service: {type: NodePort, port: 80, nodePort: 30080}},
      ingress: {enabled: true, hosts: [{host: a.example.org}, b.example.org]},
      web: {httpRoute: {enabled: true, parentRefs: [{name: edge}], hostnames: [c.example.org]}, ingress: {enabled: false, hosts: [d.example.org]}}
    }`;
    const { analysis } = analysed('thing', values);
    const text = analysis.entries
      .filter((entry) => entry.likely)
      .map(({ sentence }) => sentence)
      .join('\n');
    for (const part of [
      'NodePort, port 30080',
      'a.example.org, b.example.org',
      'c.example.org',
      'hostNetwork',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('d.example.org');
  });

  it('are none if the values have no entry point', () => {
    expect(
      analysed('thing', '{image: {tag: "1"}, service: {type: ClusterIP}, ingress: {enabled: false}}').likely,
    ).toEqual([]);
  });

  it.each([
    ['app-template', template],
    ['thing', '{service: {type: LoadBalancer}}'],
  ])('of %s change no proof and are always unknown', (chart, values) => {
    const { objects, likely, analysis } = analysed(chart, values);
    const { entries, ...without } = analyse(objects, assumptions);
    const { entries: all, ...rest } = analysis;
    expect(likely.length).toBeGreaterThan(0);
    expect(rest).toEqual(without);
    expect(all.filter((entry) => entry.likely === undefined)).toEqual(entries);
    const guessed = all.filter((entry) => entry.likely);
    expect(guessed.length).toBeGreaterThan(0);
    expect(new Set(guessed.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
    expect(guessed.every(({ who }) => who !== 'cluster')).toBe(true);
  });

  it('include the rules of a tunnel from the values or from a ConfigMap', () => {
    const rules = `ingress: [{hostname: "*.example.org", service: "http://jellyfin-app.{{ .Release.Namespace }}.svc:8096"}, {service: http_status:404}]`;
    const values = (files: string) => `{
      controllers: {main: {containers: {app: {image: {repository: cloudflare/cloudflared, tag: "1"}, args: [tunnel, run, home], env: {NO_AUTOUPDATE: true}}}}},
      service: {app: {controller: main, ports: {http: {port: 8096}}}, dlna: {ports: {a: {port: 1}}}},
      ${files}
    }`;
    const pathsOf = (files: string) =>
      analysed('app-template', values(files))
        .analysis.entries.filter((entry) => entry.likely && entry.who === 'internet')
        .map(({ sentence }) => sentence);
    const mounted = `configMaps: {config: {data: {config.yaml: '${rules}'}}}, persistence: {file: {type: configMap, identifier: config, globalMounts: [{path: /etc/cloudflared/config.yaml, subPath: config.yaml}]}}`;
    expect(pathsOf(mounted)).toEqual([
      expect.stringMatching(/^internet, \*\.example\.org likely reaches .*Service media\/jellyfin-app/),
    ]);
    const advanced = mounted
      .replace('globalMounts: [', 'advancedMounts: {main: {app: [')
      .replace(']}}', ']}}}}');
    expect(pathsOf(advanced)).toEqual(pathsOf(mounted));
    const elsewhere = mounted.replace('identifier: config', 'name: "{{ .Release.Name }}-other"');
    expect(pathsOf(elsewhere)).toEqual([expect.stringContaining('is not readable here')]);
  });
});
