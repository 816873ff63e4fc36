import semver from 'semver';
import type { KubernetesUpgrade, TalosUpgrade } from '../../kubernetes/types.ts';
import type { BuildContext } from '../contract/component.ts';
import { objectLabels } from '../shared/labels.ts';
import { operator, upgrades } from './names.ts';
import type { TupprSection } from './section.ts';
import type { Versions } from './support.ts';

type TupprContext = Pick<BuildContext<TupprSection>, 'section' | 'settings' | 'provided'>;
type HealthCheck = NonNullable<NonNullable<TalosUpgrade['spec']>['healthChecks']>[number];
const apiVersion = 'tuppr.home-operations.com/v1alpha1';

/** What runs, as far as the configuration says it. */
export function runningVersions({
  settings: { cluster },
}: Pick<TupprContext, 'settings'>): Versions | undefined {
  const { talos, kubernetes } = cluster;
  return talos === undefined ? undefined : { talos: bare(talos), kubernetes: bare(kubernetes) };
}

/** What is to run: what nobody says stays as it is. */
export function targetVersions({ section }: Pick<TupprContext, 'section'>, now: Versions): Versions {
  const { talos = now.talos, kubernetes = now.kubernetes } = section;
  return { talos: bare(talos), kubernetes: bare(kubernetes) };
}

function bare(version: string): string {
  return semver.clean(version) ?? version;
}

const nodesReady: HealthCheck = {
  apiVersion: 'v1',
  kind: 'Node',
  expr: 'status.conditions.exists(c, c.type == "Ready" && c.status == "True")',
  description: 'Every node is ready',
};

/**
 * What has to hold before a node goes down, from what is enabled. Each expression is CEL over `object` and `status`;
 * one that fails is no answer, and the node waits (`internal/healthcheck/checker.go`).
 */
export function healthChecks({ section, provided }: TupprContext): HealthCheck[] {
  const required = provided('health').map(
    ({ of, expr, description }): HealthCheck => ({ ...of, expr, description }),
  );
  const ceph: HealthCheck[] =
    section.ceph === undefined
      ? []
      : [
          {
            apiVersion: 'ceph.rook.io/v1',
            kind: 'CephCluster',
            namespace: section.ceph,
            expr: 'has(status.ceph) && status.ceph.health == "HEALTH_OK"',
            description: 'Ceph is healthy',
          },
        ];
  return [nodesReady, ...required, ...ceph].map((check) => ({ ...check, timeout: '30m' }));
}

/** The two objects, with their targets. tuppr works at one of them at a time. */
export function upgradeObjects(context: TupprContext): (TalosUpgrade | KubernetesUpgrade)[] {
  const now = runningVersions(context);
  if (now === undefined) return [];
  const target = targetVersions(context, now);
  const { windows, drain } = context.section;
  const common = {
    healthChecks: healthChecks(context),
    ...(windows.length > 0 ? { maintenance: { windows } } : {}),
  };
  const labels = objectLabels(operator);
  return [
    {
      apiVersion,
      kind: 'TalosUpgrade',
      metadata: { name: upgrades.talos, labels },
      spec: {
        talos: { version: `v${target.talos}` },
        // etcd is never put at risk for an upgrade (`force`), and a node goes down only when another can run the Job.
        policy: { debug: false, force: false, placement: 'hard', waitForVolumeDetach: true },
        ...(drain ? { drain: { enabled: true } } : {}),
        ...common,
      },
    },
    {
      apiVersion,
      kind: 'KubernetesUpgrade',
      metadata: { name: upgrades.kubernetes, labels },
      spec: { kubernetes: { version: `v${target.kubernetes}` }, ...common },
    },
  ];
}
