import * as z from 'zod';
import { defineComponent, type RuleFinding } from '../contract/component.ts';
import type { Requirement, TalosApiRequirement } from '../contract/requirements.ts';
import { connectionsFor } from '../shared/connections.ts';
import { clusterDns, dnsPorts, talosApi, talosApiPorts } from '../shared/externalPeers.ts';
import { talosDocuments } from './documents.ts';
import { accessPatch } from './patch.ts';

/** What Talos itself has to be told, in the machine configuration of its nodes. */
export const talos = defineComponent<undefined>({
  name: 'talos',
  summary: 'What the nodes of Talos are told: which pods may call its API, and as what.',
  schema: z.undefined(),
  provides: ['talos-api'],
  providerRequires: (requirement) => (requirement.kind === 'talos-api' ? reaches(requirement) : []),
  rules: ({ provided, settings: { cluster } }) =>
    cluster.distribution === 'talos' ? [] : claimsOf(provided).map(notOnTalos),
  build: ({ provided }) => ({ manifests: [], files: accessPatch(claimsOf(provided)) }),
  documents: ({ provided, settings }) => talosDocuments(claimsOf(provided), settings.cluster),
});

function claimsOf(provided: readonly Requirement[]): TalosApiRequirement[] {
  return provided.filter(
    (requirement): requirement is TalosApiRequirement => requirement.kind === 'talos-api',
  );
}

/** The API stands behind the Service `talos.default`, whose endpoints are the nodes of the control plane. */
function reaches({ clients, field, why }: TalosApiRequirement): Requirement[] {
  const reach = connectionsFor('talos', field);
  return clients.flatMap((from) => [
    reach(from, clusterDns, dnsPorts, 'the Service of the Talos API'),
    reach(from, talosApi, talosApiPorts, why),
  ]);
}

function notOnTalos({ by, field, why }: TalosApiRequirement): RuleFinding {
  return {
    code: 'claim-unanswered',
    field,
    message: `${by} asks for access to the Talos API (${field}), for ${why}, and nothing gives it: the cluster does not run Talos`,
    expected: 'cluster.distribution: talos',
    remedy: `turn ${by} off: take the section away, or say enabled: false in it`,
  };
}
