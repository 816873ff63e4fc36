import { textAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import type { Repository } from '../../manifests/repository.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { asMadeForGateways } from '../../reachability/gateways/asMade.ts';
import { isMaker } from '../../reachability/kinds/liveKinds.ts';
import { setBeside } from './drift/fieldManagers.ts';
import type { Dump } from './dump.ts';
import { isOfTheCluster } from './ofTheCluster.ts';

/** Where evidence says that it was read. */
export const cluster = 'the running cluster';

/** Envoy Gateway, by the name that it gives to the API server. */
const envoyGateway = /^envoy-gateway$/;

/** What the promises about a running cluster rest on, and no object of it tells. */
const assumed = [
  'What the API server held while it was asked is what runs; what controllers make later is asked the next time',
];

/**
 * What runs, as the prover reads a repository: the same rules for the same objects. Objects that make others are left out,
 * since what they made is there itself, and so is a pod that is what its workload says. What Envoy Gateway made for a Gateway is
 * left out, since the prover makes it of the Gateway; whatever somebody changed of it stays. A Secret is what it is in Git,
 * since its values are not read from the cluster.
 *
 * @param inGit the objects that Flux applies
 * @param options.withMakers leaves nothing out: what they make later counts too
 */
export function liveRepository(
  { withoutMade, unread }: Dump,
  inGit: readonly SourcedObject[],
  { withMakers = false }: { withMakers?: boolean } = {},
): Repository {
  const secrets = new Map(inGit.filter(isSecret).map((source) => [nameOf(source.object), source]));
  const read = withoutMade
    .filter((object) => !isOfTheCluster(object))
    .map((object) => ({ object, source: sourceOf(object, secrets) }));
  const made = read.filter(({ object }) => !isMaker(object));
  // A release says the same of its controller as the ConfigMap that it made.
  const isMadeForGateway = asMadeForGateways(made.map(({ source }) => source));
  return {
    cluster: undefined,
    kind: 'manifests',
    objects: (withMakers ? read : made)
      .filter(({ object }) => !isMadeForGateway(object) || setBeside(object, envoyGateway).length > 0)
      .map(({ source }) => source),
    outside: [],
    roots: [],
    flux: [],
    findings: [],
    unseen: unread,
    unfilled: [],
    files: 0,
    assumed,
    likely: [],
  };
}

function sourceOf(object: KubernetesObject, secrets: ReadonlyMap<string, SourcedObject>): SourcedObject {
  const source = { object: withoutState(object), file: cluster };
  if (!isSecret(source)) return source;
  return { ...source, object: secrets.get(nameOf(object))?.object ?? object, encrypted: true };
}

function isSecret({ object }: Pick<SourcedObject, 'object'>): boolean {
  return object.kind === 'Secret' && groupOf(object) === '';
}

function nameOf(object: KubernetesObject): string {
  return `${textAt(object, 'metadata', 'namespace') ?? ''}/${object.metadata.name}`;
}

/** Who wrote which field is no part of what an object says. */
function withoutState(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
