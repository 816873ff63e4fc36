import { isFields } from '../../../kubernetes/fields.ts';
import { nameLabel, parseSelector, type Requirement, type Selector } from '../../model/selector.ts';
import type { PodSelector } from '../policy.ts';

/** Labels that Cilium adds to those of the pod (pkg/k8s/apis/cilium.io, v1.18). */
const namespaceName = 'io.kubernetes.pod.namespace';
const namespaceLabel = 'io.cilium.k8s.namespace.labels.';
const account = 'io.cilium.k8s.policy.serviceaccount';

/**
 * Keys that Cilium leaves out of a pod's identity by default ("Limiting Identity-Relevant Labels"), so that no selector
 * finds them. The list differs between versions.
 */
const ignored =
  /^(?:(?!app\.kubernetes\.io\/)(?:[^/]*\.)?(?:kubernetes|k8s)\.io(?:\/|$)|io\.kubernetes|io\.cilium|pod-template-|controller-revision-hash$|controller-uid$|job-name$|annotation|etcd_node)/;

/**
 * Reads an endpoint selector of Cilium: a LabelSelector whose keys may have a source as prefix; `any:` is the default.
 *
 * @param namespace the namespace of the policy, which is the default of the selector; undefined for the whole cluster
 */
export function parseEndpoints(value: unknown, namespace: string | undefined): PodSelector {
  const parts: Record<'pods' | 'namespaces' | 'names' | 'accounts', Requirement[]> = {
    pods: [],
    namespaces: [],
    names: [],
    accounts: [],
  };
  let inexact = !isFields(value);
  for (const requirement of parseSelector(value).requirements) {
    const [source, key] = sourceOf(requirement.key);
    if (source !== 'any' && source !== 'k8s') inexact = true;
    else if (key === namespaceName) parts.names.push({ ...requirement, key: nameLabel });
    else if (key.startsWith(namespaceLabel)) {
      parts.namespaces.push({ ...requirement, key: key.slice(namespaceLabel.length) });
      // In a policy of one namespace some versions ignore it.
      inexact ||= namespace !== undefined;
    } else if (key === account) parts.accounts.push({ ...requirement, key: 'name' });
    else if (ignored.test(key)) inexact = true;
    else parts.pods.push({ ...requirement, key });
  }
  const own = parts.names.length === 0 && parts.namespaces.length === 0 ? namespace : undefined;
  return {
    namespace: own,
    names: some(parts.names),
    namespaces: some(parts.namespaces),
    accounts: some(parts.accounts),
    pods: some(parts.pods),
    inexact: inexact ? true : undefined,
  };
}

/**
 * Whether an endpoint selector may select what is no pod, such as the internet. It selects identities by their labels.
 * Cilium restricts it to pods by a label of their namespace, unless it names a reserved label or a namespace itself
 * (`getEndpointSelector` of pkg/k8s/apis/cilium.io/utils, v1.18). `NotIn` and `DoesNotExist` hold without the label.
 */
export function selectsBeyondPods(value: unknown): boolean {
  const { requirements } = parseSelector(value);
  const keys = requirements.map(({ key }) => sourceOf(key));
  if (keys.some(([source]) => source !== 'any' && source !== 'k8s')) return true;
  const isUnrestricted = keys.some(([, key]) => key === namespaceName || key.startsWith(namespaceLabel));
  return (
    isUnrestricted &&
    requirements.every(({ operator }) => operator === 'NotIn' || operator === 'DoesNotExist')
  );
}

/** The pods of a policy's `endpointSelector`, which never leaves the policy's namespace. */
export function parseSubject(value: unknown, namespace: string | undefined): PodSelector {
  const selector = parseEndpoints(value, namespace);
  const beyond = selector.names !== undefined || selector.namespaces !== undefined;
  if (namespace === undefined || !beyond) return selector;
  return { ...selector, namespace, names: undefined, namespaces: undefined, inexact: true };
}

function some(requirements: Requirement[]): Selector | undefined {
  return requirements.length === 0 ? undefined : { requirements };
}

/** The source and the key of `source:key`. */
function sourceOf(text: string): [source: string, key: string] {
  const colon = text.indexOf(':');
  return colon < 0 ? ['any', text] : [text.slice(0, colon), text.slice(colon + 1)];
}
