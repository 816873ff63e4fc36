import { fluxNamespace } from '../../components/shared/reconciliation.ts';
import { mapsAt, numberAt, textAt, textMapAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer, Check } from '../../live/check.ts';
import type { LiveCluster } from '../../live/cluster.ts';
import { broken, kept, notChecked, unlessWrong } from './answers.ts';
import type { DoctorContext } from './context.ts';
import { liveCheck } from './liveCheck.ts';

/** What runs in the cluster before anything of Git does: Flux, and what k3s brought along. */
export function clusterChecks({ plan, configuration }: DoctorContext): Check[] {
  const { cluster: settings } = configuration.loaded.cluster;
  const charts = plan.objects.some(({ object }) => object.kind === 'HelmRelease');
  const controllers = ['source-controller', 'kustomize-controller', ...(charts ? ['helm-controller'] : [])];
  const namespaces = new Set(plan.objects.map(({ object }) => object).flatMap(podNamespace));
  return [
    liveCheck(
      {
        id: 'clock',
        promise: 'The clock of the API server and that of this computer differ by at most 30 seconds',
        remedy: 'timedatectl set-ntp true, here and on the nodes of the control plane',
      },
      clock,
    ),
    liveCheck(
      {
        id: 'flux',
        promise: `Flux runs, with ${controllers.join(', ')}`,
        remedy: `flux install --components=${controllers.join(',')}`,
      },
      (cluster) => flux(cluster, controllers),
    ),
    ...(settings.distribution === 'k3s'
      ? [k3sCheck(settings.network.loadBalancer.kind === 'servicelb')]
      : []),
    liveCheck(
      {
        id: 'pod-security',
        promise: 'Every namespace in which pods of this repository run says its Pod Security level itself',
        remedy:
          'Label the namespace with pod-security.kubernetes.io/enforce and the level that its pods need',
      },
      (cluster) =>
        podSecurity(
          cluster,
          plan.objects.map(({ object }) => object),
          namespaces,
        ),
    ),
  ];
}

async function clock(cluster: LiveCluster): Promise<Answer> {
  // Any answer brings the time of the server with it.
  await cluster.version();
  const ahead = cluster.clockAhead();
  if (ahead === undefined) return notChecked('The API server does not say what time it is');
  const seconds = Math.round(ahead / 1_000);
  const words = `The clock of the API server is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`;
  return unlessWrong(
    Math.abs(ahead) > 30_000 ? [`${words}: tokens and certificates may count as invalid`] : [],
    [words],
  );
}

async function flux(cluster: LiveCluster, controllers: readonly string[]): Promise<Answer> {
  const found =
    (await cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: fluxNamespace })) ?? [];
  const states = controllers.map((name) => {
    const deployment = found.find(({ metadata }) => metadata.name === name);
    const ready = numberAt(deployment, 'status', 'readyReplicas') ?? 0;
    return { name, deployment, ready };
  });
  const wrong = states.flatMap(({ name, deployment, ready }) =>
    deployment === undefined
      ? [`There is no ${fluxNamespace}/${name}`]
      : ready === 0
        ? [`${fluxNamespace}/${name} is not ready`]
        : [],
  );
  return unlessWrong(
    wrong,
    states.map(({ name, deployment }) => `${name} ${imageVersion(deployment)}`),
  );
}

function imageVersion(deployment: KubernetesObject | undefined): string {
  const [container] = mapsAt(deployment, 'spec', 'template', 'spec', 'containers');
  return /:([^:@/]+)(@.*)?$/.exec(textAt(container, 'image') ?? '')?.[1] ?? 'of an unknown version';
}

/** k3s opens the ports 80 and 443 of every node for what is in no repository. */
function k3sCheck(serviceLb: boolean): Check {
  const title = serviceLb ? 'Turn off Traefik' : 'Turn off Traefik and ServiceLB';
  return liveCheck(
    {
      id: 'k3s-extras',
      promise: `k3s brought along no Traefik${serviceLb ? '' : ' and no ServiceLB'}`,
      field: 'cluster.network.loadBalancer',
      remedy: `docs/quickstart.md, "${title}", has the commands`,
      replaces: `docs/quickstart.md, "${title}"`,
    },
    async (cluster) => {
      const namespace = 'kube-system';
      const [charts, deployments, sets] = await Promise.all([
        cluster.list({ apiVersion: 'helm.cattle.io/v1', kind: 'HelmChart', namespace }),
        cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment', namespace }),
        cluster.list({ apiVersion: 'apps/v1', kind: 'DaemonSet', namespace }),
      ]);
      const traefik = [...(charts ?? []), ...(deployments ?? [])].filter(({ metadata }) =>
        /^traefik(-crd)?$/.test(metadata.name),
      );
      const balancers = serviceLb
        ? []
        : (sets ?? []).filter(({ metadata }) => metadata.name.startsWith('svclb-'));
      return unlessWrong(
        [...traefik, ...balancers].map(
          (object) => `${object.kind} ${namespace}/${object.metadata.name}${portsOf(object)}`,
        ),
        ['Neither its charts nor its Deployments and DaemonSets are there'],
      );
    },
  );
}

function portsOf(object: KubernetesObject): string {
  const ports = mapsAt(object, 'spec', 'template', 'spec', 'containers')
    .flatMap((container) => mapsAt(container, 'ports'))
    .flatMap((port) => numberAt(port, 'hostPort') ?? []);
  return ports.length === 0 ? '' : ` holds the ports ${ports.join(', ')} of the nodes`;
}

function podNamespace(object: KubernetesObject): string[] {
  const isRunning =
    valueAt(object, 'spec', 'template', 'spec', 'containers') !== undefined ||
    valueAt(object, 'spec', 'jobTemplate') !== undefined ||
    ['HelmRelease', 'ReplicationSource', 'Pod'].includes(object.kind);
  const { namespace } = object.metadata;
  // Talos exempts this one from its default level, and every cluster has it.
  return isRunning && namespace !== undefined && namespace !== 'kube-system' ? [namespace] : [];
}

const level = 'pod-security.kubernetes.io/enforce';

/** The default level of a cluster shows nowhere: it is in a file of the API server. */
async function podSecurity(
  cluster: LiveCluster,
  planned: readonly KubernetesObject[],
  namespaces: ReadonlySet<string>,
): Promise<Answer> {
  const live = (await cluster.list({ apiVersion: 'v1', kind: 'Namespace' })) ?? [];
  const levelOf = (objects: readonly KubernetesObject[], name: string): string | undefined => {
    const found = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);
    return found === undefined ? undefined : textMapAt(found.metadata, 'labels').get(level);
  };
  const said = [...namespaces].sort().map((name) => ({
    name,
    wanted: levelOf(planned, name),
    now: levelOf(live, name),
    isThere: live.some(({ metadata }) => metadata.name === name),
  }));
  const foreign = said.filter(({ wanted, isThere }) => wanted === undefined && !isThere);
  if (foreign.length > 0)
    return broken(
      foreign.map(({ name }) => `The namespace ${name} is not there, and this repository does not make it`),
      `kubectl create namespace ${foreign[0]?.name}`,
    );
  const silent = said.filter(({ wanted, now }) => wanted === undefined && now === undefined);
  if (silent.length > 0)
    return notChecked(
      `${silent.map(({ name }) => name).join(', ')} ${silent.length === 1 ? 'has' : 'have'} the default level of the cluster, which no object shows (Talos: baseline)`,
      `kubectl -n ${silent[0]?.name} run level --image=none --dry-run=server --overrides='{"spec":{"hostNetwork":true}}' is refused where the level is baseline or restricted`,
    );
  return kept(
    ...said.map(({ name, wanted, now }) =>
      now === undefined ? `${name} will have ${wanted}` : `${name} has ${now}`,
    ),
  );
}
