import {
  type BuildContext,
  type Context,
  defineComponent,
  type Manifest,
  type RuleFinding,
} from '../contract/component.ts';
import type { Requirement } from '../contract/requirements.ts';
import { connectionsFor, tcp } from '../shared/connections.ts';
import { apiServer, apiServerPorts, internet, prometheus } from '../shared/externalPeers.ts';
import { withField } from '../shared/fluxKustomizations.ts';
import { helmRelease, ociRepository } from '../shared/release.ts';
import { requesterOf } from '../shared/requesters.ts';
import { tupprChecks } from './checks.ts';
import { tupprDocuments } from './documents.ts';
import {
  fluxKustomizations,
  jobs,
  metricsPort,
  namespace,
  operator,
  upgrades,
  webhookPort,
} from './names.ts';
import { releaseNotes } from './releaseNotes.ts';
import { type TupprSection, tupprSection } from './section.ts';
import { pathProblems } from './support.ts';
import { runningVersions, targetVersions, upgradeObjects } from './upgrades.ts';
import { chart } from './versions.ts';

/** Upgrades of Talos and Kubernetes, each along a way that Talos supports, and only while all is well. */
export const tuppr = defineComponent<TupprSection>({
  name: 'tuppr',
  section: 'tuppr',
  summary: 'Upgrades of Talos and Kubernetes, a node at a time, while all is well. On Talos only.',
  listing: { title: 'tuppr (Upgrades)', area: 'operations', guide: 'docs/upgrades.md' },
  schema: tupprSection,
  requires: requirements,
  provides: { health: {} },
  rules: versionRules,
  build: (context) => ({
    manifests: manifests(context),
    fluxKustomizations: [
      fluxKustomization(fluxKustomizations.operator, [], '10m'),
      fluxKustomization(fluxKustomizations.upgrades, [fluxKustomizations.operator.name], '10m'),
    ],
  }),
  checks: tupprChecks,
  documents: tupprDocuments,
  releaseNotes,
});

const { fluxKustomization, manifest } = withField('tuppr');
const requester = requesterOf('tuppr', 'tuppr');
const connect = connectionsFor('tuppr', 'tuppr');

function requirements({ settings }: Context<TupprSection>): Requirement[] {
  return [
    { kind: 'namespace', requester, name: namespace, podSecurity: 'restricted' },
    { kind: 'chart', requester, release: operator },
    {
      kind: 'talos-api',
      requester,
      namespace,
      roles: ['os:admin'],
      clients: [operator, jobs],
      why: 'upgrades',
    },
    connect(operator, apiServer, apiServerPorts, 'the objects that it looks after'),
    connect(apiServer, operator, tcp(webhookPort), 'the check of each upgrade that is asked for'),
    connect(operator, internet, tcp(443), 'whether the image of the installer is there'),
    connect(jobs, apiServer, apiServerPorts, 'the upgrade of Kubernetes'),
    ...prometheus(settings).map((from) =>
      connect(from, operator, tcp(metricsPort), 'how the upgrades are doing'),
    ),
  ];
}

function versionRules(context: BuildContext<TupprSection>): RuleFinding[] {
  // Elsewhere than on Talos, the requirement of its API reports the problem.
  if (context.settings.cluster.distribution !== 'talos') return [];
  const now = runningVersions(context);
  if (now === undefined)
    return [
      {
        code: 'needs-another',
        field: 'tuppr',
        message: 'tuppr is on, and cluster.talos does not say which version of Talos runs',
        expected: 'cluster.talos: the version that "talosctl version" prints for the nodes',
        remedy: 'without it nobody knows whether an upgrade leaves a version out',
      },
    ];
  return pathProblems(now, targetVersions(context, now));
}

function manifests(context: BuildContext<TupprSection>): Manifest[] {
  const { enabled } = context.settings.monitoring;
  const [talosUpgrade, kubernetesUpgrade] = upgradeObjects(context);
  return [
    manifest(fluxKustomizations.operator, 'ocirepository.yaml', [ociRepository(operator, chart)]),
    manifest(fluxKustomizations.operator, 'helmrelease.yaml', [
      helmRelease(operator, chart, {
        controller: { logLevel: 'info' },
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
        monitoring: { serviceMonitor: { enabled }, prometheusRule: { enabled } },
      }),
    ]),
    manifest(fluxKustomizations.upgrades, `${upgrades.talos}.yaml`, talosUpgrade ? [talosUpgrade] : []),
    manifest(
      fluxKustomizations.upgrades,
      `${upgrades.kubernetes}.yaml`,
      kubernetesUpgrade ? [kubernetesUpgrade] : [],
    ),
  ];
}
