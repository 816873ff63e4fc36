import * as z from 'zod';
import { defineComponent, type RuleFinding } from '../contract/component.ts';
import type { Requirement, TalosApiRequirement } from '../contract/requirements.ts';
import { connectionsFor } from '../shared/connections.ts';
import { clusterDns, dnsPorts, talosApi, talosApiPorts } from '../shared/externalPeers.ts';
import { requesterTitle } from '../shared/requesters.ts';
import { talosDocuments } from './documents.ts';
import { accessPatch } from './patch.ts';

/** What Talos itself has to be told, in the machine configuration of its nodes. */
export const talos = defineComponent<undefined>({
  name: 'talos',
  summary: 'What the nodes of Talos are told: which pods may call its API, and as what.',
  schema: z.undefined(),
  provides: { 'talos-api': { requires: connections } },
  rules: ({ provided, settings: { cluster } }) =>
    cluster.distribution === 'talos' ? [] : provided('talos-api').map(notOnTalos),
  build: ({ provided }) => ({ manifests: [], files: accessPatch(provided('talos-api')) }),
  documents: ({ provided, settings }) => talosDocuments(provided('talos-api'), settings.cluster),
});

/** The API is behind the Service `talos.default`, whose endpoints are the nodes of the control plane. */
function connections({ clients, why, requester }: TalosApiRequirement): Requirement[] {
  const connect = connectionsFor('talos', requester.field);
  return clients.flatMap((from) => [
    connect(from, clusterDns, dnsPorts, 'the Service of the Talos API'),
    connect(from, talosApi, talosApiPorts, why),
  ]);
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
