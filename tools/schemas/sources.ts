import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parseAllDocuments } from 'yaml';
import {
  asJsonObject,
  asList,
  type Dialect,
  definitionDialect,
  isJsonObject,
  objectMeta,
  readSchema,
  rooted,
} from '../../src/kubernetes/definitions/readSchema.ts';
import type { KindEntry, Schema } from '../../src/kubernetes/schema.ts';
import { withChoices } from './choices.ts';

/** A kind with its structure. Kinds of Kubernetes itself refer to a definition. */
export interface KindSchema extends Omit<KindEntry, 'schema'> {
  schema: Schema;
}

/** All that the generated files are made of. */
export interface Sources {
  /** Kinds of Kubernetes and of custom resource definitions, each version that is served, newest first. */
  kinds: KindSchema[];
  /** What Kubernetes' kinds refer to, by full name (`io.k8s.api.core.v1.PodSpec`). */
  definitions: Record<string, Schema>;
}

const coreFile = join('schemas', 'kubernetes-v1.36.json.gz');
const definitionsDirectory = 'crds';

/** Kinds of Kubernetes that exist once in a cluster, not in a namespace. The OpenAPI components do not say. */
const clusterScoped = new Set([
  'APIService',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'ComponentStatus',
  'CSIDriver',
  'CSINode',
  'CustomResourceDefinition',
  'DeviceClass',
  'FlowSchema',
  'IPAddress',
  'IngressClass',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'ResourceSlice',
  'RuntimeClass',
  'SelfSubjectAccessReview',
  'SelfSubjectReview',
  'SelfSubjectRulesReview',
  'ServiceCIDR',
  'StorageClass',
  'SubjectAccessReview',
  'TokenReview',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
  'VolumeAttributesClass',
]);

const open: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

const coreDialect: Dialect = {
  inlined: {
    'io.k8s.apimachinery.pkg.api.resource.Quantity': { format: 'quantity' },
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { 'x-kubernetes-int-or-string': true },
    'io.k8s.apimachinery.pkg.apis.meta.v1.Time': { type: 'string', format: 'date-time' },
    'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': { type: 'string', format: 'date-time' },
    'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { type: 'object', ...open },
    'io.k8s.apimachinery.pkg.apis.meta.v1.Patch': { type: 'object', ...open },
    'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: 'object', ...open },
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': open,
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': open,
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': open,
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': open,
  },
  defaultsFillRequired: false,
  bareObjectIsOpen: true,
  isEvaluated: false,
  isLenient: false,
};

/** Reads `schemas/` and `crds/` (not what is experimental) below a directory. Rejects when they are not there. */
export async function readSources(from: string): Promise<Sources> {
  const core = await readCore(from);
  const custom = await readCustom(join(from, definitionsDirectory));
  return { kinds: [...core.kinds, ...custom], definitions: core.definitions };
}

async function readCore(from: string): Promise<Sources> {
  const text = await promisify(gunzip)(await readFile(join(from, coreFile)));
  const document = asJsonObject(JSON.parse(text.toString('utf8')));
  const schemas = Object.entries(asJsonObject(asJsonObject(document['components'])['schemas']));
  const definitions: Record<string, Schema> = {};
  const kinds: KindSchema[] = [];
  for (const [name, raw] of schemas) {
    if (name in coreDialect.inlined) continue;
    const schema = withChoices(name, readSchema(raw, coreDialect));
    definitions[name] = schema;
    const group = groupOf(asJsonObject(raw));
    if (group === undefined || schema.properties?.['metadata']?.$ref !== objectMeta) continue;
    kinds.push({
      ...group,
      scope: clusterScoped.has(group.kind) ? 'Cluster' : 'Namespaced',
      source: 'kubernetes/kubernetes',
      version: String(document['x-version']),
      schema: { $ref: name },
    });
  }
  return { kinds, definitions };
}

/** A definition is a kind when it names exactly one group, version and kind, and has both fields for it. */
function groupOf(raw: Record<string, unknown>): { apiVersion: string; kind: string } | undefined {
  const [only, ...others] = asList(raw['x-kubernetes-group-version-kind']).map(asJsonObject);
  const properties = asJsonObject(raw['properties']);
  if (only === undefined || others.length > 0 || !('apiVersion' in properties && 'kind' in properties))
    return undefined;
  const group = String(only['group']);
  const version = String(only['version']);
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind: String(only['kind']) };
}

async function readCustom(directory: string): Promise<KindSchema[]> {
  const origins = await readOrigins(directory);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml')).sort();
  const kinds: KindSchema[] = [];
  for (const name of names) {
    for (const document of parseAllDocuments(await readFile(join(directory, name), 'utf8'))) {
      kinds.push(...readDefinition(asJsonObject(document.toJS()), origins));
    }
  }
  return kinds;
}

interface Origin {
  source: string;
  version: string;
}

async function readOrigins(directory: string): Promise<Map<string, Origin>> {
  const [, ...lines] = (await readFile(join(directory, 'INDEX.tsv'), 'utf8')).trimEnd().split('\n');
  return new Map(
    lines.map((line) => {
      const [crd = '', source = '', version = ''] = line.split('\t');
      return [crd, { source, version }];
    }),
  );
}

function readDefinition(crd: Record<string, unknown>, origins: Map<string, Origin>): KindSchema[] {
  const name = String(asJsonObject(crd['metadata'])['name']);
  const spec = asJsonObject(crd['spec']);
  const origin = origins.get(name);
  if (origin === undefined) throw new Error(`${name} is not in INDEX.tsv`);
  return asList(spec['versions'])
    .filter(isJsonObject)
    .filter((version) => version['served'] === true)
    .map((version) => ({
      apiVersion: `${String(spec['group'])}/${String(version['name'])}`,
      kind: String(asJsonObject(spec['names'])['kind']),
      scope: spec['scope'] === 'Cluster' ? 'Cluster' : 'Namespaced',
      ...origin,
      schema: rooted(readSchema(asJsonObject(version['schema'])['openAPIV3Schema'], definitionDialect)),
    }));
}
