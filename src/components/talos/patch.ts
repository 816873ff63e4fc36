import { toYamlText } from '../../kubernetes/yaml.ts';
import type { PlainFile } from '../contract/component.ts';
import type { TalosApiRequirement } from '../contract/requirements.ts';
import { talosApiSetting } from '../shared/talosVersions.ts';

/** The file of the patch. Flux does not read it: `talosctl` gives it to the nodes. */
export const patchFile = 'talos/patches/kubernetes-talos-api-access.yaml';

/**
 * What Talos lets pods have of its API: one list of roles and one of namespaces, for every requester. Each role
 * is thereby possible in each of the namespaces, whoever required it.
 */
export interface TalosApiAccess {
  roles: string[];
  namespaces: string[];
}

/** The access that all requirements come to. */
export function accessFor(requirements: readonly TalosApiRequirement[]): TalosApiAccess {
  return {
    roles: [...new Set(requirements.flatMap(({ roles }) => roles))].sort(),
    namespaces: [...new Set(requirements.map(({ namespace }) => namespace))].sort(),
  };
}

/** The pairs of a role and a namespace that nobody requires, and that the two lists allow all the same. */
export function unasked(requirements: readonly TalosApiRequirement[]): { role: string; namespace: string }[] {
  const { roles, namespaces } = accessFor(requirements);
  return roles.flatMap((role) =>
    namespaces
      .filter(
        (namespace) =>
          !requirements.some(
            (requirement) =>
              requirement.namespace === namespace && requirement.roles.some((asked) => asked === role),
          ),
      )
      .map((namespace) => ({ role, namespace })),
  );
}

/**
 * The strategic merge patch for the machine configuration: the document of Talos 1.14 and later, or the feature before
 * (`KubeTalosAPIAccessConfigV1Alpha1` and `KubernetesTalosAPIAccessConfig` in pkg/machinery/config/types).
 *
 * @param talos - the version that the nodes run
 */
export function accessPatch(
  requirements: readonly TalosApiRequirement[],
  talos: string | undefined,
): PlainFile[] {
  if (requirements.length === 0) return [];
  const { roles, namespaces } = accessFor(requirements);
  const access = { allowedRoles: roles, allowedKubernetesNamespaces: namespaces };
  const { name, isDocument } = talosApiSetting(talos);
  const content = isDocument
    ? { apiVersion: 'v1alpha1', kind: name, ...access }
    : { machine: { features: { [name]: { enabled: true, ...access } } } };
  return [{ path: patchFile, content: toYamlText(content) }];
}
