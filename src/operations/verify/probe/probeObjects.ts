import type { ProbeImage } from '../../../components/contract/component.ts';
import { textMapAt } from '../../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../../kubernetes/object.ts';
import { restrictedContainer, restrictedPod } from '../../../kubernetes/podSecurity.ts';
import { probeScript } from './probeScript.ts';

/** The namespace that a run makes and removes. */
export const probeNamespace = 'gatehouse-probe';

/** What every object of a probe has. No app has it, so that no policy of an app selects a probe. */
export const probeLabels = {
  'app.kubernetes.io/managed-by': 'gatehouse',
  'app.kubernetes.io/name': 'gatehouse-probe',
} as const;

export const probeSelector = Object.entries(probeLabels)
  .map(([key, value]) => `${key}=${value}`)
  .join(',');

/** Where connections are tried to. */
export interface ProbeTarget {
  address: string;
  port: number;
}

/** What one pod asks. */
export interface ProbeTask {
  targets: readonly ProbeTarget[];
  /** Names to look up. */
  names: readonly string[];
}

/** How long a pod may run, and how long what is left of it stays, in seconds. */
const [deadline, keptFor] = [240, 300];

/** How long a pod waits before it asks: an enforcer writes its rules after a pod has begun. In seconds. */
const settling = 8;

/** Where the script keeps its files, and where kubelet reads the message. */
const places = ['/answers', '/dev/termination-log'] as const;

/** The namespace without policies, in which everything is allowed that no policy of the target forbids. */
export function namespaceObject(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: probeNamespace,
      labels: { ...probeLabels, 'pod-security.kubernetes.io/enforce': 'restricted' },
    },
  };
}

/** A Job that asks once, and goes away by itself if nobody removes it. */
export function probeJob(
  namespace: string,
  name: string,
  { image }: ProbeImage,
  { targets, names }: ProbeTask,
): KubernetesObject {
  const asked = targets.map(({ address, port }) => `${address}/${port}`);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels: probeLabels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadline,
      ttlSecondsAfterFinished: keptFor,
      template: {
        metadata: { labels: probeLabels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 1,
          securityContext: { ...restrictedPod, runAsUser: 65_534, runAsGroup: 65_534 },
          containers: [
            {
              name: 'probe',
              image,
              imagePullPolicy: 'IfNotPresent',
              command: [
                'sh',
                '-c',
                probeScript,
                'probe',
                ...places,
                String(settling),
                names.join(' '),
                ...asked,
              ],
              // The whole result is the message.
              terminationMessagePolicy: 'File',
              resources: {
                requests: { cpu: '10m', memory: '32Mi' },
                limits: { cpu: '500m', memory: '128Mi' },
              },
              securityContext: { ...restrictedContainer, readOnlyRootFilesystem: true },
              volumeMounts: [{ name: 'answers', mountPath: places[0] }],
            },
          ],
          volumes: [{ name: 'answers', emptyDir: { sizeLimit: '8Mi' } }],
        },
      },
    },
  };
}

/** Whether an object is one of a probe that was left behind. Only Jobs that end by themselves, and their pods, are. */
export function isOfProbe(object: KubernetesObject): boolean {
  const labels = textMapAt(object, 'metadata', 'labels');
  const isLabelled = Object.entries(probeLabels).every(([key, value]) => labels.get(key) === value);
  return isLabelled && object.kind === 'Job' && groupOf(object) === 'batch';
}
