import * as z from 'zod';
import { defineComponent, type RuleFinding } from '../contract/component.ts';
import type { Claim, TalosApiClaim } from '../contract/requirements.ts';
import { reaching } from '../shared/connections.ts';
import { clusterDns, dnsPorts, talosApi, talosApiPorts } from '../shared/externalPeers.ts';
import { talosDocuments } from './documents.ts';
import { accessPatch } from './patch.ts';

/** What Talos itself has to be told, in the machine configuration of its nodes. */
export const talos = defineComponent<undefined>({
  name: 'talos',
  summary: 'What the nodes of Talos are told: which pods may call its API, and as what.',
  schema: z.undefined(),
  answers: ['talos-api'],
  answer: (claim) => (claim.kind === 'talos-api' ? reaches(claim) : []),
  rules: ({ answered, ground: { cluster } }) =>
    cluster.distribution === 'talos' ? [] : claimsOf(answered).map(notOnTalos),
  build: ({ answered }) => ({ manifests: [], files: accessPatch(claimsOf(answered)) }),
  documents: ({ answered }) => talosDocuments(claimsOf(answered)),
});

function claimsOf(answered: readonly Claim[]): TalosApiClaim[] {
  return answered.filter((claim): claim is TalosApiClaim => claim.kind === 'talos-api');
}

/** The API stands behind the Service `talos.default`, whose endpoints are the nodes of the control plane. */
function reaches({ clients, field, why }: TalosApiClaim): Claim[] {
  const reach = reaching('talos', field);
  return clients.flatMap((from) => [
    reach(from, clusterDns, dnsPorts, 'the Service of the Talos API'),
    reach(from, talosApi, talosApiPorts, why),
  ]);
}

function notOnTalos({ by, field, why }: TalosApiClaim): RuleFinding {
  return {
    code: 'claim-unanswered',
    field,
    message: `${by} asks for access to the Talos API (${field}), for ${why}, and nothing gives it: the cluster does not run Talos`,
    expected: 'cluster.distribution: talos',
    remedy: `turn ${by} off: take the section away, or say enabled: false in it`,
  };
}
