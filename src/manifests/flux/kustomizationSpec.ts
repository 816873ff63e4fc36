import { type Fields, fieldsAt, textAt, valueAt } from '../../kubernetes/fields.ts';

/** What the loader does with a field of a Flux Kustomization. */
interface SpecField {
  /** `read`: it decides about the objects, and is read. `harmless`: it changes nothing of what the cluster runs. */
  is: 'read' | 'harmless';
  reason: string;
}

/**
 * Every field of `spec` of a Flux Kustomization (kustomize.toolkit.fluxcd.io/v1, kustomize-controller 1.9.4,
 * `api/v1/kustomization_types.go`, with what `internal/controller/kustomization_controller.go` does with each). A field
 * that is not here makes what the Kustomization applies unknown.
 */
export const kustomizationSpec: Readonly<Record<string, SpecField>> = {
  path: { is: 'read', reason: 'the directory that is built' },
  sourceRef: { is: 'read', reason: 'another source is another repository' },
  targetNamespace: { is: 'read', reason: 'kustomize sets the namespace' },
  namePrefix: { is: 'read', reason: 'kustomize changes the names' },
  nameSuffix: { is: 'read', reason: 'kustomize changes the names' },
  patches: { is: 'read', reason: 'kustomize applies them' },
  images: { is: 'read', reason: 'kustomize changes the images' },
  components: { is: 'read', reason: 'kustomize includes them' },
  ignoreMissingComponents: { is: 'read', reason: 'components that are not there are left out' },
  commonMetadata: { is: 'read', reason: 'labels and annotations of every object' },
  postBuild: { is: 'read', reason: 'variables are filled in' },
  decryption: { is: 'read', reason: 'without it Flux refuses a Secret of SOPS' },
  dependsOn: { is: 'read', reason: 'Flux waits for ever for what is not there or is never ready' },
  suspend: { is: 'read', reason: 'the cluster keeps what was applied before' },
  kubeConfig: { is: 'read', reason: 'the objects go to another cluster' },
  ignore: { is: 'read', reason: 'the cluster keeps its own values of these fields' },
  buildMetadata: { is: 'harmless', reason: 'adds annotations that say where an object is from' },
  interval: { is: 'harmless', reason: 'says when, not what' },
  retryInterval: { is: 'harmless', reason: 'says when, not what' },
  timeout: { is: 'harmless', reason: 'limits a check that comes after the apply' },
  wait: { is: 'harmless', reason: 'a check that comes after the apply' },
  healthChecks: { is: 'harmless', reason: 'a check that comes after the apply' },
  healthCheckExprs: { is: 'harmless', reason: 'a check that comes after the apply' },
  force: {
    is: 'harmless',
    reason: 'makes an object again that cannot be changed, as it is in the repository',
  },
  prune: { is: 'harmless', reason: 'decides about objects that are no longer in the repository' },
  deletionPolicy: { is: 'harmless', reason: 'decides about objects of a Kustomization that is deleted' },
  serviceAccountName: { is: 'read', reason: 'without the right to one object Flux applies none' },
};

/**
 * Why the cluster may run another form of what a Flux Kustomization applies, by its own fields.
 *
 * @returns the rest of a sentence that begins with the name of the Kustomization
 */
export function reasonInSpec(kustomization: Fields): string | undefined {
  const spec = fieldsAt(kustomization, 'spec');
  if (valueAt(spec, 'suspend') === true)
    return 'is suspended, so the cluster keeps what was applied before, and nothing that was changed since';
  if (spec['kubeConfig'] !== undefined && spec['kubeConfig'] !== null)
    return `applies its objects to another cluster, by kubeConfig${secretOf(spec)}`;
  const unknown = Object.keys(spec).find((field) => !Object.hasOwn(kustomizationSpec, field));
  return unknown === undefined
    ? undefined
    : `has the field ${JSON.stringify(unknown)}, of which the effect is not known`;
}

function secretOf(spec: Fields): string {
  const name = textAt(spec, 'kubeConfig', 'secretRef', 'name');
  return name === undefined ? '' : ` of Secret ${name}`;
}
