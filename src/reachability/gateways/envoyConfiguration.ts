import { parseDocument } from 'yaml';
import { type Fields, fieldsAt, isFields, mapsAt, textAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, namespaceOf } from '../../kubernetes/object.ts';
import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import { envoyController } from './gatewayClass.ts';
import type { ObjectIndex } from './objectIndex.ts';
import { namesOf } from './policyTargets.ts';

/** A configuration of an Envoy Gateway that serves the classes of its standard name (`EnvoyGateway`). */
export interface EnvoyConfiguration {
  source: SourcedObject;
  /** Where that Envoy Gateway runs. */
  namespace: string;
  fields: Fields;
  /** Why there may be more in it than what is read. */
  doubt?: string;
}

/** Every such configuration among the objects: of its ConfigMap, and of the values of its chart. */
export function envoyConfigurations(objects: readonly SourcedObject[]): readonly EnvoyConfiguration[] {
  return objects.flatMap((source) => [...configurationIn(source), ...configurationOfChart(source, objects)]);
}

/** Fields that decide where Envoy Gateway works and what it tells, and not who may come (Envoy Gateway 1.9, `EnvoyGatewaySpec`). */
const harmless: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'gateway',
  'logging',
  'admin',
  'telemetry',
  'xdsServer',
  'rateLimit',
  'extensionApis',
  'gatewayAPI',
  'runtimeFlags',
  // The chart writes it here. It is about the zones of pods.
  'proxyTopologyInjector',
]);

/**
 * Why it is not known what Envoy Gateway makes of the objects: an extension server changes what Envoy gets, and a policy in a
 * namespace that is not watched does nothing.
 */
export function configurationInfluences(index: ObjectIndex): readonly string[] {
  return index.once(readInfluences);
}

function readInfluences({ objects }: ObjectIndex): readonly string[] {
  return envoyConfigurations(objects).flatMap(({ source, fields, doubt }) => {
    const name = `the configuration of Envoy Gateway in ${source.object.kind} ${namesOf([source])}`;
    const provider = fieldsAt(fields, 'provider');
    const changing = Object.entries(fields).flatMap(([field, value]) =>
      harmless.has(field) || ['provider', 'envoyProxy'].includes(field) || value === null ? [] : [field],
    );
    return [
      ...(doubt === undefined ? [] : [`${name} is not known: ${doubt}`]),
      ...changing.map((field) => `${name} has ${field}, which may change what Envoy demands`),
      ...((textAt(provider, 'type') ?? 'Kubernetes') === 'Kubernetes'
        ? []
        : [`${name} has a provider that may read other objects`]),
      ...(isFields(valueAt(provider, 'kubernetes', 'watch'))
        ? [`${name} has provider.kubernetes.watch: what is in other namespaces does nothing`]
        : []),
    ];
  });
}

/** The configuration that sets defaults for Gateways without an EnvoyProxy. */
export function withProxyDefaults(index: ObjectIndex): EnvoyConfiguration | undefined {
  return index.once(readProxyDefaults);
}

function readProxyDefaults({ objects }: ObjectIndex): EnvoyConfiguration | undefined {
  return envoyConfigurations(objects).find(
    ({ fields }) => Object.keys(fieldsAt(fields, 'envoyProxy')).length > 0,
  );
}

function configurationIn(source: SourcedObject): readonly EnvoyConfiguration[] {
  const { object } = source;
  if (object.kind !== 'ConfigMap' || groupOf(object) !== '') return [];
  const text = textAt(object, 'data', 'envoy-gateway.yaml');
  const namespace = namespaceOf(object);
  if (text === undefined)
    return textAt(object, 'binaryData', 'envoy-gateway.yaml') === undefined
      ? []
      : [{ source, namespace, fields: {}, doubt: 'it is in binaryData' }];
  const parsed = parsedConfiguration(text);
  if (!isFields(parsed)) return [{ source, namespace, fields: {}, doubt: 'it is no YAML that can be read' }];
  return isStandard(parsed) ? [{ source, namespace, fields: parsed }] : [];
}

/**
 * The configuration that the chart of Envoy Gateway makes of the values of a release (gateway-helm 1.9,
 * `templates/envoy-gateway-config.yaml`). Values from elsewhere may change it, and so may what changes the rendered chart.
 */
function configurationOfChart(
  source: SourcedObject,
  objects: readonly SourcedObject[],
): readonly EnvoyConfiguration[] {
  const { object } = source;
  if (object.kind !== 'HelmRelease' || groupOf(object) !== 'helm.toolkit.fluxcd.io') return [];
  const reference = fieldsAt(object, 'spec', 'chartRef');
  const from = objects.find(
    ({ object: other }) =>
      other.kind === textAt(reference, 'kind') &&
      other.metadata.name === textAt(reference, 'name') &&
      namespaceOf(other) === (textAt(reference, 'namespace') ?? namespaceOf(object)),
  );
  const chart = textAt(object, 'spec', 'chart', 'spec', 'chart') ?? textAt(from?.object, 'spec', 'url');
  const fields = fieldsAt(object, 'spec', 'values', 'config', 'envoyGateway');
  // A mirror may give the chart another name.
  if (!/(?:^|\/)gateway-helm$/.test(chart ?? '') && Object.keys(fields).length === 0) return [];
  if (!isStandard(fields)) return [];
  const namespace = textAt(object, 'spec', 'targetNamespace') ?? namespaceOf(object);
  const more = mapsAt(object, 'spec', 'valuesFrom').length > 0 ? 'valuesFrom' : undefined;
  const changed =
    more ?? (mapsAt(object, 'spec', 'postRenderers').every(isBeside) ? undefined : 'postRenderers');
  const doubt = changed === undefined ? {} : { doubt: `spec.${changed} may change it` };
  return [{ source, namespace, fields, ...doubt }];
}

/** Whether a post renderer patches nothing but kinds that hold neither the configuration nor its reader. */
function isBeside(renderer: Fields): boolean {
  const { patches: _, images: __, ...rest } = fieldsAt(renderer, 'kustomize');
  return (
    Object.keys(rest).length === 0 &&
    mapsAt(renderer, 'kustomize', 'patches').every((patch) => {
      const kind = textAt(patch, 'target', 'kind') ?? '';
      return /^[A-Za-z]+$/.test(kind) && kind !== 'ConfigMap' && kind !== 'Deployment';
    })
  );
}

function isStandard(fields: Fields): boolean {
  return (textAt(fields, 'gateway', 'controllerName') ?? envoyController) === envoyController;
}

function parsedConfiguration(text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}
