import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import fc from '../../tests/fastCheck.ts';
import { parseBlock, parseBlocks } from './model/addresses.ts';
import type { Assumptions } from './model/analysis.ts';
import { type Answer, answerQueries, type Query, readObjects } from './queries.ts';

const pods = `
- {apiVersion: v1, kind: Namespace, metadata: {name: x}}
- apiVersion: v1
  kind: Pod
  metadata: {name: web, namespace: x, labels: {app: web}}
  spec: {containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}
  status: {podIP: 10.42.0.1}
- apiVersion: v1
  kind: Pod
  metadata: {name: near, namespace: x, labels: {app: near}}
  spec: {containers: [{name: c}]}
  status: {podIP: 10.42.0.2}
`;
const policy = (spec: string) =>
  `- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: x}, spec: {podSelector: {matchLabels: {app: web}}, ${spec}}}\n`;
const ingress = (from: string) => policy(`policyTypes: [Ingress], ingress: [{from: [${from}]}]`);
const egress = (to: string) => policy(`policyTypes: [Egress], egress: [{to: [${to}]}]`);

const given: Assumptions = { enforcer: 'given', lan: [], vpn: [] };

function ask(policies: string, query: Partial<Query>, assumptions = given): Answer {
  const objects = readObjects(parse(pods + policies), 'list.yaml');
  const all: Query = { from: 'x/near', to: 'x/web', protocol: 'TCP', port: 80, ...query };
  const [answer] = answerQueries(objects, [all], assumptions);
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

describe('a block as the source', () => {
  const some = ingress('{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.128/25]}}');

  it.each<[verdict: string, from: string]>([
    ['allowed', '192.0.2.0/25'],
    ['allowed', '192.0.2.7'],
    ['blocked', '192.0.2.128/25'],
    ['blocked', '198.51.100.0/24'],
    ['blocked', '::/0'],
    ['blocked', '2001:db8::1'],
    ['unknown', '192.0.2.0/24'],
    ['unknown', '0.0.0.0/0'],
  ])('is %s: %s', (verdict, from) => {
    expect(ask(some, { from }).verdict).toBe(verdict);
  });

  it('says which parts differ', () => {
    const { parts, because } = ask(some, { from: '192.0.2.0/23' });
    expect(parts).toEqual([
      { addresses: ['192.0.2.0/25'], verdict: 'allowed', ingress: 'allowed', egress: 'allowed' },
      { addresses: ['192.0.2.128-192.0.3.255'], verdict: 'blocked', ingress: 'blocked', egress: 'allowed' },
    ]);
    expect(because.map(({ rule }) => rule)).toContain('ingress[0]');
  });

  it('tells the families apart', () => {
    const both = ingress('{ipBlock: {cidr: 0.0.0.0/0}}');
    expect(ask(both, { from: '0.0.0.0/0' }).verdict).toBe('allowed');
    expect(ask(both, { from: '::/0' }).verdict).toBe('blocked');
    expect(ask(ingress('{ipBlock: {cidr: "::/0"}}'), { from: '2000::/3' }).verdict).toBe('allowed');
  });

  it('holds the pods of which the address is known', () => {
    const near = ingress('{podSelector: {matchLabels: {app: near}}}');
    expect(ask(near, { from: '10.42.0.2' }).verdict).toBe('allowed');
    expect(ask(near, { from: '10.42.0.3' }).verdict).toBe('blocked');
    const { verdict, parts } = ask(near, { from: '10.42.0.0/16' });
    expect(verdict).toBe('unknown');
    expect(parts?.find((part) => part.verdict === 'allowed')?.addresses).toEqual(['10.42.0.2/32']);
  });

  it('may be any pod in the ranges of pods', () => {
    const near = ingress('{namespaceSelector: {}}');
    const known = { ...given, podRanges: ['10.42.0.0/16'] };
    expect(ask(near, { from: '10.42.9.0/24' }, known).verdict).toBe('unknown');
    expect(ask(near, { from: '10.43.9.0/24' }, known).verdict).toBe('blocked');
    expect(ask('', { from: '10.42.9.0/24' }, known).verdict).toBe('allowed');
  });
});

describe('a block as the destination', () => {
  const some = egress('{ipBlock: {cidr: 192.0.2.0/24}}');

  it.each<[verdict: string, to: string]>([
    ['allowed', '192.0.2.0/24'],
    ['allowed', '192.0.2.9'],
    ['blocked', '198.51.100.0/24'],
    ['blocked', '2001:db8::/32'],
    ['unknown', '192.0.2.0/23'],
  ])('is %s: %s', (verdict, to) => {
    expect(ask(some, { from: 'x/web', to, port: 443 }).verdict).toBe(verdict);
  });

  it('has no named ports', () => {
    expect(ask(some, { from: 'x/web', to: '192.0.2.0/24', port: 'http' }).verdict).toBe('unknown');
  });

  it('is unknown from another block: no policy selects either', () => {
    const { verdict, because } = ask(some, { from: '192.0.2.0/24', to: '198.51.100.0/24' });
    expect(verdict).toBe('unknown');
    expect(because[0]?.rule).toContain('neither end is a pod');
  });
});

it('answers a block as its addresses are answered one by one', () => {
  const block = fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 28, max: 32 }));
  const text = ([host, prefix]: [number, number]): string =>
    `192.0.2.${host - (host % 2 ** (32 - prefix))}/${prefix}`;
  const peer = fc.tuple(block, fc.option(block));
  fc.assert(
    fc.property(fc.array(peer, { maxLength: 4 }), block, (peers, asked) => {
      const rules = peers.map(([cidr, except]) => {
        const [whole, part] = [parseBlocks([text(cidr)]).set, except === null ? undefined : text(except)];
        const inside =
          part !== undefined && parseBlock(part)?.intervals[0] !== undefined && whole.intervals.length > 0;
        return `{ipBlock: {cidr: ${text(cidr)}${inside ? `, except: [${part}]` : ''}}}`;
      });
      const policies = ingress(rules.join(', ')).replace(
        'from: []',
        'from: [{ipBlock: {cidr: 203.0.113.0/24}}]',
      );
      const { verdict, parts = [] } = ask(policies, { from: text(asked) });
      const [interval] = parseBlock(text(asked))?.intervals ?? [];
      const hosts = Array.from(
        { length: Number((interval?.last ?? 0n) - (interval?.first ?? 0n)) + 1 },
        (_, at) => `192.0.2.${Number((interval?.first ?? 0n) & 255n) + at}`,
      );
      const single = hosts.map((from) => ask(policies, { from }).verdict);
      const differ = new Set(single).size > 1;
      expect(verdict).toBe(differ ? 'unknown' : single[0]);
      expect(parts.map((part) => part.verdict).toSorted()).toEqual(
        differ ? [...new Set(single)].toSorted() : [],
      );
    }),
    { numRuns: 60 },
  );
});
