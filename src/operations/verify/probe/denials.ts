import {
  fieldsAt,
  listAt,
  mapsAt,
  numberAt,
  textAt,
  textMapAt,
  valueAt,
} from '../../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject, namespaceOf } from '../../../kubernetes/object.ts';
import type { SourcedObject } from '../../../manifests/sourcedObject.ts';
import type { Assumptions } from '../../../reachability/model/analysis.ts';
import { type ContainerPort, portsOf, workloadOf } from '../../../reachability/model/workload.ts';
import { type Answerer, createAnswerer } from '../../../reachability/queries.ts';
import type { Dump } from '../dump.ts';
import { nameOf, namespacesOf } from '../objectName.ts';
import { topOwner } from '../workloads.ts';
import { type ProbeTarget, probeLabels, probeNamespace } from './probeObjects.ts';

/** A connection that a probe tries. */
export interface Denial extends ProbeTarget {
  /** The other end as evidence names it: `Deployment media/immich-postgres`. */
  to: string;
}

/** A place of a probe, with what is promised to be refused there. */
export interface DenialsOf {
  namespace: string;
  denials: readonly Denial[];
  /** What is promised and cannot be asked, each with the reason. */
  unasked: readonly string[];
}

/** What the denials are read from: what is promised by Git, and what runs by the cluster. */
export interface DenialInputs {
  inGit: readonly SourcedObject[];
  dump: Dump;
  assumptions: Assumptions;
}

/**
 * What the prover says that a pod of nobody may not connect to: one in a namespace of its own, where no policy is, and one in
 * each namespace of Git in which a workload is. Only TCP is asked, since an answer that does not come says nothing by UDP.
 *
 * A pod that is not ready serves nothing, so that a refused connection would say nothing of the policies: it is not asked.
 */
export function deniedConnections({ inGit, dump, assumptions }: DenialInputs): readonly DenialsOf[] {
  const workloads = inGit.flatMap((source) => workloadOf(source) ?? []);
  const own = namespacesOf(inGit);
  const namespaces = [...new Set(workloads.map(({ namespace }) => namespace))].filter((name) =>
    own.has(name),
  );
  const places = [probeNamespace, ...namespaces.toSorted()];
  const visitors = places.map((namespace): SourcedObject => ({ object: visitor(namespace), file: 'probe' }));
  const home: SourcedObject = {
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: probeNamespace } },
    file: 'probe',
  };
  const answer = createAnswerer([...inGit, home, ...visitors], assumptions);
  const ends = [...podEnds(inGit, dump), ...serviceEnds(inGit, dump), ...clusterEnds(dump)];
  return places.map((namespace) => denialsOf(namespace, ends, answer));
}

/** One end that may be asked for, or why it cannot be. */
interface End extends Denial {
  /** What the prover calls it. */
  party: string;
  /** The port at the party, where a Service has another. */
  partyPort: number;
  why?: string;
}

function denialsOf(namespace: string, ends: readonly End[], answer: Answerer): DenialsOf {
  const promised = ends.filter(
    ({ party, partyPort }) =>
      answer({ from: `${namespace}/${visitorName}`, to: party, protocol: 'TCP', port: partyPort }).verdict ===
      'blocked',
  );
  return {
    namespace,
    denials: promised
      .filter(({ why }) => why === undefined)
      .map(({ to, address, port }) => ({ to, address, port })),
    unasked: promised.flatMap(({ to, port, why }) =>
      why === undefined ? [] : [`${to}, port ${port}: ${why}`],
    ),
  };
}

const visitorName = 'gatehouse-probe';

function visitor(namespace: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: visitorName, namespace, labels: probeLabels },
    spec: { containers: [{ name: 'probe', image: 'probe' }] },
  };
}

/** The pods that run for the workloads of Git, at each TCP port that they say. */
function podEnds(inGit: readonly SourcedObject[], { objects }: Dump): readonly End[] {
  const byUid = new Map(objects.map((object) => [textAt(object, 'metadata', 'uid') ?? '', object]));
  const pods = objects.filter(isPod);
  return inGit.filter(serves).flatMap(({ object }) => {
    const live = objects.find((each) => nameOf(each) === nameOf(object));
    const own = live === undefined ? [] : pods.filter((pod) => topOwner(pod, byUid) === live);
    const name = `${object.kind} ${namespaceOf(object)}/${object.metadata.name}`;
    const party = partyOf(object);
    const ports = tcpPorts(object);
    if (own.length === 0)
      return ports.map((port) => ({ ...at('', port), party, to: name, why: 'no pod of it runs' }));
    return own.flatMap((pod) =>
      ports.map((port) => {
        const address = textAt(pod, 'status', 'podIP') ?? '';
        const to = `${name} (${pod.metadata.name} at ${address}:${port})`;
        return { ...at(address, port), party, to, ...unready(pod) };
      }),
    );
  });
}

function at(address: string, port: number): Pick<End, 'address' | 'port' | 'partyPort'> {
  return { address, port, partyPort: port };
}

function unready(pod: KubernetesObject): { why?: string } {
  const isReady = mapsAt(pod, 'status', 'conditions').some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
  return isReady
    ? {}
    : { why: `${pod.metadata.name} is not ready, so that a refused connection says nothing` };
}

function isPod(object: KubernetesObject): boolean {
  const isAlive = !['Succeeded', 'Failed'].includes(textAt(object, 'status', 'phase') ?? '');
  const isGoing = textAt(object, 'metadata', 'deletionTimestamp') !== undefined;
  return object.kind === 'Pod' && groupOf(object) === '' && isAlive && !isGoing;
}

/** A workload of Git that goes on. What ends serves nobody. */
function serves(source: SourcedObject): boolean {
  const kind = source.object.kind;
  return kind !== 'Job' && kind !== 'CronJob' && kind !== 'Pod' && workloadOf(source) !== undefined;
}

function partyOf(object: KubernetesObject): string {
  return `${namespaceOf(object)}/${object.kind}/${object.metadata.name}`;
}

function tcpPorts(object: KubernetesObject): readonly number[] {
  return containerPorts(object).flatMap(({ port, protocol }) => (protocol === 'TCP' ? port : []));
}

function containerPorts(object: KubernetesObject): readonly ContainerPort[] {
  return portsOf(fieldsAt(object, 'spec', 'template', 'spec'));
}

/** The Services of Git in front of its workloads, at the address that the cluster gave them. */
function serviceEnds(inGit: readonly SourcedObject[], dump: Dump): readonly End[] {
  const workloads = inGit.filter(serves).map(({ object }) => object);
  const pods = podEnds(inGit, dump);
  return inGit
    .filter(({ object }) => object.kind === 'Service' && groupOf(object) === '')
    .flatMap(({ object }) => {
      const live = dump.objects.find((each) => nameOf(each) === nameOf(object));
      const address = textAt(live, 'spec', 'clusterIP') ?? 'None';
      const backend = workloads.find((workload) => isSelected(workload, object));
      if (address === 'None' || address === '' || backend === undefined) return [];
      const party = partyOf(backend);
      const isServed = pods.some((end) => end.party === party && end.why === undefined);
      return mapsAt(live, 'spec', 'ports').flatMap((port): End[] => {
        const number = numberAt(port, 'port');
        const partyPort = targetOf(port, backend);
        if (number === undefined || partyPort === undefined || (port['protocol'] ?? 'TCP') !== 'TCP')
          return [];
        const to = `Service ${namespaceOf(object)}/${object.metadata.name} (${address}:${number})`;
        const why = isServed ? {} : { why: 'no ready pod is behind it' };
        return [{ address, port: number, partyPort, party, to, ...why }];
      });
    });
}

function isSelected(workload: KubernetesObject, service: KubernetesObject): boolean {
  const selector = textMapAt(service, 'spec', 'selector');
  const labels = textMapAt(workload, 'spec', 'template', 'metadata', 'labels');
  return (
    selector.size > 0 &&
    namespaceOf(workload) === namespaceOf(service) &&
    [...selector].every(([key, value]) => labels.get(key) === value)
  );
}

function targetOf(port: unknown, backend: KubernetesObject): number | undefined {
  const target = valueAt(port, 'targetPort') ?? valueAt(port, 'port');
  if (typeof target === 'number') return target;
  return containerPorts(backend).find(({ name }) => name === target)?.port;
}

/** What every cluster has, and a pod of nobody in a namespace that denies by default may not reach. */
function clusterEnds(dump: Dump): readonly End[] {
  return controlsOf(dump).map((control) => ({ ...control, partyPort: control.port, party: control.address }));
}

/**
 * What a pod without any policy reaches in every cluster: the Service of the API server, and the one of the cluster's DNS
 * where its own policies let everybody in.
 */
export function controlsOf({ objects }: Pick<Dump, 'objects'>): readonly Denial[] {
  const named = (namespace: string, name: string): KubernetesObject | undefined =>
    objects.find(
      (object) =>
        object.kind === 'Service' && namespaceOf(object) === namespace && object.metadata.name === name,
    );
  const wanted = [
    { service: named('default', 'kubernetes'), port: 443 },
    { service: named('kube-system', 'kube-dns'), port: 53 },
  ];
  return wanted.flatMap(({ service, port }) => {
    const address = textAt(service, 'spec', 'clusterIP');
    const isServed = listAt(service, 'spec', 'ports').some(
      (each) => numberAt(each, 'port') === port && (textAt(each, 'protocol') ?? 'TCP') === 'TCP',
    );
    if (service === undefined || address === undefined || address === 'None' || !isServed) return [];
    const to = `Service ${namespaceOf(service)}/${service.metadata.name} (${address}:${port})`;
    return [{ address, port, to }];
  });
}
