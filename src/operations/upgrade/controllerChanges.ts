import { textAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { type Effect, possibleRestart } from './clusterChange.ts';
import { listed } from './listed.ts';
import { isNetworkKind } from './networkKinds.ts';

/**
 * What the controller of a kind does after a change of its object, as far as it is known here. `nothing` is a kind of
 * which no pod restarts: the reason says what it does instead.
 */
type Known =
  | { does: 'nothing'; reason: string }
  /** Its controller restarts pods after some changes. */
  | { does: 'may'; reason: string };

const noPods = (reason: string): Known => ({ does: 'nothing', reason });
const mayRestart = (reason: string): Known => ({ does: 'may', reason });

/** By `group/Kind`, or by `group/*` for all kinds of a group. */
const kinds: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['cert-manager.io/*', noPods('cert-manager issues certificates by it from then on')],
  ['acme.cert-manager.io/*', noPods('cert-manager issues certificates by it from then on')],
  ['volsync.backube/*', noPods('the next backup or restore follows it')],
  ['monitoring.coreos.com/PodMonitor', noPods('Prometheus reads it again')],
  ['monitoring.coreos.com/ServiceMonitor', noPods('Prometheus reads it again')],
  ['monitoring.coreos.com/PrometheusRule', noPods('Prometheus reads it again')],
  ['monitoring.coreos.com/Probe', noPods('Prometheus reads it again')],
  ['monitoring.coreos.com/ScrapeConfig', noPods('Prometheus reads it again')],
  ['monitoring.coreos.com/AlertmanagerConfig', noPods('Alertmanager reads it again')],
  ['monitoring.coreos.com/*', mayRestart('the Prometheus operator restarts the pods that it makes of it')],
  ['source.toolkit.fluxcd.io/*', noPods('Flux fetches by it; what comes of it is listed by itself')],
  ['notification.toolkit.fluxcd.io/*', noPods('Flux sends and receives messages by it')],
  ['kustomize.toolkit.fluxcd.io/*', noPods('what Flux applies by it is listed by itself')],
  ['image.toolkit.fluxcd.io/*', noPods('Flux looks for images by it')],
  ['policy/PodDisruptionBudget', noPods('it says how many pods a drain may stop')],
  ['snapshot.storage.k8s.io/*', noPods('the next snapshot follows it')],
  ['coordination.k8s.io/*', noPods('it is a lock of a controller')],
  ['events.k8s.io/*', noPods('it is a message')],
  ['/ServiceAccount', noPods('pods that start from then on use it as it is then')],
  ['/LimitRange', mayRestart('pods that start from then on may be refused by it')],
  ['/ResourceQuota', mayRestart('pods that start from then on may be refused by it')],
  ['scheduling.k8s.io/PriorityClass', mayRestart('pods of a lower priority may have to go')],
  ['storage.k8s.io/*', noPods('volumes that are made from then on follow it')],
  ['/PersistentVolumeClaim', noPods('its volume stays')],
  ['/PersistentVolume', noPods('it stays')],
  ['/Namespace', noPods('its pods stay')],
  [
    'apiextensions.k8s.io/CustomResourceDefinition',
    noPods('objects of the kind are checked by it from then on'),
  ],
  [
    'postgresql.cnpg.io/Cluster',
    mayRestart('CloudNativePG restarts the instances after some changes, one after another'),
  ],
  ['postgresql.cnpg.io/ScheduledBackup', noPods('the next backup follows it')],
  ['postgresql.cnpg.io/Backup', noPods('it is one backup')],
  ['postgresql.cnpg.io/Pooler', mayRestart('CloudNativePG restarts its pods after some changes')],
  ['k8s.keycloak.org/Keycloak', mayRestart('its operator makes the pods again after most changes')],
  [
    'k8s.keycloak.org/KeycloakRealmImport',
    mayRestart('its operator imports the realm once, and restarts Keycloak for it'),
  ],
  ['gateway.envoyproxy.io/EnvoyProxy', mayRestart('Envoy Gateway makes the pods of the proxy again')],
  ['autoscaling/HorizontalPodAutoscaler', mayRestart('it starts and stops pods by it')],
  ['autoscaling.k8s.io/*', mayRestart('it restarts pods with other requests')],
  [
    'external-secrets.io/*',
    mayRestart('the Secret that it makes may change, and pods that read it as environment do not notice'),
  ],
  ['upgrade.cattle.io/Plan', mayRestart('it upgrades nodes, and drains them for it')],
  ['helm.cattle.io/*', mayRestart('k3s upgrades the release')],
  ['fluxcd.controlplane.io/*', mayRestart('the controllers of Flux restart')],
  ['ceph.rook.io/*', mayRestart('its operator restarts daemons of the storage')],
]);

/** What a custom resource, or another object that makes no pods itself, does after a change. */
export function controllerChanges(
  before: KubernetesObject,
  after: KubernetesObject,
  fields: readonly string[],
): Effect[] {
  const relevant = fields.filter((field) => field !== 'apiVersion' && !isHarmless(field));
  if (relevant.length === 0) return [];
  const upgrade = nodeUpgrade(before, after);
  if (upgrade !== undefined) return [upgrade];
  const known = knowledgeOf(after);
  if (known?.does === 'nothing' || (known === undefined && isNetworkKind(after))) return [];
  const why = known?.reason ?? 'what its controller does then is not known here';
  return [
    {
      ...possibleRestart,
      fields: relevant,
      sentence: `pods may restart, since its ${listed(relevant)} changes: ${why}`,
    },
  ];
}

/** Why no pod restarts after a change of an object; undefined where one may. */
export function harmlessBecause(object: KubernetesObject): string | undefined {
  const known = knowledgeOf(object);
  return known?.does === 'nothing' ? known.reason : undefined;
}

/** Custom resources of which a controller may have made pods. */
export function isOfController(object: KubernetesObject): boolean {
  const isOfKubernetes = !object.apiVersion.includes('.') || object.apiVersion.includes('.k8s.io/');
  const isRelease = object.apiVersion.startsWith('helm.toolkit.fluxcd.io/');
  return !isOfKubernetes && !isRelease && harmlessBecause(object) === undefined && !isNetworkKind(object);
}

/** Whether it is known what the controller of a kind does. */
export function isKnownKind(object: KubernetesObject): boolean {
  return knowledgeOf(object) !== undefined;
}

function knowledgeOf(object: KubernetesObject): Known | undefined {
  const group = groupOf(object);
  return kinds.get(`${group}/${object.kind}`) ?? kinds.get(`${group}/*`);
}

/** Labels and annotations that no controller acts on. Another one may ask a controller for something. */
function isHarmless(field: string): boolean {
  return /^metadata\.(?:labels|annotations\["(?:app\.kubernetes\.io|kustomize\.toolkit\.fluxcd\.io|kubectl\.kubernetes\.io|meta\.helm\.sh)\/)/.test(
    field,
  );
}

/** tuppr upgrades every node by these, and drains and restarts it for Talos. */
function nodeUpgrade(before: KubernetesObject, after: KubernetesObject): Effect | undefined {
  if (groupOf(after) !== 'tuppr.home-operations.com') return undefined;
  const part = after.kind === 'TalosUpgrade' ? 'talos' : 'kubernetes';
  const [old, next] = [before, after].map((object) => textAt(object, 'spec', part, 'version'));
  const rest = `spec.${part}.version`;
  if (old === next)
    return {
      risk: 'nothing',
      certain: true,
      fields: ['spec'],
      sentence: 'the next upgrade of the nodes follows it',
    };
  const base = { risk: 'restart', certain: true, pods: 'replaced', fields: [rest] } as const;
  return part === 'talos'
    ? {
        ...base,
        gap: 'per-node',
        sentence: `Talos ${old} → ${next}: every node is drained and restarts, one after another, and each pod on it with it`,
      }
    : {
        ...base,
        ...possibleRestart,
        sentence: `Kubernetes ${old} → ${next}: the control plane and the kubelet of every node restart, one after another; other pods go on unless the new version wants them changed`,
      };
}
