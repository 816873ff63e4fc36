import { type Fields, mapsAt, textAt, textsAt } from '../../kubernetes/fields.ts';
import { describeObject } from '../../manifests/sourcedObject.ts';
import type { TunnelPath } from '../entrypoints/gatedPaths.ts';
import type { Objection } from './conclusion.ts';

/** A tunnel or a proxy with names of its own may lead to something else than the Service that it names. */
export function ownNameObjections({ tunnel, forwarded }: TunnelPath): readonly Objection[] {
  const programs = new Set([tunnel.workload, ...forwarded.map(({ proxy }) => proxy.workload)]);
  return [...programs].flatMap(({ ref, spec }) =>
    ownNamesOf(spec).map((field) => ({
      certain: false,
      sentence: `${field} of ${describeObject(ref)} decides where the names lead that it connects to`,
      evidence: [{ object: ref, rule: field }],
      remedy: `Remove ${field}, so that the names are those of the cluster`,
    })),
  );
}

/** The fields of a pod with which names lead elsewhere. */
function ownNamesOf(spec: Fields): readonly string[] {
  const policy = textAt(spec, 'dnsPolicy') ?? 'ClusterFirst';
  const asksOthers = ['nameservers', 'searches'].some((key) => textsAt(spec, 'dnsConfig', key).length > 0);
  return [
    ...(mapsAt(spec, 'hostAliases').length > 0 ? ['hostAliases'] : []),
    ...(asksOthers ? ['dnsConfig'] : []),
    ...(['ClusterFirst', 'ClusterFirstWithHostNet'].includes(policy) ? [] : ['dnsPolicy']),
  ];
}
