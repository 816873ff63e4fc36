import { type Fields, mapsAt, textAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import { describeObject } from '../../manifests/sourcedObject.ts';
import { containersOf, type Workload } from '../model/workload.ts';

/** Capabilities with which a process may change the network of its node, or another process. */
const strong = /^(?:CAP_)?(?:ALL|BPF|NET_ADMIN|NET_RAW|SYS_ADMIN|SYS_MODULE|SYS_PTRACE|DAC_READ_SEARCH)$/;

/** Directories of a node with which a pod may start other pods, or programs of the node. */
const controlling =
  /^\/(?:$|etc(?:\/|$)|proc(?:\/|$)|root(?:\/|$)|run(?:\/|$)|var\/?$|var\/(?:run|lib\/kubelet|lib\/rancher)(?:\/|$)|boot(?:\/|$)|dev\/?$)/;

/**
 * The assumption about pods that could open a port of their node by their rights on it: that they do not. Nothing if
 * there are no such pods.
 */
export function nodeRightsAssumption(workloads: readonly Workload[]): readonly string[] {
  const mighty = workloads.filter(({ spec }) => hasRights(spec)).map(({ ref }) => describeObject(ref));
  const [first] = mighty;
  if (first === undefined) return [];
  const names = mighty.length === 1 ? first : `${first} and ${mighty.length - 1} more`;
  return [`Pods with rights on their node open nothing there and change no policy: ${names}`];
}

function hasRights(spec: Fields): boolean {
  return (
    spec['hostPID'] === true ||
    spec['hostIPC'] === true ||
    containersOf(spec).some(
      (container) =>
        valueAt(container, 'securityContext', 'privileged') === true ||
        textsAt(container, 'securityContext', 'capabilities', 'add').some((name) => strong.test(name)),
    ) ||
    mapsAt(spec, 'volumes').some((volume) => controlling.test(textAt(volume, 'hostPath', 'path') ?? 'none'))
  );
}
