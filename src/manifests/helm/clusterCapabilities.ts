import type { SourcedObject } from '../sourcedObject.ts';
import type { RenderOptions } from './renderContext.ts';

/** What templates see as `.Capabilities`. */
export interface ClusterCapabilities {
  kubeVersion: string | undefined;
  /** APIs that the user names. */
  apiVersions: readonly string[];
  /** APIs that the objects of the repository use, so that the cluster serves them. */
  usedApis: readonly string[];
}

export function capabilitiesOf(
  objects: readonly SourcedObject[],
  rendering: RenderOptions,
): ClusterCapabilities {
  return {
    kubeVersion: rendering.kubeVersion,
    apiVersions: rendering.apiVersions ?? [],
    usedApis: usedApis(objects),
  };
}

/** Templates ask for `group/version` or for `group/version/Kind`, so both forms are listed. */
function usedApis(objects: readonly SourcedObject[]): readonly string[] {
  const used = new Set<string>();
  for (const { object } of objects) {
    if (!/^[\w.-]+\.[\w.-]+\/\w+$/.test(object.apiVersion) || !/^\w+$/.test(object.kind)) continue;
    used.add(object.apiVersion).add(`${object.apiVersion}/${object.kind}`);
  }
  return [...used].toSorted();
}

/** The flags of `helm template` that set the capabilities. */
export function apiArguments({ kubeVersion, apiVersions, usedApis }: ClusterCapabilities): readonly string[] {
  const named = apiVersions.flatMap((api) => {
    const [group, version] = api.split('/');
    return [api, `${group}/${version}`];
  });
  return [
    ...(kubeVersion === undefined ? [] : [`--kube-version=${kubeVersion}`]),
    ...[...new Set([...usedApis, ...named])].map((api) => `--api-versions=${api}`),
  ];
}

export function capabilitiesAssumption({ kubeVersion = '', apiVersions }: ClusterCapabilities): string {
  const named = apiVersions.length === 0 ? '' : `, and ${apiVersions.join(', ')}`;
  return `The cluster runs Kubernetes ${kubeVersion}, and serves its own APIs, those that objects here use${named}`;
}
