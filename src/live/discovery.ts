import { mapsAt, textAt, textsAt } from '../kubernetes/fields.ts';
import { LiveError, type ServedKind } from './cluster.ts';
import { jsonOf, saysNotFound } from './failures.ts';
import type { Answer, Call } from './request.ts';
import type { Transport } from './transport.ts';

/** All kinds that are served, and the versions of groups whose server is down. */
export interface Discovered {
  served: readonly ServedKind[];
  /** As `group/version`. */
  missing: readonly string[];
}

const document = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
/** The best that the server has: all in one document since 1.30, the same as a beta since 1.26, or only the names of groups. */
const accept = [document, document.replace('v=v2;', 'v=v2beta1;'), 'application/json'].join(',');

/** Asks for all kinds in two requests; a server before 1.26 needs one more for each version of a group. */
export async function discover(transport: Transport): Promise<Discovered> {
  const [core, groups] = await Promise.all(
    ['/api', '/apis'].map(async (path) => {
      const call: Call = { method: 'GET', path, accept };
      return jsonOf(call, await transport.send(call));
    }),
  );
  const parts = await Promise.all([core, groups].map((answer) => kindsIn(transport, answer)));
  return {
    served: parts.flatMap(({ served }) => served),
    missing: parts.flatMap(({ missing }) => missing),
  };
}

async function kindsIn(transport: Transport, answer: unknown): Promise<Discovered> {
  switch (textAt(answer, 'kind')) {
    case 'APIGroupDiscoveryList':
      return aggregated(answer);
    case 'APIVersions':
      return byVersion(
        transport,
        textsAt(answer, 'versions').map((version, index) => ({
          apiVersion: version,
          path: `/api/${version}`,
          preferred: index === 0,
        })),
      );
    case 'APIGroupList':
      return byVersion(transport, versionsOf(answer));
    default:
      throw new LiveError(
        'unreachable',
        'the answer about the kinds that are served is none of an API server',
      );
  }
}

function aggregated(answer: unknown): Discovered {
  const served: ServedKind[] = [];
  const missing: string[] = [];
  for (const item of mapsAt(answer, 'items')) {
    const group = textAt(item, 'metadata', 'name') ?? '';
    // The API server lists the version that clients should use first.
    for (const [index, entry] of mapsAt(item, 'versions').entries()) {
      const version = textAt(entry, 'version') ?? '';
      const apiVersion = group === '' ? version : `${group}/${version}`;
      if (textAt(entry, 'freshness') === 'Stale') missing.push(apiVersion);
      for (const resource of mapsAt(entry, 'resources')) {
        served.push({
          apiVersion,
          kind: textAt(resource, 'responseKind', 'kind') ?? '',
          resource: textAt(resource, 'resource') ?? '',
          namespaced: textAt(resource, 'scope') === 'Namespaced',
          verbs: textsAt(resource, 'verbs'),
          preferred: index === 0,
        });
      }
    }
  }
  return { served, missing };
}

interface Version {
  apiVersion: string;
  path: string;
  preferred: boolean;
}

function versionsOf(answer: unknown): Version[] {
  return mapsAt(answer, 'groups').flatMap((group) =>
    mapsAt(group, 'versions').map((version) => {
      const apiVersion = textAt(version, 'groupVersion') ?? '';
      const preferred = apiVersion === textAt(group, 'preferredVersion', 'groupVersion');
      return { apiVersion, path: `/apis/${apiVersion}`, preferred };
    }),
  );
}

async function byVersion(transport: Transport, versions: readonly Version[]): Promise<Discovered> {
  const asked = await Promise.all(
    versions.map(async ({ apiVersion, path, preferred }): Promise<Discovered> => {
      const call: Call = { method: 'GET', path };
      const answer = await transport.send(call).catch((error: unknown) => downOrThrow(error));
      if (answer === undefined || saysNotFound(answer)) return { served: [], missing: [apiVersion] };
      return { served: resourcesIn(jsonOf(call, answer), apiVersion, preferred), missing: [] };
    }),
  );
  return { served: asked.flatMap((one) => one.served), missing: asked.flatMap((one) => one.missing) };
}

/** Only the server of the group is down; that of the cluster has just answered. */
function downOrThrow(error: unknown): Answer | undefined {
  if (error instanceof LiveError && error.failure === 'overloaded') return undefined;
  throw error;
}

function resourcesIn(answer: unknown, apiVersion: string, preferred: boolean): ServedKind[] {
  return mapsAt(answer, 'resources').flatMap((resource) => {
    const name = textAt(resource, 'name') ?? '';
    // Subresources, such as pods/log.
    if (name === '' || name.includes('/')) return [];
    const namespaced = resource['namespaced'] === true;
    const verbs = textsAt(resource, 'verbs');
    return [
      { apiVersion, kind: textAt(resource, 'kind') ?? '', resource: name, namespaced, verbs, preferred },
    ];
  });
}
