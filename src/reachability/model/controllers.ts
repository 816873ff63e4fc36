import { textAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import { readRelease } from '../../manifests/helm/release.ts';
import { unrenderedRelease } from '../../manifests/helm/unrenderedRelease.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { grafana, keycloak, mover, upgrade, virtualMachine } from './controllers/applications.ts';
import { dragonfly, emqx, postgresCluster, postgresPooler } from './controllers/databases.ts';
import { type Controller, type ControllerOutput, nameOf } from './controllers/output.ts';
import type { Effect } from './unmodelled.ts';

/** Kinds whose controller creates pods, by API group and kind. */
const controllers: ReadonlyMap<string, Controller> = new Map<string, Controller>([
  ['postgresql.cnpg.io/Cluster', postgresCluster],
  ['postgresql.cnpg.io/Pooler', postgresPooler],
  ['dragonflydb.io/Dragonfly', dragonfly],
  ['apps.emqx.io/EMQX', emqx],
  ['grafana.integreatly.org/Grafana', grafana],
  ['volsync.backube/ReplicationSource', mover],
  ['volsync.backube/ReplicationDestination', mover],
  ['k8s.keycloak.org/Keycloak', keycloak],
  ['helm.toolkit.fluxcd.io/HelmRelease', release],
  ['helm.cattle.io/HelmChart', k3sChart],
  ['kubevirt.io/VirtualMachine', virtualMachine],
  ['kubevirt.io/VirtualMachineInstance', virtualMachine],
  ['tuppr.home-operations.com/TalosUpgrade', upgrade],
  ['tuppr.home-operations.com/KubernetesUpgrade', upgrade],
]);

/** What the controller of an object creates. The object may refer to another one of them. */
export function controllerOutputOf(
  source: SourcedObject,
  objects: readonly SourcedObject[],
): ControllerOutput | undefined {
  return controllers.get(`${groupOf(source.object)}/${source.object.kind}`)?.(source, objects);
}

/** A Helm chart that is not rendered: pods with any labels in its target namespace. */
function release(source: SourcedObject, objects: readonly SourcedObject[]): ControllerOutput {
  const read = readRelease(source, objects);
  return unrendered(read.namespace, source.unseen ?? unrenderedRelease(read, []));
}

/** The same of k3s, whose controller installs it. */
function k3sChart(source: SourcedObject): ControllerOutput {
  const namespace = textAt(source.object, 'spec', 'targetNamespace') ?? namespaceOf(source.object);
  const chart = textAt(source.object, 'spec', 'chart') ?? 'that it holds';
  return unrendered(namespace, {
    sentence: `What HelmChart ${namespaceOf(source.object)}/${nameOf(source)} makes of chart ${chart} is not rendered`,
    remedy: 'Render it with helm template, and check the result beside it',
  });
}

function unrendered(namespace: string, why: { sentence: string; remedy: string }): ControllerOutput {
  const effects: readonly Effect[] = ['pods', 'services', 'routes', 'policies'];
  return { workloads: [], services: [], unmodelled: { ...why, namespace, effects, rule: 'not rendered' } };
}
