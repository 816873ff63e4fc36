import type { BuildContext } from '../contract/component.ts';
import {
  type ComponentDocuments,
  type Decision,
  type Page,
  phases,
  type Step,
  type Symptom,
} from '../contract/documents.ts';
import { fluxChapter } from '../shared/chapters.ts';
import { onEachNode, talosApiSetting, talosSupport } from '../shared/talosVersions.ts';
import { fluxKustomizations, jobs, namespace, operator, upgrades, webhookPort } from './names.ts';
import type { TupprSection } from './section.ts';
import { healthChecks, runningVersions, targetVersions } from './upgrades.ts';
import { chart } from './versions.ts';

type TupprContext = BuildContext<TupprSection>;
const page = 'docs/upgrades.md';

/** The chapters of the upgrades in the operator documents. */
export function tupprDocuments(context: TupprContext): ComponentDocuments {
  return {
    decisions: [whatWaits(context), whenTheyBegin(context), reach(context)],
    steps: [verifyStep(context)],
    symptoms: [stuck],
    pages: [upgradesPage(context)],
  };
}

function whatWaits(context: TupprContext): Decision {
  const rows = healthChecks(context).map(
    ({ description = '', apiVersion, kind, namespace: where, expr }) =>
      `| ${description} | \`${kind}\` of \`${apiVersion}\`${where === undefined ? '' : ` in \`${where}\``} | \`${expr.replaceAll('|', '\\|')}\` |`,
  );
  return {
    title: 'What has to hold before a node goes down',
    decided: 'All of the lines below, for each object of the kind, before every single node.',
    because: `They follow from what is enabled. An expression that cannot be evaluated is no consent: the node waits, and after half an hour
the upgrade says which check did not hold. Nodes go down one at a time${context.section.drain ? ', are emptied before' : ''}, and the Job that upgrades one runs on
another. etcd is never put at risk for it (\`force\` stays off).

| what holds | of | expression |
|---|---|---|
${rows.join('\n')}`,
    field: 'tuppr.ceph',
  };
}

function whenTheyBegin({ section: { windows } }: TupprContext): Decision {
  const rows = windows.map(({ start, duration, timezone }) => `| \`${start}\` | ${duration} | ${timezone} |`);
  return {
    title: 'When upgrades begin',
    decided:
      windows.length === 0
        ? 'At any time: as soon as a commit with a new version is applied.'
        : 'In these windows alone; what has begun is finished.',
    because: `A node that starts again takes its pods away for minutes. Between two nodes the window is looked at again, so that a cluster may
be half upgraded until the next one; Talos is made for that.${
      windows.length === 0 ? '' : `\n\n| opens | for | time zone |\n|---|---|---|\n${rows.join('\n')}`
    }`,
    field: 'tuppr.windows',
  };
}

function reach({ settings }: TupprContext): Decision {
  const labels = (of: Record<string, string>): string =>
    Object.entries(of)
      .map(([key, value]) => `\`${key}: ${value}\``)
      .join(' ');
  return {
    title: 'What the pods of tuppr reach',
    decided:
      'The controller reaches the API server, the Talos API and registries; its Jobs the first two; the API server asks the controller.',
    because: `| pods | selected by | reach | are reached by |
|---|---|---|---|
| the controller | ${labels(operator.labels)} | DNS, the API server, the Talos API of the control plane, port 443 of the internet (is the image of the installer there?) | the API server at ${webhookPort}${settings.monitoring.enabled ? ', Prometheus' : ''} |
| its Jobs | ${labels(jobs.labels)} | DNS, the API server, the Talos API of the control plane | nobody |

The controller may read every object of the cluster, which its health checks need, Secrets among them (\`rbac.tpl\` of ${chart.name} ${chart.version}),
and is administrator of every node (\`os:admin\`). That is what upgrading takes; without it, leave the section out and
upgrade by hand with \`talosctl\`.`,
    field: 'tuppr.enabled',
  };
}

/** Verifies the controller, from the machine configuration to the health checks. */
function verifyStep(context: TupprContext): Step {
  const checks = healthChecks(context).length;
  const setting = talosApiSetting(context.settings.cluster.talos);
  return {
    phase: phases.finish,
    title: 'See that upgrades would work',
    minutes: 10,
    body: `\`gatehouse verify --only tuppr,talos\` asks all of this, and shows what it saw. By hand, each line asks for what the one after it needs.

1. The nodes let it call the Talos API, as \`os:admin\`. ${setting.nodes.replace(/^e/, 'E')} says so:

\`\`\`sh
${onEachNode(setting, `    talosctl -n "$node" get machineconfig v1alpha1 -o yaml < /dev/null | grep -A 8 ${setting.name}`)}
\`\`\`

2. Talos has made the Secret, and the controller runs:

\`\`\`sh
kubectl -n ${namespace} get secret tuppr-talosconfig
kubectl -n ${namespace} get pods
\`\`\`

3. Its two kinds are there, and one object of each:

\`\`\`sh
kubectl get crd | grep tuppr
kubectl get talosupgrade,kubernetesupgrade
\`\`\`

4. The ${checks} checks hold when they are evaluated. An upgrade that has nothing to do evaluates none, so read what they
read, and look at the events when the first upgrade begins:

\`\`\`sh
kubectl get talosupgrade ${upgrades.talos} -o jsonpath='{range .spec.healthChecks[*]}{.description}{": "}{.expr}{"\\n"}{end}'
kubectl get nodes
kubectl describe talosupgrade ${upgrades.talos} | grep -A 20 Events
\`\`\``,
    check: `\`os:admin\` and \`${namespace}\` for ${setting.nodes}; one pod \`Running\`; \`kubernetesupgrades\` and \`talosupgrades\`; both objects \`Completed\` where what runs is what should, and \`Pending\` until a window opens where it is not. During an upgrade, \`HealthChecksPassed\`.`,
  };
}

function upgradesPage(context: TupprContext): Page {
  const now = runningVersions(context);
  const target = now && targetVersions(context, now);
  const rows = [...talosSupport]
    .reverse()
    .map(([talos, { kubernetes, from }]) => `| 1.${talos} | 1.${from} | 1.${kubernetes.join(' to 1.')} |`);
  return {
    path: page,
    title: 'Upgrades of Talos and Kubernetes',
    content: `\`cluster.yaml\` says what runs (\`cluster.talos\`: ${now?.talos ?? 'unknown'}, \`cluster.kubernetes\`: ${now?.kubernetes ?? 'unknown'}) and what is to run
(\`tuppr.talos\`: ${target?.talos ?? 'unknown'}, \`tuppr.kubernetes\`: ${target?.kubernetes ?? 'unknown'}). tuppr takes any version that it is given. \`gatehouse configure\`
does not: it refuses a step back, a minor version that may not be left out, and a pair that Talos does not run, and says the way.
Talos lets one of its own be left out (1.12 → 1.14), and recommends the last release of each; Kubernetes lets none.

## An upgrade

1. Make a copy of etcd, and see that the backups of the volumes are there.
2. Read the release notes of the version. Talos first, Kubernetes after it; never both in one commit where the table
   below does not allow every pair on the way.
3. Say it in \`cluster.yaml\`, as \`tuppr.talos\` or \`tuppr.kubernetes\`. Then:

\`\`\`sh
gatehouse configure
git add -A
gatehouse scan --staged
git commit -m 'Upgrade'
git push
\`\`\`

4. Watch it. Outside of a window it stays \`Pending\` and says until when.

\`\`\`sh
kubectl get talosupgrade,kubernetesupgrade -w
kubectl -n ${namespace} logs -f -l app.kubernetes.io/part-of=tuppr
\`\`\`

5. When it is \`Completed\`, say the new version in \`cluster.talos\` or \`cluster.kubernetes\`: the next upgrade is measured by it.

To stop one that waits, put \`tuppr.talos\` back to what runs. One that has begun cannot be changed: it is finished, or it fails
and waits for you.

${now === undefined || talosApiSetting(now.talos).isDocument ? '' : beforeDocuments}## To take tuppr away

Each of the two objects has a finalizer that the controller takes off. Delete them while it still runs, or they stay for ever:

\`\`\`sh
flux suspend kustomization ${fluxKustomizations.upgrades.name}
kubectl delete talosupgrade,kubernetesupgrade --all
\`\`\`

Then say \`enabled: false\` in the section \`tuppr\`, \`gatehouse configure\`, push, and give the nodes the patch again.

## Which Talos runs which Kubernetes

| Talos | is upgraded to from | runs Kubernetes |
|---|---|---|
${rows.join('\n')}`,
  };
}

/** What Talos 1.14 changes for a cluster that comes from before (CHANGELOG.md of siderolabs/talos). */
const beforeDocuments = `## Before Talos 1.14

- The image \`ghcr.io/siderolabs/installer\` has no 1.14: the installer comes from the Image Factory. tuppr asks for the new
  version of the image that a node was installed with, so see which that is. Where this prints \`ghcr.io/siderolabs/installer\`, annotate
  the node with \`tuppr.home-operations.com/factory-url\` and \`tuppr.home-operations.com/schematic\` first:

\`\`\`sh
talosctl -n NODE get machineconfig v1alpha1 -o yaml | grep -A 3 'install:'
\`\`\`

- etcd is 3.6 or later. A machine configuration that names another (\`cluster.etcd.image\`) has to let go of it.
- etcd's metrics and its health are at port 2383, no longer at 2379: rules of a firewall and what Prometheus asks move with them,
  and 2383 is closed wherever 2379 is.
- The talosctl on your computer is 1.14 too: an older one does not know the new documents.
- When 1.14 runs, say so in \`cluster.talos\`. The patch of the Talos API is a document from then on: do the step "Let pods call the
  Talos API" of the quickstart again. Until then the old one holds.
- In-tree volumes of iSCSI and FlexVolume no longer work; drivers (CSI) do.

`;

const stuck: Symptom = {
  chapter: fluxChapter,
  symptom: 'An upgrade does not begin, or `TalosUpgrade` is refused',
  intro: '`kubectl describe talosupgrade,kubernetesupgrade` says the phase, the reason and the events.',
  causes: [
    {
      cause: '`MaintenanceWindow`: no window is open',
      look: '`kubectl get talosupgrade talos -o yaml`, below `status`',
      fix: 'wait, or change `tuppr.windows`',
    },
    {
      cause: '`HealthChecksFailed`: something of [what has to hold](decisions.md) does not',
      look: `\`kubectl -n ${namespace} logs deploy/tuppr\` names the check`,
      fix: 'what the check is about. Removing the check fixes nothing',
    },
    {
      cause: '`WaitingForOtherUpgrade`: Talos and Kubernetes take turns',
      look: '`kubectl get talosupgrade,kubernetesupgrade`',
      fix: 'nothing: it goes on by itself',
    },
    {
      cause: `\`failed calling webhook … context deadline exceeded\`: the API server does not reach the controller at ${webhookPort}. Without Cilium, the policy knows the control plane by \`cluster.network.controlPlane\`, and a network plugin may hide these addresses behind those of its tunnel`,
      look: `\`kubectl -n ${namespace} describe networkpolicy tuppr\`, and the addresses from which requests come`,
      fix: 'add the address of the tunnel of each control plane node (the first of its pod range) to `cluster.network.controlPlane`',
    },
    {
      cause: `\`talosconfig secret … not found\`: Talos has not made it`,
      look: `\`kubectl -n ${namespace} describe serviceaccounts.talos.dev tuppr-talosconfig\``,
      fix: 'the step "Let pods call the Talos API" of the quickstart',
    },
  ],
};
