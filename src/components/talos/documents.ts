import type { ClusterSettings } from '../../config/clusterSettings.ts';
import {
  type ComponentDocuments,
  type Decision,
  phases,
  type Step,
  type Symptom,
} from '../contract/documents.ts';
import type { TalosApiRequirement } from '../contract/requirements.ts';
import { fluxChapter } from '../shared/chapters.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { accessFor, patchFile, unasked } from './patch.ts';

/** The chapters about the Talos API in the operator documents, where a component requires it. */
export function talosDocuments(
  requirements: readonly TalosApiRequirement[],
  { distribution }: ClusterSettings['cluster'],
): ComponentDocuments {
  const tools = distribution === 'talos' ? ['talosctl'] : [];
  if (requirements.length === 0) return { tools };
  return {
    tools,
    decisions: [whoMayCall(requirements)],
    steps: [patchStep(requirements)],
    symptoms: [refused(requirements)],
  };
}

function whoMayCall(requirements: readonly TalosApiRequirement[]): Decision {
  const { roles, namespaces } = accessFor(requirements);
  const rows = requirements.map(
    ({ requester, namespace, roles: asked, why }) =>
      `| ${requesterTitle(requester)} | \`${namespace}\` | ${asked.map(quoted).join(', ')} | ${why} |`,
  );
  const more = unasked(requirements);
  const multiplied =
    more.length === 0
      ? 'Here they come to no more than what was asked for.'
      : `Here that makes possible what nobody asked for: ${more.map(({ role, namespace }) => `\`${role}\` in \`${namespace}\``).join(', ')}.
Talos has no way to say less. Whoever may create a ServiceAccount of \`talos.dev\` in one of these namespaces can have
any of the roles there, and \`os:admin\` is every node: let nobody create objects in them whom you would not give the
\`talosconfig\`.`;
  return {
    title: 'Which pods may call the Talos API',
    decided: `Pods of ${namespaces.map(quoted).join(' and ')} may, with the ${roles.length === 1 ? 'role' : 'roles'} ${roles.map(quoted).join(' and ')}.`,
    because: `Talos lets no pod call its API unless the machine configuration of the node says so (\`machine.features.kubernetesTalosAPIAccess\`).
It has **two flat lists, and they multiply**: each role is possible in each namespace. ${multiplied}

| who | namespace | roles | for |
|---|---|---|---|
${rows.join('\n')}

The patch is \`${patchFile}\`. It is made of what asks for it: a component that is turned off takes its role and its
namespace with it, once the nodes are told.`,
  };
}

function quoted(text: string): string {
  return `\`${text}\``;
}

function patchStep(requirements: readonly TalosApiRequirement[]): Step {
  const { roles, namespaces } = accessFor(requirements);
  const who = [...new Set(requirements.map(({ requester }) => requesterTitle(requester)))].join(' and ');
  return {
    phase: phases.prepare,
    title: 'Let pods call the Talos API',
    minutes: 5,
    body: `Every node is told which pods may call the Talos API, and as what. Without it the Secrets that Talos makes for ${who} never
appear. Where the machine configuration is made by a tool (talhelper, topf, \`talosctl gen config\`), give it
\`${patchFile}\` as a patch for all nodes. On nodes that run already:

\`\`\`sh
kubectl get nodes -o jsonpath='{range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address}{"\\n"}{end}' |
  while read -r node; do
    talosctl -n "$node" patch machineconfig --mode no-reboot \\
      --patch '{"machine":{"features":{"kubernetesTalosAPIAccess":{"$patch":"delete"}}}}' \\
      --patch @${patchFile} < /dev/null
  done
\`\`\`

The first patch takes away what was there: Talos appends to lists, so that a role which is no longer asked for would stay.`,
    check: `\`talosctl -n NODE get machineconfig v1alpha1 -o yaml | grep -A 8 kubernetesTalosAPIAccess\` shows \`enabled: true\`, ${[...roles, ...namespaces].map(quoted).join(', ')}, each once, for every node.`,
  };
}

function refused(requirements: readonly TalosApiRequirement[]): Symptom {
  const [first] = requirements;
  const namespace = first?.namespace ?? '';
  return {
    chapter: fluxChapter,
    symptom:
      'A pod waits for a Secret that Talos was to make: `MountVolume.SetUp failed … secret … not found`',
    causes: [
      {
        cause: 'the machine configuration does not allow it: the patch did not reach the control plane',
        look: '`talosctl -n NODE get machineconfig v1alpha1 -o yaml | grep -A 8 kubernetesTalosAPIAccess`',
        fix: `the step "Let pods call the Talos API" of the quickstart`,
      },
      {
        cause: 'the role or the namespace is not in the two lists',
        look: `\`kubectl -n ${namespace} describe serviceaccounts.talos.dev\``,
        fix: `\`gatehouse configure\`, and give the nodes \`${patchFile}\` again`,
      },
    ],
  };
}
