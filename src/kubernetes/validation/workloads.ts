import { type Fields, fieldsAt, isFields, isTemplate, mapsAt, textAt, textsIn } from '../fields.ts';
import { checkImages } from './containers.ts';
import { isCronSchedule } from './cron.ts';
import { checkAnnotations, checkLabels, checkSelector, selectorMatches } from './metadata.ts';
import { checkEphemeral, checkPodSpec } from './pods.ts';
import { checkRange, checkRangeIn, type Path, type Report } from './report.ts';

/** Pod beyond its schema. Unlike a template it is checked for what would otherwise show when its pods are created. */
export function checkPod(object: Fields, report: Report): void {
  checkPodSpec(fieldsAt(object, 'spec'), ['spec'], report);
  // A pod that an API server has written may have got some since.
  if (textAt(object, 'metadata', 'uid') === undefined)
    checkEphemeral(fieldsAt(object, 'spec'), ['spec'], report);
  checkImages(fieldsAt(object, 'spec'), report);
}

function checkTemplate(template: Fields, path: Path, report: Report, claims: readonly string[] = []): void {
  checkLabels(fieldsAt(template, 'metadata')['labels'], [...path, 'metadata', 'labels'], report);
  checkAnnotations(
    fieldsAt(template, 'metadata')['annotations'],
    [...path, 'metadata', 'annotations'],
    report,
  );
  checkPodSpec(fieldsAt(template, 'spec'), [...path, 'spec'], report, claims);
  checkEphemeral(fieldsAt(template, 'spec'), [...path, 'spec'], report);
}

/** The selector is there, selects something, and selects the pods of the template. */
function checkOwnSelector(spec: Fields, report: Report): void {
  const selector = spec['selector'];
  if (!isFields(selector)) return;
  checkSelector(selector, ['spec', 'selector'], report);
  const isEmpty =
    Object.keys(fieldsAt(selector, 'matchLabels')).length === 0 &&
    mapsAt(selector, 'matchExpressions').length === 0;
  if (isEmpty) report(['spec', 'selector'], 'the selector is empty', 'labels of the pod template');
  const labels = fieldsAt(spec, 'template', 'metadata', 'labels');
  const isFinal = (): boolean =>
    ![...textsIn(selector), ...textsIn(labels), ...Object.keys(labels)].some(isTemplate);
  if (!isEmpty && !selectorMatches(selector, labels) && isFinal())
    report(
      ['spec', 'template', 'metadata', 'labels'],
      'the selector does not select the pods of the template',
      'the labels that spec.selector asks for',
    );
}

function checkRestart(template: Fields, allowed: readonly string[], path: Path, report: Report): void {
  const policy = textAt(template, 'spec', 'restartPolicy') || 'Always';
  if (!allowed.includes(policy) && !isTemplate(policy))
    report(
      [...path, 'spec', 'restartPolicy'],
      `a pod of this kind is not restarted by the policy ${['Always', 'OnFailure', 'Never'].includes(policy) ? policy : 'that is named'}`,
      allowed.join(' or '),
      'not-a-choice',
    );
}

/**
 * Deployment, ReplicaSet and DaemonSet beyond their schemas: Kubernetes 1.36, `pkg/apis/apps/validation/validation.go`.
 */
export function checkReplicated(object: Fields, report: Report): void {
  const spec = fieldsAt(object, 'spec');
  const template = fieldsAt(spec, 'template');
  checkOwnSelector(spec, report);
  checkTemplate(template, ['spec', 'template'], report);
  checkRestart(template, ['Always'], ['spec', 'template'], report);
  if (fieldsAt(template, 'spec')['activeDeadlineSeconds'] !== undefined)
    report(
      ['spec', 'template', 'spec', 'activeDeadlineSeconds'],
      'a pod of this kind runs without end',
      'no activeDeadlineSeconds',
    );
  for (const field of ['replicas', 'minReadySeconds', 'revisionHistoryLimit'])
    checkRangeIn(spec, field, 0, Infinity, ['spec'], report);
  checkStrategy(fieldsAt(spec, 'strategy'), ['spec', 'strategy'], report);
  checkStrategy(fieldsAt(spec, 'updateStrategy'), ['spec', 'updateStrategy'], report);
  checkDeadline(spec, report);
}

function checkDeadline(spec: Fields, report: Report): void {
  const deadline = spec['progressDeadlineSeconds'];
  checkRange(deadline, 0, Infinity, ['spec', 'progressDeadlineSeconds'], report);
  const ready = typeof spec['minReadySeconds'] === 'number' ? spec['minReadySeconds'] : 0;
  if (typeof deadline === 'number' && deadline <= ready)
    report(['spec', 'progressDeadlineSeconds'], 'the deadline is too short', 'more than minReadySeconds');
}

function checkStrategy(strategy: Fields, path: Path, report: Report): void {
  const rolling = strategy['rollingUpdate'];
  if (!isFields(rolling)) return;
  if (strategy['type'] === 'Recreate')
    report(
      [...path, 'rollingUpdate'],
      'the type Recreate does not roll',
      'no rollingUpdate, or another type',
    );
  const isNothing = (value: unknown): boolean => value === 0 || value === '0%' || value === '0';
  const { maxUnavailable, maxSurge } = {
    maxUnavailable: rolling['maxUnavailable'],
    maxSurge: rolling['maxSurge'],
  };
  // What is not set is 25% in a Deployment; in a DaemonSet maxSurge is 0, and maxUnavailable is 1.
  const isSurgeNothing = isNothing(maxSurge) || (maxSurge === undefined && path.includes('updateStrategy'));
  if (isNothing(maxUnavailable) && isSurgeNothing)
    report([...path, 'rollingUpdate'], 'no pod may be replaced', 'maxUnavailable or maxSurge above 0');
  for (const field of ['maxUnavailable', 'maxSurge'])
    checkAmount(rolling[field], [...path, 'rollingUpdate', field], report);
}

/** A number of pods, or a percentage of them. */
export function checkAmount(value: unknown, path: Path, report: Report): void {
  checkRange(value, 0, Infinity, path, report);
  if (typeof value === 'string' && !/^\d+%$/.test(value))
    report(path, 'the value is no number and no percentage', 'a number, or a percentage such as 25%');
}

/** StatefulSet beyond its schema: `ValidateStatefulSetSpec` of Kubernetes 1.36. */
export function checkStatefulSet(object: Fields, report: Report): void {
  const spec = fieldsAt(object, 'spec');
  checkOwnSelector(spec, report);
  const template = fieldsAt(spec, 'template');
  const claims = mapsAt(spec, 'volumeClaimTemplates').flatMap(
    (claim) => textAt(claim, 'metadata', 'name') ?? [],
  );
  checkTemplate(template, ['spec', 'template'], report, claims);
  checkRestart(template, ['Always'], ['spec', 'template'], report);
  for (const field of ['replicas', 'minReadySeconds'])
    checkRangeIn(spec, field, 0, Infinity, ['spec'], report);
  const strategy = fieldsAt(spec, 'updateStrategy');
  if (strategy['type'] === 'OnDelete' && isFields(strategy['rollingUpdate']))
    report(
      ['spec', 'updateStrategy', 'rollingUpdate'],
      'the type OnDelete does not roll',
      'no rollingUpdate, or another type',
    );
}

/** Job beyond its schema: Kubernetes 1.36, `pkg/apis/batch/validation/validation.go`. */
export function checkJob(object: Fields, report: Report): void {
  checkJobSpec(fieldsAt(object, 'spec'), ['spec'], report);
}

function checkJobSpec(spec: Fields, path: Path, report: Report): void {
  const template = fieldsAt(spec, 'template');
  checkTemplate(template, [...path, 'template'], report);
  checkRestart(template, ['OnFailure', 'Never'], [...path, 'template'], report);
  for (const field of [
    'parallelism',
    'completions',
    'backoffLimit',
    'activeDeadlineSeconds',
    'ttlSecondsAfterFinished',
  ])
    checkRangeIn(spec, field, 0, Infinity, path, report);
  if (isFields(spec['selector']) && spec['manualSelector'] !== true)
    report([...path, 'selector'], 'the selector is made by the API server', 'no selector');
}

/** CronJob beyond its schema: `ValidateCronJobSpec` of Kubernetes 1.36. */
export function checkCronJob(object: Fields, report: Report): void {
  const spec = fieldsAt(object, 'spec');
  const schedule = textAt(spec, 'schedule');
  if (schedule !== undefined && !isCronSchedule(schedule))
    report(
      ['spec', 'schedule'],
      'the schedule cannot be read',
      'five fields of cron, or a word such as @daily',
    );
  const zone = textAt(spec, 'timeZone');
  if (zone !== undefined && !isTimeZone(zone))
    report(['spec', 'timeZone'], 'there is no such time zone', 'a name of the time zone database');
  for (const field of ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'])
    checkRangeIn(spec, field, 0, Infinity, ['spec'], report);
  checkJobSpec(fieldsAt(spec, 'jobTemplate', 'spec'), ['spec', 'jobTemplate', 'spec'], report);
}

/** A variable is no zone yet, and the finding is dropped for it. */
function isTimeZone(zone: string): boolean {
  if (zone === '' || zone === 'Local' || zone.toLowerCase() === 'local') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return !/^[+-]/.test(zone);
  } catch {
    return false;
  }
}
