/**
 * kustomize's own files, `kustomize.config.k8s.io`: the fields that Gatehouse writes. kustomize publishes no
 * schema; the fields are those of `api/types/kustomization.go` in kubernetes-sigs/kustomize.
 */
interface KustomizeFields {
  metadata?: { name: string; annotations?: { [key: string]: string } };
  namespace?: string;
  namePrefix?: string;
  nameSuffix?: string;
  resources?: string[];
  components?: string[];
  labels?: KustomizeLabels[];
  commonAnnotations?: { [key: string]: string };
  patches?: KustomizePatch[];
  images?: KustomizeImage[];
  replicas?: { name: string; count: number }[];
  configMapGenerator?: KustomizeConfigMap[];
  generatorOptions?: KustomizeGeneratorOptions;
  configurations?: string[];
}

export interface KustomizeLabels {
  pairs: { [key: string]: string };
  includeSelectors?: boolean;
  includeTemplates?: boolean;
}

/** A strategic merge or JSON patch, inline or in a file; `target` may be left out where the patch names it. */
export type KustomizePatch = ({ path: string } | { patch: string }) & {
  target?: KustomizeTarget;
  options?: { allowNameChange?: boolean; allowKindChange?: boolean };
};

export interface KustomizeTarget {
  group?: string;
  version?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  labelSelector?: string;
  annotationSelector?: string;
}

export interface KustomizeImage {
  name: string;
  newName?: string;
  newTag?: string;
  digest?: string;
}

export interface KustomizeConfigMap {
  name: string;
  namespace?: string;
  behavior?: 'create' | 'replace' | 'merge';
  files?: string[];
  literals?: string[];
  envs?: string[];
  options?: KustomizeGeneratorOptions;
}

export interface KustomizeGeneratorOptions {
  labels?: { [key: string]: string };
  annotations?: { [key: string]: string };
  disableNameSuffixHash?: boolean;
  immutable?: boolean;
}

export interface KustomizeKustomization extends KustomizeFields {
  apiVersion: 'kustomize.config.k8s.io/v1beta1';
  kind: 'Kustomization';
}

export interface KustomizeComponent extends KustomizeFields {
  apiVersion: 'kustomize.config.k8s.io/v1alpha1';
  kind: 'Component';
}
