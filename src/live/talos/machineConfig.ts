import { parseAllDocuments } from 'yaml';
import { type Fields, fieldsAt, isFields, textAt, textsAt } from '../../kubernetes/fields.ts';

/** Which pods a node lets call the Talos API. */
export interface TalosAccess {
  roles: readonly string[];
  namespaces: readonly string[];
}

/** What a node says of it: as a document of its own, and as a feature. */
export interface TalosAccessForms {
  document: TalosAccess | undefined;
  feature: TalosAccess | undefined;
}

/**
 * Reads who may call the Talos API from what `talosctl get machineconfig v1alpha1 -o yaml` prints: a resource whose `spec` is the
 * text of the machine configuration. Everything else in it is left alone: it has the keys of the cluster.
 *
 * @returns undefined where the text is no machine configuration
 */
export function accessIn(output: string): TalosAccessForms | undefined {
  const resource = documentsIn(output).find((document) => document['spec'] !== undefined);
  const spec = resource?.['spec'];
  const documents = typeof spec === 'string' ? documentsIn(spec) : isFields(spec) ? [spec] : [];
  const machine = documents.find((document) => isFields(document['machine']));
  if (machine === undefined) return undefined;
  const own = documents.find((document) => textAt(document, 'kind') === 'KubeTalosAPIAccessConfig');
  const feature = fieldsAt(machine, 'machine', 'features', 'kubernetesTalosAPIAccess');
  return {
    document: own === undefined ? undefined : accessOf(own),
    feature: feature['enabled'] === true ? accessOf(feature) : undefined,
  };
}

function accessOf(fields: Fields): TalosAccess {
  return {
    roles: textsAt(fields, 'allowedRoles'),
    namespaces: textsAt(fields, 'allowedKubernetesNamespaces'),
  };
}

function documentsIn(text: string): readonly Fields[] {
  const parsed = parseAllDocuments(text, { logLevel: 'silent' });
  if (!Array.isArray(parsed)) return [];
  return parsed
    .filter(({ errors }) => errors.length === 0)
    .map((document): unknown => document.toJS({ maxAliasCount: 100 }))
    .filter(isFields);
}
