import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer, Check } from '../../live/check.ts';
import type { LiveCluster, ServedKind } from '../../live/cluster.ts';
import { broken, kept, notChecked } from './answers.ts';
import type { DoctorContext } from './context.ts';
import { liveCheck } from './liveCheck.ts';

/** Whether the API server knows every kind of the objects, in the version in which they are written. */
export function definitionChecks({ plan }: DoctorContext): Check[] {
  const groups = new Map<string, Map<string, KubernetesObject>>();
  for (const { object } of plan.objects) {
    const group = groupOf(object);
    // The API server's own groups have no dot, or end so.
    if (!group.includes('.') || (group.endsWith('.k8s.io') && !customOfKubernetes.has(group))) continue;
    const kinds = groups.get(group) ?? new Map<string, KubernetesObject>();
    groups.set(group, kinds.set(`${object.apiVersion} ${object.kind}`, object));
  }
  const releases = plan.objects
    .filter(({ object }) => object.kind === 'HelmRelease')
    .map(({ object }) => object);
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([group, kinds]) =>
      liveCheck(
        {
          id: `definitions-${group.replaceAll('.', '-')}`,
          promise: `The API server knows the kinds of ${group}`,
          remedy: remedyOf(group),
        },
        async (cluster) => {
          const { served, missing } = await cluster.kinds();
          if (missing.some((each) => each.startsWith(group)))
            return notChecked(`The server of ${group} does not answer`, 'kubectl get apiservices');
          return answer(cluster, served, [...kinds.values()], bringerOf(group, releases));
        },
      ),
    );
}

/** Definitions under the name of Kubernetes that no API server brings. */
const customOfKubernetes = new Set([
  'gateway.networking.k8s.io',
  'snapshot.storage.k8s.io',
  'policy.networking.k8s.io',
]);

async function answer(
  cluster: LiveCluster,
  served: readonly ServedKind[],
  objects: readonly KubernetesObject[],
  bringer: KubernetesObject | undefined,
): Promise<Answer> {
  const has = ({ apiVersion, kind }: KubernetesObject): boolean =>
    served.some((each) => each.apiVersion === apiVersion && each.kind === kind);
  const lacking = objects.filter((object) => !has(object));
  const name = ({ apiVersion, kind }: KubernetesObject): string => `${kind} (${apiVersion})`;
  if (lacking.length === 0) return kept(...objects.map(name));
  const evidence = lacking.map((object) => {
    const others = served
      .filter(
        (each) => each.kind === object.kind && groupOf({ apiVersion: each.apiVersion }) === groupOf(object),
      )
      .map(({ apiVersion }) => apiVersion);
    return others.length > 0
      ? `${name(object)} is served as ${others.join(', ')} only`
      : `${name(object)} is not served`;
  });
  if (bringer === undefined) return broken(evidence);
  const { apiVersion, kind, metadata } = bringer;
  const there = await cluster.get({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace });
  const release = `the HelmRelease ${metadata.namespace}/${metadata.name}`;
  return there === undefined
    ? kept(`Not there yet: ${release} brings them, and is applied first`)
    : broken(
        evidence,
        `${release} should have brought them: kubectl -n ${metadata.namespace} describe helmrelease ${metadata.name}`,
      );
}

/** The release of this repository whose chart brings the definitions of a group. */
function bringerOf(group: string, releases: readonly KubernetesObject[]): KubernetesObject | undefined {
  const wanted = bringers.find(([groups]) => groups.test(group))?.[1];
  return releases.find(({ metadata }) => metadata.name === wanted);
}

const bringers: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)cert-manager\.io$/, 'cert-manager'],
  [/^volsync\.backube$/, 'volsync'],
  [/^tuppr\.home-operations\.com$/, 'tuppr'],
];

function remedyOf(group: string): string {
  if (group.endsWith('toolkit.fluxcd.io'))
    return 'Install Flux, as docs/quickstart.md says under "Install Flux"';
  if (group === 'monitoring.coreos.com')
    return 'Install kube-prometheus-stack, or set monitoring.enabled: false in cluster.yaml';
  if (group === 'cilium.io') return 'Install Cilium, or name another policyEnforcer in cluster.yaml';
  if (group === 'talos.dev')
    return 'Turn on the access of pods to the Talos API, as docs/quickstart.md says: it makes the definition';
  return `Install the definitions of ${group}`;
}
