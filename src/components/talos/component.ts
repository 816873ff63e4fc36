import * as z from 'zod';
import type { ClusterSettings } from '../../config/clusterSettings.ts';
import { defineComponent, type RuleFinding } from '../contract/component.ts';
import type { Requirement, TalosApiRequirement } from '../contract/requirements.ts';
import { connectionsFor } from '../shared/connections.ts';
import { clusterDns, dnsPorts, talosApi, talosApiPorts } from '../shared/externalPeers.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { runsKubernetes, supportOf, talosSupport } from '../shared/talosVersions.ts';
import { talosChecks } from './checks.ts';
import { talosDocuments } from './documents.ts';
import { accessPatch } from './patch.ts';
import { releaseNotes } from './releaseNotes.ts';

/** What Talos itself has to be told, in the machine configuration of its nodes. */
export const talos = defineComponent<undefined>({
  name: 'talos',
  summary: 'What the nodes of Talos are told: which pods may call its API, and as what.',
  listing: { title: 'Talos API Access', area: 'operations', guide: 'docs/quickstart.md' },
  schema: z.undefined(),
  provides: { 'talos-api': { requires: connections } },
  rules: ({ provided, settings: { cluster } }) =>
    cluster.distribution === 'talos' ? pairProblem(cluster) : provided('talos-api').map(notOnTalos),
  build: ({ provided, settings }) => ({
    manifests: [],
    files: accessPatch(provided('talos-api'), settings.cluster.talos),
  }),
  checks: ({ provided, settings }) => talosChecks(provided('talos-api'), settings.cluster),
  documents: ({ provided, settings }) => talosDocuments(provided('talos-api'), settings.cluster),
  releaseNotes,
});

/** The API is behind the Service `talos.default`, whose endpoints are the nodes of the control plane. */
function connections({ clients, why, requester }: TalosApiRequirement): Requirement[] {
  const connect = connectionsFor('talos', requester.field);
  return clients.flatMap((from) => [
    connect(from, clusterDns, dnsPorts, 'the Service of the Talos API'),
    connect(from, talosApi, talosApiPorts, why),
  ]);
}

/** A pair that Talos does not run cannot be running: one of the two says what does not. */
function pairProblem({ talos, kubernetes }: ClusterSettings['cluster']): RuleFinding[] {
  if (talos === undefined || runsKubernetes(talos, kubernetes) !== false) return [];
  const [first, last] = supportOf(talos)?.kubernetes ?? [];
  const others = [...talosSupport.keys()].filter((minor) => runsKubernetes(`1.${minor}.0`, kubernetes));
  const isOlder = first !== undefined && Number(kubernetes.split('.')[1]) < first;
  return [
    {
      code: 'versions-do-not-fit',
      field: 'cluster.kubernetes',
      message: `Talos ${talos} does not run Kubernetes ${kubernetes}`,
      expected: `Kubernetes 1.${first} to 1.${last} with this Talos`,
      remedy:
        others.length === 0
          ? 'say what "talosctl version" and "kubectl version" print; no Talos that is known here runs this Kubernetes'
          : `say what "talosctl version" and "kubectl version" print. ${whatRuns(others)} this Kubernetes: upgrade ${isOlder ? 'Kubernetes' : 'Talos'} first`,
    },
  ];
}

function whatRuns(minors: readonly number[]): string {
  const [first, last] = [Math.min(...minors), Math.max(...minors)];
  return first === last ? `Talos 1.${first} runs` : `Talos 1.${first} to 1.${last} run`;
}

function notOnTalos({ requester, why }: TalosApiRequirement): RuleFinding {
  const who = requesterTitle(requester);
  return {
    code: 'claim-unanswered',
    field: requester.field,
    message: `${who} requires access to the Talos API (${requester.field}), for ${why}, and nothing provides it: the cluster does not run Talos`,
    expected: 'cluster.distribution: talos',
    remedy: `turn ${who} off: take the section away, or say enabled: false in it`,
  };
}
