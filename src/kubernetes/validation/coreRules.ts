import { defined } from '../defined.ts';
import { type Fields, fieldsAt, isFields, isTemplate, textAt, textsIn } from '../fields.ts';
import { groupOf } from '../object.ts';
import { valueAt } from '../path.ts';
import type { Finding } from '../structure.ts';
import { checkRole, checkRoleBinding } from './access.ts';
import { checkConfigMap, checkSecret } from './data.ts';
import { checkIngress, checkIngressClass } from './ingress.ts';
import { checkMetadata, nameRule } from './metadata.ts';
import { checkNetworkPolicy } from './networkPolicy.ts';
import { checkAutoscaler, checkDisruptionBudget, checkNamespace, checkPriorityClass } from './policies.ts';
import type { CoreRule, Report } from './report.ts';
import { checkService } from './service.ts';
import { checkClaim, checkStorageClass, checkVolume } from './storage.ts';
import { checkCronJob, checkJob, checkPod, checkReplicated, checkStatefulSet } from './workloads.ts';

/** Whether a text is filled in or decrypted later: what it says is not known yet. */
function isOpen(text: string): boolean {
  return isTemplate(text) || text.startsWith('ENC[');
}

/** The rules of kube-apiserver by API version and kind. */
const rules: ReadonlyMap<string, CoreRule> = new Map<string, CoreRule>([
  ['v1/Namespace', checkNamespace],
  ['v1/Service', checkService],
  ['v1/Pod', checkPod],
  ['v1/ConfigMap', checkConfigMap],
  ['v1/Secret', checkSecret],
  ['v1/PersistentVolumeClaim', checkClaim],
  ['v1/PersistentVolume', checkVolume],
  ['apps/v1/Deployment', checkReplicated],
  ['apps/v1/ReplicaSet', checkReplicated],
  ['apps/v1/DaemonSet', checkReplicated],
  ['apps/v1/StatefulSet', checkStatefulSet],
  ['batch/v1/Job', checkJob],
  ['batch/v1/CronJob', checkCronJob],
  ['networking.k8s.io/v1/NetworkPolicy', checkNetworkPolicy],
  ['networking.k8s.io/v1/Ingress', checkIngress],
  ['networking.k8s.io/v1/IngressClass', checkIngressClass],
  ['rbac.authorization.k8s.io/v1/Role', checkRole],
  ['rbac.authorization.k8s.io/v1/ClusterRole', checkRole],
  ['rbac.authorization.k8s.io/v1/RoleBinding', checkRoleBinding],
  ['rbac.authorization.k8s.io/v1/ClusterRoleBinding', checkRoleBinding],
  ['policy/v1/PodDisruptionBudget', checkDisruptionBudget],
  ['autoscaling/v2/HorizontalPodAutoscaler', checkAutoscaler],
  ['scheduling.k8s.io/v1/PriorityClass', checkPriorityClass],
  ['storage.k8s.io/v1/StorageClass', checkStorageClass],
]);

/**
 * What kube-apiserver 1.36 refuses of an object although its schema holds: the metadata of every kind, and the rules
 * of the kinds of Kubernetes. It compares with what a server with default flags does. Nothing is said of what holds a
 * variable. Never throws.
 */
export function checkCoreRules(object: Fields): readonly Finding[] {
  const found: Finding[] = [];
  const report: Report = (path, message, expected, code = 'wrong-value', unless) => {
    if (isTemplate(String(path.at(-1) ?? '')) || textsIn(valueAt(object, path)).some(isOpen)) return;
    found.push(defined({ code, path: [...path], message, expected, unless }));
  };
  const { metadata } = object;
  const kind = textAt(object, 'kind') ?? '';
  if (isFields(metadata))
    checkMetadata(fieldsAt(object, 'metadata'), nameRule(groupOf(object), kind), ['metadata'], report);
  rules.get(`${textAt(object, 'apiVersion') ?? ''}/${kind}`)?.(object, report);
  return found;
}
