// Crosses the model, the policies, the entry points and the invariants of the prover.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/reachability/analyse.ts';
import { changed, home, homeText, readYaml } from './home.ts';

const withAlbum = (fields: string) =>
  changed(
    '  type: NodePort\n  externalTrafficPolicy: Local\n',
    `  ${fields}\n  externalTrafficPolicy: Local\n`,
  );
const lanOf = (yaml: string) =>
  analyse(readYaml(yaml), home)
    .entries.filter(({ who }) => who === 'lan')
    .map(({ hops, verdict, sentence }) => ({
      kind: hops[0]?.at.replace(/.*\((\w+),.*/, '$1'),
      verdict,
      sentence,
    }));
const verdictsOf = (yaml: string) => lanOf(yaml).map(({ kind, verdict }) => `${kind} ${verdict}`);

describe('the source ranges of a load balancer', () => {
  it('apply to its own address, and not to its node ports', () => {
    const to = (range: string) => withAlbum(`type: LoadBalancer\n  loadBalancerSourceRanges: [${range}]`);
    expect(verdictsOf(to('192.168.0.0/16'))).toEqual(['NodePort allowed', 'LoadBalancer allowed']);
    expect(verdictsOf(to('10.0.0.0/8'))).toEqual(['NodePort allowed', 'LoadBalancer unknown']);
    expect(verdictsOf(to('192.168.1.0/25'))).toEqual(['NodePort allowed', 'LoadBalancer unknown']);
    const [, found] = lanOf(to('10.0.0.0/8'));
    expect(found?.sentence).toContain('may reach Deployment photos/album');
    expect(found?.sentence).toContain('loadBalancerSourceRanges excludes it');
  });

  it('have no effect on a Service of another type', () => {
    expect(verdictsOf(withAlbum('type: NodePort\n  loadBalancerSourceRanges: [10.0.0.0/8]'))).toEqual([
      'NodePort allowed',
    ]);
  });
});

describe('a client with a replaced address', () => {
  it('is certainly admitted if everyone is', () => {
    const cluster = withAlbum('type: NodePort').replace('  externalTrafficPolicy: Local\n', '');
    expect(verdictsOf(cluster)).toEqual(['NodePort unknown']);
    const everyone = cluster.replace('cidr: 192.168.1.0/24', 'cidr: 0.0.0.0/0');
    expect(verdictsOf(everyone)).toEqual(['NodePort allowed']);
  });
});

describe('internalTrafficPolicy: Local', () => {
  const proofs = (yaml: string) =>
    analyse(readYaml(yaml), home).proofs.filter(({ invariant }) => invariant === 'ways-work');

  it('makes it unknown whether the tunnel reaches the application if their nodes are unknown', () => {
    expect(proofs(homeText).map(({ verdict }) => verdict)).not.toContain('unknown');
    const local = proofs(withAlbum('type: NodePort\n  internalTrafficPolicy: Local'));
    const unknown = local.filter(({ verdict }) => verdict === 'unknown');
    expect(unknown.length).toBeGreaterThan(0);
    expect(
      unknown.every(({ evidence }) => evidence.some(({ rule }) => rule.includes('internalTrafficPolicy'))),
    ).toBe(true);
    const [entry] = analyse(
      readYaml(withAlbum('type: NodePort\n  internalTrafficPolicy: Local')),
      home,
    ).entries;
    expect([entry?.who, entry?.verdict]).toEqual(['internet', 'unknown']);
  });

  it('leads to the pod on the client’s node, or nowhere if there is none', () => {
    const pod = (name: string, node: string, rest = '') =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: x, labels: {app: ${name.slice(0, 3)}}}\nspec: {nodeName: ${node}, containers: [{name: c, image: example.org/c:1, ports: [{containerPort: 80}]${rest}}]}\n`;
    const client = pod('cli', 'one', ', env: [{name: URL, value: "http://app.x.svc:80"}]');
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: {name: app, namespace: x}\nspec: {internalTrafficPolicy: Local, selector: {app: app}, ports: [{port: 80}]}\n';
    const verdictsWith = (...pods: string[]) =>
      proofs([client, service, ...pods].join('---\n')).map(({ verdict }) => verdict);
    // The tunnel does not need to reach the pod on the other node.
    expect(verdictsWith(pod('app-a', 'one'), pod('app-b', 'two'))).toEqual(['proved']);
    expect(verdictsWith(pod('app-b', 'two'))).toEqual(['refuted']);
  });
});
