import { isFields, listAt, textsAt, valueAt } from '../../../kubernetes/fields.ts';
import { namespaceOf } from '../../../kubernetes/object.ts';
import { refOf, type SourcedObject } from '../../../manifests/sourcedObject.ts';
import { parseSelector } from '../../model/selector.ts';
import { isMalformedList, parseAddressBlock } from '../parsing.ts';
import type { Direction, Peer, Rule, RulePort, Side } from '../policy.ts';
import type { PolicySystem, UntieredPolicy } from '../system.ts';

/** NetworkPolicy of Kubernetes, which every enforcer reads. */
export const kubernetesPolicies: PolicySystem = {
  kinds: [
    {
      kind: 'networking.k8s.io/NetworkPolicy',
      version: 'v1',
      tier: 'namespaced',
      read: (source) => ({ policies: [parseNetworkPolicy(source)], selectsNodes: false }),
    },
  ],
};

/**
 * Reads a NetworkPolicy (networking.k8s.io/v1) with the API's defaults: without `policyTypes` it always isolates
 * ingress, and it isolates egress only if it has egress rules.
 */
function parseNetworkPolicy(source: SourcedObject): UntieredPolicy {
  const spec = valueAt(source.object, 'spec');
  const types = textsAt(spec, 'policyTypes');
  const defaulted = types.length === 0;
  const namespace = namespaceOf(source.object);
  const side = (direction: Direction, isolates: boolean): Side | undefined =>
    isolates ? { isolates, rules: parseRules(spec, direction, namespace) } : undefined;
  return {
    ref: refOf(source),
    namespace,
    subject: { namespace, pods: parseSelector(valueAt(spec, 'podSelector')) },
    ingress: side('ingress', defaulted || types.includes('Ingress')),
    egress: side('egress', defaulted ? listAt(spec, 'egress').length > 0 : types.includes('Egress')),
  };
}

function parseRules(spec: unknown, direction: Direction, namespace: string): readonly Rule[] {
  const side = direction === 'ingress' ? 'from' : 'to';
  if (isMalformedList(spec, direction)) {
    return [{ name: direction, action: 'allow', peers: [{ kind: 'unknown' }], ports: undefined }];
  }
  return listAt(spec, direction).map((rule, position) => {
    const peers = listAt(rule, side);
    const ports = listAt(rule, 'ports');
    return {
      name: `${direction}[${position}]`,
      action: 'allow',
      peers:
        peers.length === 0 && !isMalformedList(rule, side)
          ? undefined
          : peers.map((peer) => parsePeer(peer, namespace)),
      ports: ports.length === 0 && !isMalformedList(rule, 'ports') ? undefined : ports.map(parsePort),
    };
  });
}

function parsePeer(peer: unknown, namespace: string): Peer {
  if (!isFields(peer)) return { kind: 'unknown' };
  const block = peer['ipBlock'];
  const hasSelector = isSet(peer['podSelector']) || isSet(peer['namespaceSelector']);
  if (isSet(block)) return hasSelector ? { kind: 'unknown' } : parseAddressBlock(block);
  if (!hasSelector) return { kind: 'unknown' };
  const isElsewhere = isSet(peer['namespaceSelector']);
  return {
    kind: 'pods',
    namespace: isElsewhere ? undefined : namespace,
    namespaces: isElsewhere ? parseSelector(peer['namespaceSelector']) : undefined,
    pods: isSet(peer['podSelector']) ? parseSelector(peer['podSelector']) : undefined,
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

const protocols: readonly unknown[] = ['TCP', 'UDP', 'SCTP', undefined, null, ''];

function parsePort(value: unknown): RulePort {
  const written = valueAt(value, 'protocol');
  const port = valueAt(value, 'port') ?? undefined;
  const endPort = valueAt(value, 'endPort') ?? undefined;
  // A name contains a letter, so digits in a text are not a name. No range starts with a name.
  const isPort =
    port === undefined || typeof port === 'number' || (typeof port === 'string' && /[a-z]/i.test(port));
  const isRange =
    endPort === undefined || (typeof endPort === 'number' && typeof port === 'number' && port <= endPort);
  if (!isFields(value) || !protocols.includes(written) || !isPort || !isRange) return { protocol: 'unknown' };
  return {
    protocol: written === 'UDP' || written === 'SCTP' ? written : 'TCP',
    port: typeof port === 'number' || typeof port === 'string' ? port : undefined,
    endPort: typeof endPort === 'number' ? endPort : undefined,
  };
}
