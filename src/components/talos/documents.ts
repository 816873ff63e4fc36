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
import { onEachNode, type TalosApiSetting, talosApiSetting } from '../shared/talosVersions.ts';
import { accessFor, patchFile, unasked } from './patch.ts';

/** The chapters about the Talos API in the operator documents, where a component requires it. */
export function talosDocuments(
  requirements: readonly TalosApiRequirement[],
  { distribution, talos }: ClusterSettings['cluster'],
): ComponentDocuments {
  const tools = distribution === 'talos' ? ['talosctl'] : [];
  const setting = talosApiSetting(talos);
  if (requirements.length === 0) return { tools };
  return {
    tools,
    decisions: [whoMayCall(requirements, setting)],
    steps: [patchStep(requirements, setting)],
    symptoms: [refused(requirements, setting)],
  };
}

function whoMayCall(requirements: readonly TalosApiRequirement[], setting: TalosApiSetting): Decision {
  const { name, isDocument } = setting;
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
    because: `Talos lets no pod call its API unless the machine configuration of the node says so (${isDocument ? `the document \`${name}\`, on the control plane` : `\`machine.features.${name}\``}).
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

function patchStep(requirements: readonly TalosApiRequirement[], setting: TalosApiSetting): Step {
  const { roles, namespaces } = accessFor(requirements);
  const who = [...new Set(requirements.map(({ requester }) => requesterTitle(requester)))].join(' and ');
  return {
    phase: phases.prepare,
    title: 'Let pods call the Talos API',
    minutes: 5,
    body: `${setting.nodes.replace(/^e/, 'E')} is told which pods may call the Talos API, and as what. Without it the Secrets that Talos makes for ${who} never
appear. Where the machine configuration is made by a tool (talhelper, topf, \`talosctl gen config\`), give it
\`${patchFile}\` as a patch for ${setting.isDocument ? 'the control plane: Talos refuses it on a worker' : 'all nodes'}. On nodes that run already:

\`\`\`sh
${onEachNode(
  setting,
  `    talosctl -n "$node" patch machineconfig --mode no-reboot \\
${removals(setting)}      --patch @${patchFile} < /dev/null`,
)}
\`\`\`

${
  setting.isDocument
    ? `The patches before it take away what was there. Talos appends to lists, so that a role which is no longer asked for would
stay; and it refuses the document beside \`machine.features.kubernetesTalosAPIAccess\`, which it had before 1.14. That one cannot be taken away
where there is none, so it is set first. A worker that has it does nothing with it. The talosctl that you use has to be 1.14 or
later.`
    : 'The first patch takes away what was there: Talos appends to lists, so that a role which is no longer asked for would stay.'
}`,
    check: `\`${lookFor(setting)}\` shows ${setting.isDocument ? '' : '`enabled: true`, '}${[...roles, ...namespaces].map(quoted).join(', ')}, each once, for ${setting.nodes}.`,
    again: true,
  };
}

/** Patches, in their order, after which a node has neither form of the setting. */
function removals({ isDocument }: TalosApiSetting): string {
  const feature = (value: unknown) => ({ machine: { features: { kubernetesTalosAPIAccess: value } } });
  const remove = { $patch: 'delete' };
  const patches = isDocument
    ? [
        { apiVersion: 'v1alpha1', kind: 'KubeTalosAPIAccessConfig', ...remove },
        feature({ enabled: false }),
        feature(remove),
      ]
    : [feature(remove)];
  return patches.map((patch) => `      --patch '${JSON.stringify(patch)}' \\\n`).join('');
}

function lookFor({ name }: TalosApiSetting): string {
  return `talosctl -n NODE get machineconfig v1alpha1 -o yaml | grep -A 8 ${name}`;
}

function refused(requirements: readonly TalosApiRequirement[], setting: TalosApiSetting): Symptom {
  const [first] = requirements;
  const namespace = first?.namespace ?? '';
  return {
    chapter: fluxChapter,
    symptom:
      'A pod waits for a Secret that Talos was to make: `MountVolume.SetUp failed … secret … not found`',
    causes: [
      {
        cause: 'the machine configuration does not allow it: the patch did not reach the control plane',
        look: `\`${lookFor(setting)}\``,
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
