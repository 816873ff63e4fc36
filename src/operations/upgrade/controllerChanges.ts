import { textAt, valueAt } from '../../kubernetes/fields.ts';
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
  /** Its controller restarts pods after some changes. `own`: those that it makes of the object, and no others. */
  | { does: 'may'; reason: string; own: boolean };

const noPods = (reason: string): Known => ({ does: 'nothing', reason });
const mayRestart = (reason: string): Known => ({ does: 'may', reason, own: false });
const mayRestartOwn = (reason: string): Known => ({ does: 'may', reason, own: true });

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
  ['monitoring.coreos.com/*', mayRestartOwn('the Prometheus operator restarts the pods that it makes of it')],
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
    mayRestartOwn('CloudNativePG restarts the instances after some changes, one after another'),
  ],
  ['postgresql.cnpg.io/ScheduledBackup', noPods('the next backup follows it')],
  ['postgresql.cnpg.io/Backup', noPods('it is one backup')],
  ['postgresql.cnpg.io/Pooler', mayRestartOwn('CloudNativePG restarts its pods after some changes')],
  ['k8s.keycloak.org/Keycloak', mayRestartOwn('its operator makes the pods again after most changes')],
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
  [
    'tuppr.home-operations.com/TalosUpgrade',
    mayRestart('each node that has not this version yet is drained and restarts, and each pod on it with it'),
  ],
  [
    'tuppr.home-operations.com/KubernetesUpgrade',
    mayRestart('the control plane and the kubelet of each node that has not this version yet restart'),
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
  if (isResumed(before, after))
    return [
      {
        ...possibleRestart,
        fields: ['spec.suspend'],
        sentence:
          'it is no longer suspended: Flux applies what changed in the meantime, which is not listed here',
      },
    ];
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

/** Objects after whose change a controller may start and stop pods. */
export function isOfController(object: KubernetesObject): boolean {
  const known = knowledgeOf(object);
  if (known !== undefined) return known.does === 'may';
  const group = groupOf(object);
  return !ofKubernetes.has(group) && group !== 'helm.toolkit.fluxcd.io' && !isNetworkKind(object);
}

/** What a controller may do to pods that run where an object is new; undefined where it does nothing to them. */
export function effectOfNew(object: KubernetesObject): string | undefined {
  if (!isOfController(object)) return undefined;
  const known = knowledgeOf(object);
  if (known === undefined) return 'what its controller does to what runs is not known here';
  return known.does === 'may' && !known.own ? known.reason : undefined;
}

/** The groups of the API server itself, of which no kind is unknown. */
const ofKubernetes: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);

function knowledgeOf(object: KubernetesObject): Known | undefined {
  const group = groupOf(object);
  return kinds.get(`${group}/${object.kind}`) ?? kinds.get(`${group}/*`);
}

/** Labels and annotations that no controller acts on. Another one may ask a controller for something. */
function isHarmless(field: string): boolean {
  return /^metadata\.(?:labels|annotations)\["(?:app\.kubernetes\.io|helm\.sh|kustomize\.toolkit\.fluxcd\.io|kubectl\.kubernetes\.io|meta\.helm\.sh)\//.test(
    field,
  );
}

/** Whether Flux applies the objects of a Kustomization again. */
function isResumed(before: KubernetesObject, after: KubernetesObject): boolean {
  const [old, next] = [before, after].map((object) => valueAt(object, 'spec', 'suspend') === true);
  return groupOf(after) === 'kustomize.toolkit.fluxcd.io' && old === true && next === false;
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
