import { type Fields, mapsAt, textAt, textMapAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import { groupOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { describeObject, refOf, type SourcedObject } from '../../manifests/sourcedObject.ts';
import { nameLabel } from '../model/selector.ts';
import { protects, resourceOf } from './resources.ts';

/** Something that may refuse objects when they are applied, by rules that are not evaluated. */
interface Refuser {
  source: SourcedObject;
  /** Whether it looks at a kind. It is asked once for each kind. */
  asks: (object: KubernetesObject) => boolean;
  /** Whether it looks at an object of such a kind. */
  selects: (object: KubernetesObject) => boolean;
}

/**
 * Objects that a policy or a webhook among the objects may refuse, each with the reason. What its expressions or its
 * program say is not evaluated. Only objects that restrict or apply others count, and for a ValidatingAdmissionPolicy
 * every object (Kubernetes 1.36, Validating Admission Policy and Dynamic Admission Control; Kyverno 1.15, validate rules;
 * Gatekeeper 3.20, constraints; Kubewarden 1.29, policies).
 */
export function refusedByPolicies(objects: readonly SourcedObject[]): ReadonlyMap<SourcedObject, string> {
  const bound = boundPolicies(objects);
  const refusers = objects.flatMap((source) => refusersOf(source, bound));
  const refused = new Map<SourcedObject, string>();
  if (refusers.length === 0) return refused;
  const byKind = new Map<string, readonly Refuser[]>();
  for (const source of objects) {
    const { object } = source;
    const kind = `${groupOf(object)}/${object.kind}`;
    const asking = byKind.get(kind) ?? refusers.filter(({ asks }) => asks(object));
    byKind.set(kind, asking);
    const found = asking.find((each) => each.source !== source && each.selects(object));
    if (found === undefined) continue;
    refused.set(source, `${describeObject(refOf(found.source))} may refuse ${describeObject(refOf(source))}`);
  }
  return refused;
}

function refusersOf(source: SourcedObject, bound: BoundPolicies): readonly Refuser[] {
  const { object } = source;
  const spec = valueAt(object, 'spec');
  switch (`${groupOf(object)}/${object.kind}`) {
    case 'admissionregistration.k8s.io/ValidatingWebhookConfiguration':
      return mapsAt(object, 'webhooks').map((webhook) =>
        refuserOf(source, mapsAt(webhook, 'rules'), { selector: valueAt(webhook, 'namespaceSelector') }),
      );
    case 'admissionregistration.k8s.io/ValidatingAdmissionPolicy':
      return (bound.get(object.metadata.name) ?? []).map((binding) => {
        const selector = valueAt(spec, 'matchConstraints', 'namespaceSelector');
        const rules = mapsAt(spec, 'matchConstraints', 'resourceRules');
        const narrower = valueAt(binding, 'spec', 'matchResources', 'namespaceSelector');
        return refuserOf(source, rules, {
          selector: narrower ?? selector,
          every: !isOfGatewayApi(source, rules),
        });
      });
    case 'policies.kyverno.io/ValidatingPolicy':
    case 'policies.kyverno.io/NamespacedValidatingPolicy': {
      const actions = textsAt(spec, 'validationActions');
      const rules = mapsAt(spec, 'matchConstraints', 'resourceRules');
      const selector = valueAt(spec, 'matchConstraints', 'namespaceSelector');
      return actions.length > 0 && !denies(actions) ? [] : [refuserOf(source, rules, { selector })];
    }
    case 'policies.kubewarden.io/ClusterAdmissionPolicy':
    case 'policies.kubewarden.io/AdmissionPolicy':
    case 'policies.kubewarden.io/ClusterAdmissionPolicyGroup':
    case 'policies.kubewarden.io/AdmissionPolicyGroup':
      return textAt(spec, 'mode') === 'monitor'
        ? []
        : [refuserOf(source, mapsAt(spec, 'rules'), { selector: valueAt(spec, 'namespaceSelector') })];
    case 'kyverno.io/ClusterPolicy':
    case 'kyverno.io/Policy':
      return mapsAt(spec, 'rules').flatMap((rule) => kyvernoRefuser(source, rule));
    default:
      return groupOf(object) === 'constraints.gatekeeper.sh' ? gatekeeperRefusers(source) : [];
  }
}

/** Bindings that deny, by the name of their policy. A policy without a binding does nothing. */
type BoundPolicies = ReadonlyMap<string, readonly KubernetesObject[]>;

function boundPolicies(objects: readonly SourcedObject[]): BoundPolicies {
  const bound = new Map<string, KubernetesObject[]>();
  for (const { object } of objects) {
    if (object.kind !== 'ValidatingAdmissionPolicyBinding') continue;
    const actions = textsAt(object, 'spec', 'validationActions');
    if (actions.length > 0 && !denies(actions)) continue;
    const policy = textAt(object, 'spec', 'policyName') ?? '';
    bound.set(policy, [...(bound.get(policy) ?? []), object]);
  }
  return bound;
}

function denies(actions: readonly string[]): boolean {
  return actions.some((action) => !/^(?:Audit|Warn)$/.test(action));
}

/**
 * The policy that the Gateway API brings with its definitions, which refuses older ones (Gateway API 1.5,
 * `config/crd/standard/gateway.networking.k8s.io_vap_safeupgrades.yaml`).
 */
function isOfGatewayApi({ object }: SourcedObject, rules: readonly Fields[]): boolean {
  return (
    object.metadata.name === 'safe-upgrades.gateway.networking.k8s.io' &&
    rules.every((rule) => textsAt(rule, 'resources').every((name) => name === 'customresourcedefinitions'))
  );
}

interface Scope {
  /** A label selector of namespaces. */
  selector?: unknown;
  /** Also objects that neither restrict nor apply others. */
  every?: boolean;
}

/** Rules with `apiGroups`, `resources` and `operations`, as in `RuleWithOperations` of admissionregistration.k8s.io/v1. */
function refuserOf(source: SourcedObject, rules: readonly Fields[], { selector, every }: Scope): Refuser {
  const asked = rules.filter((rule) => {
    const operations = textsAt(rule, 'operations');
    return operations.length === 0 || operations.some((name) => !/^(?:DELETE|CONNECT)$/.test(name));
  });
  const ofKind = (object: KubernetesObject): readonly Fields[] =>
    asked.filter((rule) => isOfRule(rule, groupOf(object), resourceOf(object)));
  return {
    source,
    asks: (object) => (every === true || protects(object)) && ofKind(object).length > 0,
    selects: (object) =>
      isInScope(source, object) &&
      maySelect(selector, object) &&
      ofKind(object).some((rule) => {
        const names = textsAt(rule, 'resourceNames');
        return names.length === 0 || names.includes(object.metadata.name);
      }),
  };
}

function isOfRule(rule: Fields, group: string, resource: string): boolean {
  const groups = textsAt(rule, 'apiGroups');
  if (!groups.includes('*') && !groups.includes(group)) return false;
  return textsAt(rule, 'resources').some((name) => ['*', '*/*', resource, `${resource}/*`].includes(name));
}

/** A policy in a namespace is for that namespace. */
function isInScope({ object: { metadata, kind } }: SourcedObject, object: KubernetesObject): boolean {
  const ofNamespace = /^(?:Policy|Namespaced.*|AdmissionPolicy|AdmissionPolicyGroup)$/.test(kind);
  return !ofNamespace || namespaceNameOf(object) === metadata.namespace;
}

function namespaceNameOf({ kind, metadata }: KubernetesObject): string | undefined {
  return kind === 'Namespace' ? metadata.name : metadata.namespace;
}

/** Whether a selector of namespaces may select that of an object. Only names are compared; other labels may be there. */
function maySelect(selector: unknown, object: KubernetesObject): boolean {
  const namespace = namespaceNameOf(object);
  if (namespace === undefined) return true;
  const wanted = textMapAt(selector, 'matchLabels').get(nameLabel);
  if (wanted !== undefined && wanted !== namespace) return false;
  return mapsAt(selector, 'matchExpressions').every((expression) => {
    if (expression['key'] !== nameLabel) return true;
    const isListed = textsAt(expression, 'values').includes(namespace);
    if (expression['operator'] === 'In') return isListed;
    return expression['operator'] !== 'NotIn' || !isListed;
  });
}

function kyvernoRefuser(source: SourcedObject, rule: Fields): readonly Refuser[] {
  if (rule['validate'] === undefined) return [];
  const spec = valueAt(source.object, 'spec');
  const action =
    textAt(rule, 'validate', 'failureAction') ?? textAt(spec, 'validationFailureAction') ?? 'Audit';
  const overrides = [
    ...mapsAt(spec, 'validationFailureActionOverrides'),
    ...mapsAt(rule, 'validate', 'failureActionOverrides'),
  ].map((each) => textAt(each, 'action') ?? '');
  if ([action, ...overrides].every((each) => each.toLowerCase() === 'audit')) return [];
  const filters = [...mapsAt(rule, 'match', 'any'), ...mapsAt(rule, 'match', 'all'), valueAt(rule, 'match')];
  const kinds = filters.flatMap((filter) => textsAt(filter, 'resources', 'kinds'));
  return [
    {
      source,
      asks: (object) => protects(object) && kinds.some((kind) => isKyvernoKind(kind, object)),
      selects: (object) => isInScope(source, object),
    },
  ];
}

/** `Kind`, `version/Kind`, `group/version/Kind`, with wildcards. */
function isKyvernoKind(pattern: string, object: KubernetesObject): boolean {
  const kind = pattern.split('/').at(-1) ?? '';
  const expression = kind
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(object.kind);
}

function gatekeeperRefusers(source: SourcedObject): readonly Refuser[] {
  const spec = valueAt(source.object, 'spec');
  if (/^(?:dryrun|warn)$/.test(textAt(spec, 'enforcementAction') ?? 'deny')) return [];
  const kinds = mapsAt(spec, 'match', 'kinds');
  const [inside, outside] = [
    textsAt(spec, 'match', 'namespaces'),
    textsAt(spec, 'match', 'excludedNamespaces'),
  ];
  const matches = (names: readonly string[], name: string): boolean =>
    names.includes(name) || names.includes('*');
  return [
    {
      source,
      asks: (object) =>
        protects(object) &&
        (kinds.length === 0 ||
          kinds.some(
            (each) =>
              matches(textsAt(each, 'apiGroups'), groupOf(object)) &&
              matches(textsAt(each, 'kinds'), object.kind),
          )),
      selects: (object) => {
        const namespace = namespaceNameOf(object) ?? '';
        const isListed =
          inside.length === 0 || inside.some((name) => name.includes('*') || name === namespace);
        return isListed && !outside.includes(namespace);
      },
    },
  ];
}
