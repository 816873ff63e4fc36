import type { LiveQuestion } from '../../components/contract/checks.ts';
import { mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer } from '../check.ts';
import type { LiveCluster } from '../cluster.ts';
import { ago } from './ago.ts';
import { absence, liveNameOf, selected } from './select.ts';

type Recent = Extract<LiveQuestion, { kind: 'recent' }>;

/**
 * Whether a time in an object is not long ago, and what is demanded of the object holds. An object without the time is one
 * whose controller never did its work, however ready the controller is.
 */
export async function askRecent(
  { of, path, within, demands }: Recent,
  cluster: LiveCluster,
  now: Date,
): Promise<Answer> {
  const objects = await selected(of, cluster);
  const [object] = objects ?? [];
  if (object === undefined) return { verdict: 'broken', evidence: [absence(of, objects)] };
  const name = liveNameOf(object);
  const [unmet, unknown] = await demandsOf(object, demands);
  const text = textAt(object, ...path);
  const time = new Date(text ?? '');
  const isOver = now.getTime() - time.getTime() > within * 1000;
  const field = path.join('.');
  const said =
    text === undefined
      ? `${name}: it never happened: there is no ${field}`
      : Number.isNaN(time.getTime())
        ? `${name}: ${field} is no time`
        : `${name}: ${field} is ${ago(time, now)}${isOver ? `, and may be ${Math.round(within / 3600)} hours old` : ''}`;
  const isRecent = text !== undefined && !Number.isNaN(time.getTime()) && !isOver;
  const evidence = [...unmet.map((sentence) => `${name}: ${sentence}`), said];
  if (isRecent && unmet.length === 0)
    return unknown.length === 0
      ? { verdict: 'kept', evidence }
      : { verdict: 'not checked', evidence: [...unknown, said] };
  return { verdict: 'broken', evidence: [...evidence, ...conditionsOf(object)] };
}

async function demandsOf(
  object: KubernetesObject,
  demands: Recent['demands'],
): Promise<[unmet: readonly string[], unknown: readonly string[]]> {
  const { compileLiveExpression } = await import('../../kubernetes/cel/liveExpression.ts');
  const unmet: string[] = [];
  const unknown: string[] = [];
  for (const { expr, otherwise } of demands) {
    const compiled = compileLiveExpression(expr);
    const result = 'why' in compiled ? compiled : compiled(object);
    if (typeof result === 'object') unknown.push(`${expr}: ${result.why}`);
    else if (!result) unmet.push(otherwise);
  }
  return [unmet, unknown];
}

/** What the controller says of what it does. */
function conditionsOf(object: KubernetesObject): readonly string[] {
  return mapsAt(object, 'status', 'conditions').map((condition) => {
    const said = [textAt(condition, 'reason'), textAt(condition, 'message')].filter(Boolean).join(': ');
    const since = textAt(condition, 'lastTransitionTime');
    return `${liveNameOf(object)}: ${textAt(condition, 'type')} is ${textAt(condition, 'status')}${
      since === undefined ? '' : ` since ${since}`
    }${said === '' ? '' : ` (${said})`}`;
  });
}
