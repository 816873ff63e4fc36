import type { AnyRoute } from '../../components/shared/routes.ts';
import type { ClusterSettings } from '../../config/clusterSettings.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { SecretDelivery } from '../plan.ts';

/** What the documents are made of beside the contributions of the components. */
export interface DocumentContext {
  settings: ClusterSettings;
  secrets: readonly SecretDelivery[];
  /** The names of all private values, as manifests have them in `${NAME}`. */
  values: readonly string[];
  /** The names of the Flux Kustomizations that install something apart from the entry, mostly from charts. */
  fluxKustomizations: readonly string[];
  /** The objects that data is lost with. */
  held: readonly KubernetesObject[];
  /** The routes of every kind. */
  routes: readonly AnyRoute[];
}
