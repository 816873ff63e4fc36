import { type Fields, fieldsAt, mapsAt, textAt } from '../fields.ts';
import { checkSelector } from './metadata.ts';
import { checkRange, type Report } from './report.ts';
import { checkAmount } from './workloads.ts';

/** PodDisruptionBudget beyond its schema: Kubernetes 1.36, `pkg/apis/policy/validation/validation.go`. */
export function checkDisruptionBudget(object: Fields, report: Report): void {
  const spec = fieldsAt(object, 'spec');
  const { minAvailable, maxUnavailable } = {
    minAvailable: spec['minAvailable'] ?? undefined,
    maxUnavailable: spec['maxUnavailable'] ?? undefined,
  };
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    report(['spec'], 'both limits are set', 'minAvailable or maxUnavailable, not both');
  checkAmount(minAvailable, ['spec', 'minAvailable'], report);
  checkAmount(maxUnavailable, ['spec', 'maxUnavailable'], report);
  checkSelector(spec['selector'], ['spec', 'selector'], report);
}

/** HorizontalPodAutoscaler beyond its schema: `pkg/apis/autoscaling/validation/validation.go`. */
export function checkAutoscaler(object: Fields, report: Report): void {
  const spec = fieldsAt(object, 'spec');
  const { minReplicas, maxReplicas } = { minReplicas: spec['minReplicas'], maxReplicas: spec['maxReplicas'] };
  checkSmallest(spec, report);
  checkRange(maxReplicas, 1, Infinity, ['spec', 'maxReplicas'], report);
  if (typeof minReplicas === 'number' && typeof maxReplicas === 'number' && maxReplicas < minReplicas)
    report(['spec', 'maxReplicas'], 'the number is below minReplicas', 'at least minReplicas');
  for (const field of ['kind', 'name']) {
    if (textAt(spec, 'scaleTargetRef', field) === '')
      report(['spec', 'scaleTargetRef', field], 'the field is empty', 'what to scale', 'missing-field');
  }
}

/**
 * Zero replicas need the feature gate HPAScaleToZero, and a metric that is there without pods: KEP-2021. The gate is on
 * by default since Kubernetes 1.37 ("Scale Workloads to Zero with HorizontalPodAutoscaler").
 */
function checkSmallest(spec: Fields, report: Report): void {
  const { minReplicas } = spec;
  const path = ['spec', 'minReplicas'];
  const staysWithoutPods = mapsAt(spec, 'metrics').some(
    ({ type }) => type === 'Object' || type === 'External',
  );
  if (minReplicas === 0 && staysWithoutPods) {
    const unless = 'it is Kubernetes 1.37 or newer, or its feature gate HPAScaleToZero is on';
    report(path, 'the number is not allowed', 'at least 1', 'wrong-value', unless);
  } else checkRange(minReplicas, 1, Infinity, path, report);
}

/** The largest value of a class that is not of Kubernetes: `HighestUserDefinablePriority`. */
const highestPriority = 1_000_000_000;

/** PriorityClass beyond its schema: `pkg/apis/scheduling/validation/validation.go`. */
export function checkPriorityClass(object: Fields, report: Report): void {
  const name = textAt(object, 'metadata', 'name') ?? '';
  const isOfSystem = name === 'system-cluster-critical' || name === 'system-node-critical';
  if (isOfSystem) return;
  if (name.startsWith('system-'))
    report(['metadata', 'name'], 'names that start with "system-" are of Kubernetes', 'another name');
  const value = object['value'];
  if (typeof value === 'number' && value > highestPriority)
    report(['value'], 'the number is too large', `at most ${highestPriority}`);
}

const levels = ['privileged', 'baseline', 'restricted'];

/**
 * Namespace beyond its schema: Pod Security admission of Kubernetes 1.36 (`pod-security-admission/api/helpers.go`)
 * refuses labels that it cannot read.
 */
export function checkNamespace(object: Fields, report: Report): void {
  const labels = fieldsAt(object, 'metadata', 'labels');
  for (const mode of ['enforce', 'audit', 'warn']) {
    const key = `pod-security.kubernetes.io/${mode}`;
    const level = labels[key];
    if (typeof level === 'string' && !levels.includes(level))
      report(['metadata', 'labels', key], 'this is no level', levels.join(', '), 'not-a-choice');
    const version = labels[`${key}-version`];
    if (typeof version === 'string' && !/^(?:latest|v1\.(?:0|[1-9]\d*))$/.test(version))
      report(['metadata', 'labels', `${key}-version`], 'this is no version', 'latest, or v1.36');
  }
}
