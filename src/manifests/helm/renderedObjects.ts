import { fieldsAt, mapsAt, textAt, textMapAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf } from '../../kubernetes/object.ts';
import { toYamlText } from '../../kubernetes/yaml.ts';
import { buildDirectory } from '../kustomize/build.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { isManifest, readDocuments, readerOf } from '../tree.ts';
import { checkTheCluster, type Gap, type Release } from './release.ts';

/** What a chart comes to. */
export interface Rendered {
  objects: readonly SourcedObject[];
  gaps: readonly Gap[];
}

interface Made {
  source: SourcedObject;
  template: string;
  /** Events of helm for which the object stands: it is no part of the release itself. */
  hook: string | undefined;
}

/**
 * Reads what `helm template` prints, and does to it what helm-controller does before it applies it: post renderers,
 * labels of origin, the namespace of the release. Each object stands where its release stands, with its template.
 *
 * @param clear texts that the release holds in clear
 */
export function readRendered(
  release: Release,
  output: string,
  clear: ReadonlySet<string>,
  clusterKinds: ReadonlySet<string>,
): Rendered {
  const gaps: Gap[] = [];
  const made = documentsOf(output).flatMap(({ template, text }) => {
    const { objects, others, malformed: damage } = readDocuments(template, text);
    if (damage !== undefined || others > 0)
      gaps.push({ why: `its template ${template} makes what is no object`, remedy: 'Mend the values' });
    if (!objects.every(isManifest))
      gaps.push({ why: `its template ${template} makes an object without a name`, remedy: checkTheCluster });
    return objects.filter(isManifest).map((source): Made => {
      const hook = textAt(source.object, 'metadata', 'annotations', 'helm.sh/hook');
      return { source, template, hook };
    });
  });
  const wanted = made.filter(({ hook }) => hook === undefined || isWanted(release, hook));
  gaps.push(...wanted.flatMap(hookGap));
  const rendered = postRendered(release, wanted, gaps);
  const objects = rendered.map((each) => finished(release, each, clear, clusterKinds));
  return { objects, gaps };
}

interface Document {
  template: string;
  text: string;
}

/** Helm prints the path of its template before each document; one of several documents is named once. */
function documentsOf(output: string): readonly Document[] {
  let template = '';
  return output
    .split(/^---[ \t]*(?:#.*)?$/m)
    .filter((text) => text.trim() !== '')
    .map((text) => {
      template = /^# Source: (.+)$/m.exec(text)?.[1] ?? template;
      return { template, text };
    });
}

/** Tests run where a release asks for them, hooks of Helm 2 never, and none where both hooks are turned off. */
function isWanted({ source }: Release, hook: string): boolean {
  const events = hook.split(',').map((event) => event.trim());
  if (events.every((event) => event === 'crd-install')) return false;
  const spec = valueAt(source.object, 'spec');
  if (events.every((event) => event === 'test' || event === 'test-success'))
    return valueAt(spec, 'test', 'enable') === true;
  return !(
    valueAt(spec, 'install', 'disableHooks') === true && valueAt(spec, 'upgrade', 'disableHooks') === true
  );
}

/** Kinds of which it does no harm to believe that they are there when they are gone. */
const passing = new Set([
  ...['Job', 'Pod', 'ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
  ...['PersistentVolumeClaim'],
]);

/** A hook stands for a time, so a policy that is one keeps nobody out before and after. */
function hookGap({ source: { object }, hook, template }: Made): readonly Gap[] {
  if (hook === undefined || passing.has(object.kind)) return [];
  const why = `its ${object.kind} ${object.metadata.name} of ${template} is a hook (${hook}), which helm may remove again`;
  return [{ why, remedy: checkTheCluster }];
}

/** `spec.postRenderers` one after the other, each as a kustomization over what is there. */
function postRendered({ source }: Release, made: readonly Made[], gaps: Gap[]): readonly Made[] {
  const steps = mapsAt(source.object, 'spec', 'postRenderers').map((each) => fieldsAt(each, 'kustomize'));
  return steps.reduce<readonly Made[]>((current, step, index) => {
    const lost = (why: string): readonly Made[] => {
      gaps.push({
        why: `its postRenderers[${index}] is not applied here: ${why}`,
        remedy: 'Put it into values',
      });
      return current;
    };
    const folder = 'postrender';
    const files = current.map(
      ({ source: { object } }, at) => [`${folder}/${at}.yaml`, toYamlText(object)] as const,
    );
    const own = `${folder}/kustomization.yaml`;
    const text = toYamlText({ resources: files.map((_file, at) => `${at}.yaml`), ...step });
    const build = buildDirectory(readerOf(new Map([...files, [own, text]])), folder);
    const [finding] = build.findings;
    if (finding !== undefined) return lost(finding.sentence.replaceAll(own, 'it'));
    const changed = build.objects.map(({ object, file }) => {
      const at = Number(/(\d+)\.yaml$/.exec(file)?.[1]);
      const before = current[at];
      return before === undefined ? undefined : { ...before, source: { ...before.source, object } };
    });
    const known = changed.filter((each) => each !== undefined);
    // Whether hooks are sent through it depends on the version of helm-controller.
    const isHookTouched = known.some(
      ({ hook, source: after }) =>
        hook !== undefined && !current.some((before) => isSame(before.source.object, after.object)),
    );
    if (known.length !== current.length || isHookTouched) return lost('it changes a hook, or makes objects');
    return known;
  }, made);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function finished(
  release: Release,
  { source, template, hook }: Made,
  clear: ReadonlySet<string>,
  clusterKinds: ReadonlySet<string>,
): SourcedObject {
  const { object } = source;
  const { file, line } = release.source;
  const common = fieldsAt(release.source.object, 'spec', 'commonMetadata');
  const origin = {
    'helm.toolkit.fluxcd.io/name': release.source.object.metadata.name,
    'helm.toolkit.fluxcd.io/namespace': release.ref.namespace ?? 'default',
  };
  const inputs = {
    labels: { ...Object.fromEntries(textMapAt(common, 'labels')), ...origin },
    annotations: Object.fromEntries(textMapAt(common, 'annotations')),
  };
  const { metadata } = object;
  const isOutside = clusterKinds.has(`${groupOf(object)}/${object.kind}`);
  const place = isOutside || metadata.namespace !== undefined ? {} : { namespace: release.namespace };
  const labels = { ...metadata.labels, ...inputs.labels };
  const annotations = { ...metadata.annotations, ...inputs.annotations };
  return {
    object: { ...object, metadata: { ...metadata, ...place, labels, annotations } },
    file,
    ...(line === undefined ? {} : { line }),
    template: hook === undefined ? template : `${template} (hook ${hook})`,
    ...(object.kind === 'Secret' && !holdsClearSecret(object, clear) ? { encrypted: true } : {}),
  };
}

/**
 * A Secret that a chart makes stands in no file. What it holds does where the release says it in clear: then the
 * password of the Secret is in Git all the same.
 */
function holdsClearSecret(object: SourcedObject['object'], clear: ReadonlySet<string>): boolean {
  const texts = [
    ...[...textMapAt(object, 'data')].map(
      ([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')] as const,
    ),
    ...textMapAt(object, 'stringData'),
  ];
  return texts.some(
    ([key, text]) => /pass|pwd|token|secret|credential|key/i.test(key) && text !== '' && clear.has(text),
  );
}

/** Kinds of Kubernetes' own and of the Gateway API that belong to no namespace, as `group/kind`. */
const builtIn = [
  ...['/Namespace', '/Node', '/PersistentVolume', 'storage.k8s.io/StorageClass', 'storage.k8s.io/CSIDriver'],
  ...['storage.k8s.io/CSINode', 'storage.k8s.io/VolumeAttachment', 'storage.k8s.io/VolumeAttributesClass'],
  ...['rbac.authorization.k8s.io/ClusterRole', 'rbac.authorization.k8s.io/ClusterRoleBinding'],
  ...['apiextensions.k8s.io/CustomResourceDefinition', 'apiregistration.k8s.io/APIService'],
  ...['scheduling.k8s.io/PriorityClass', 'node.k8s.io/RuntimeClass', 'networking.k8s.io/IngressClass'],
  ...['networking.k8s.io/IPAddress', 'networking.k8s.io/ServiceCIDR', 'resource.k8s.io/DeviceClass'],
  ...['gateway.networking.k8s.io/GatewayClass', 'certificates.k8s.io/CertificateSigningRequest'],
  ...['flowcontrol.apiserver.k8s.io/FlowSchema', 'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration'],
  ...['admissionregistration.k8s.io/ValidatingWebhookConfiguration'],
  ...['admissionregistration.k8s.io/MutatingWebhookConfiguration'],
  ...['admissionregistration.k8s.io/ValidatingAdmissionPolicy'],
  ...['admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding'],
  ...['admissionregistration.k8s.io/MutatingAdmissionPolicy'],
  ...['admissionregistration.k8s.io/MutatingAdmissionPolicyBinding'],
  ...['snapshot.storage.k8s.io/VolumeSnapshotClass', 'snapshot.storage.k8s.io/VolumeSnapshotContent'],
  ...['cert-manager.io/ClusterIssuer', 'external-secrets.io/ClusterSecretStore'],
  ...['external-secrets.io/ClusterExternalSecret', 'cilium.io/CiliumClusterwideNetworkPolicy'],
  ...['cilium.io/CiliumLoadBalancerIPPool', 'cilium.io/CiliumNode', 'cilium.io/CiliumIdentity'],
  ...['policy.networking.k8s.io/AdminNetworkPolicy', 'policy.networking.k8s.io/ClusterNetworkPolicy'],
  ...['policy.networking.k8s.io/BaselineAdminNetworkPolicy', 'projectcalico.org/GlobalNetworkPolicy'],
  ...['crd.projectcalico.org/GlobalNetworkPolicy'],
];

/** The kinds that belong to no namespace: those that are known, and those whose definition is among the objects. */
export function clusterKindsOf(objects: readonly SourcedObject[]): ReadonlySet<string> {
  const defined = objects
    .filter(({ object }) => object.kind === 'CustomResourceDefinition')
    .filter(({ object }) => textAt(object, 'spec', 'scope') === 'Cluster')
    .map(({ object }) => `${textAt(object, 'spec', 'group')}/${textAt(object, 'spec', 'names', 'kind')}`);
  return new Set([...builtIn, ...defined]);
}
