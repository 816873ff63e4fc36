import { type Fields, mapsAt, textAt, textsAt, valueAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { nameLabel } from '../model/selector.ts';
import type { Effect } from '../model/unmodelled.ts';
import type { Reach } from './kind.ts';

interface ResourceEffects {
  group: string;
  /** Undefined for every resource of the group. */
  resources?: readonly string[];
  effects: readonly Effect[];
}

const podEffects: readonly Effect[] = ['pods', 'hostPorts', 'policies'];
const everything: readonly Effect[] = ['pods', 'services', 'routes', 'policies'];

/** What a change of a resource may break. A change of any other resource breaks nothing. */
const resources: readonly ResourceEffects[] = [
  { group: '', resources: ['pods', 'replicationcontrollers'], effects: ['changes'] },
  { group: 'apps', effects: ['changes'] },
  { group: 'batch', resources: ['jobs', 'cronjobs'], effects: podEffects },
  { group: '', resources: ['services', 'endpoints'], effects: ['services'] },
  { group: 'discovery.k8s.io', resources: ['endpointslices'], effects: ['services'] },
  { group: '', resources: ['namespaces'], effects: ['policies'] },
  { group: '', resources: ['configmaps', 'secrets'], effects: ['changes'] },
  { group: 'networking.k8s.io', resources: ['networkpolicies'], effects: ['policies'] },
  { group: 'networking.k8s.io', resources: ['ingresses'], effects: ['routes'] },
  { group: 'cilium.io', effects: ['policies'] },
  { group: 'policy.networking.k8s.io', effects: ['policies'] },
  { group: 'gateway.networking.k8s.io', effects: ['changes'] },
  { group: 'gateway.envoyproxy.io', effects: ['changes'] },
  { group: 'helm.toolkit.fluxcd.io', effects: everything },
  { group: 'kustomize.toolkit.fluxcd.io', effects: everything },
];

/**
 * What a mutating webhook or policy may change, by its rules (admissionregistration.k8s.io/v1, MatchResources). A
 * subresource such as `pods/binding` has no labels and no ports. What an operator fills in for kinds of its own is a
 * default of that operator, and is not counted.
 */
export function mutationReach(object: KubernetesObject): readonly Partial<Reach>[] {
  const isWebhook = object.kind === 'MutatingWebhookConfiguration';
  const parts = isWebhook ? mapsAt(object, 'webhooks') : [valueAt(object, 'spec', 'matchConstraints')];
  return parts.flatMap((part) => {
    const rules = mapsAt(part, isWebhook ? 'rules' : 'resourceRules');
    const asked = new Set(rules.flatMap(effectsOf));
    if (asked.size === 0 || (!isWebhook && isQuiet(object, asked))) return [];
    return namespacesOf(part).map((namespace) => ({ effects: [...asked], namespace }));
  });
}

function effectsOf(rule: Fields): readonly Effect[] {
  const groups = textsAt(rule, 'apiGroups');
  const asked = textsAt(rule, 'resources').filter((name) => !name.includes('/') || name.endsWith('*'));
  const asksFor = (name: string): boolean =>
    asked.some((each) => each === name || each === '*' || each === '*/*' || each === `${name}/*`);
  const isWide = asked.some((each) => each === '*' || each === '*/*');
  return resources.flatMap((each) => {
    const ofGroup = groups.includes(each.group);
    if (!ofGroup && !groups.includes('*')) return [];
    const isAsked = each.resources?.some(asksFor) ?? (ofGroup || isWide);
    return isAsked && asked.length > 0 ? each.effects : [];
  });
}

/** The namespaces that a selector by name selects; undefined for any. */
function namespacesOf(part: unknown): readonly (string | undefined)[] {
  const name = textAt(part, 'namespaceSelector', 'matchLabels', nameLabel);
  if (name !== undefined) return [name];
  const named = mapsAt(part, 'namespaceSelector', 'matchExpressions').find(
    ({ key, operator }) => key === nameLabel && operator === 'In',
  );
  return named === undefined ? [undefined] : textsAt(named, 'values');
}

/** Fields of a pod in which a change opens no port and leaves its labels as they are. */
const quietFields =
  /\/(?:affinity|tolerations|nodeSelector|topologySpreadConstraints|resources|priorityClassName|runtimeClassName|securityContext|ttlSecondsAfterFinished|terminationGracePeriodSeconds|imagePullSecrets|imagePullPolicy)(?:\/|$)/;

/** Fields of which that holds too, and that may change what a program reads or runs. */
const programFields = /\/(?:volumes|volumeMounts|initContainers)(?:\/|$)/;

/** Words by which an expression (CEL) names the parts of a pod that promises are about. */
const tellingWords = /\b(?:labels|annotations|metadata|hostNetwork|hostPort|ports)\b/;
const programWords =
  /\b(?:command|args|env|envFrom|image|containers|initContainers|ephemeralContainers|volumes|volumeMounts)\b/;

/**
 * Whether a MutatingAdmissionPolicy changes only parts of pods that no promise is about. Each JSON patch has a path that
 * is written out and leads to such a part, and no value has a field that matters. A Job is no proxy, so what its program
 * reads does not matter.
 */
function isQuiet(object: KubernetesObject, asked: ReadonlySet<Effect>): boolean {
  if ([...asked].some((effect) => effect !== 'changes' && !podEffects.includes(effect))) return false;
  const mutations = mapsAt(object, 'spec', 'mutations');
  const variables = mapsAt(object, 'spec', 'variables').map((each) => textAt(each, 'expression') ?? '');
  if (mutations.length === 0 || variables.some((text) => tellingWords.test(text))) return false;
  return mutations.every((mutation) => isQuietMutation(mutation, !asked.has('changes')));
}

function isQuietMutation(mutation: Fields, ofJob: boolean): boolean {
  const applied = textAt(mutation, 'applyConfiguration', 'expression');
  if (applied !== undefined) return !tellingWords.test(applied) && (ofJob || !programWords.test(applied));
  const patch = textAt(mutation, 'jsonPatch', 'expression') ?? '';
  const patches = patch.match(/\bJSONPatch\s*\{/g) ?? [];
  const paths = [...patch.matchAll(/\bpath\s*:\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*[,}]/g)].map(
    ([, one, other]) => one ?? other ?? '',
  );
  return (
    patches.length > 0 &&
    patches.length === paths.length &&
    paths.every((path) => quietFields.test(path) || (ofJob && programFields.test(path))) &&
    !tellingWords.test(patch)
  );
}
