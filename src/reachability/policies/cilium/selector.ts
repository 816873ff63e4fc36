import { isFields } from '../../../kubernetes/fields.ts';
import { nameLabel, parseSelector, type Requirement } from '../../model/selector.ts';
import type { PodSelector } from '../policy.ts';

/** Labels that Cilium gives an endpoint beside those of its pod (pkg/k8s/apis/cilium.io, v1.18). */
const namespaceName = 'io.kubernetes.pod.namespace';
const namespaceLabel = 'io.cilium.k8s.namespace.labels.';
const account = 'io.cilium.k8s.policy.serviceaccount';

/**
 * Keys that Cilium leaves out of a pod's identity unless it is configured otherwise ("Limiting Identity-Relevant
 * Labels"), so that no selector finds them. Which they are differs from version to version.
 */
const ignored =
  /^(?:(?!app\.kubernetes\.io\/)(?:[^/]*\.)?(?:kubernetes|k8s)\.io(?:\/|$)|io\.kubernetes|io\.cilium|pod-template-|controller-revision-hash$|controller-uid$|job-name$|annotation|etcd_node)/;

/**
 * Reads an endpoint selector of Cilium: a LabelSelector whose keys may name their source, `any:` where they do not.
 *
 * @param namespace the policy's own, which is meant where the selector names none; nothing for the whole cluster
 */
export function parseEndpoints(value: unknown, namespace: string | undefined): PodSelector {
  const parts: Record<'pods' | 'namespaces' | 'names' | 'accounts', Requirement[]> = {
    ...{ pods: [], namespaces: [], names: [], accounts: [] },
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
    ...(own === undefined ? {} : { namespace: own }),
    ...some('names', parts.names),
    ...some('namespaces', parts.namespaces),
    ...some('accounts', parts.accounts),
    ...some('pods', parts.pods),
    ...(inexact ? { inexact: true } : {}),
  };
}

/** The pods of a policy's `endpointSelector`, which never leaves the policy's namespace. */
export function parseSubject(value: unknown, namespace: string | undefined): PodSelector {
  const selector = parseEndpoints(value, namespace);
  const beyond = selector.names !== undefined || selector.namespaces !== undefined;
  if (namespace === undefined || !beyond) return selector;
  const { names: _names, namespaces: _namespaces, ...own } = selector;
  return { ...own, namespace, inexact: true };
}

function some(part: keyof PodSelector, requirements: Requirement[]): PodSelector {
  return requirements.length === 0 ? {} : { [part]: { requirements } };
}

/** The source and the key of `source:key`. */
function sourceOf(text: string): [source: string, key: string] {
  const colon = text.indexOf(':');
  return colon < 0 ? ['any', text] : [text.slice(0, colon), text.slice(colon + 1)];
}
