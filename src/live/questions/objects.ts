import type { LiveQuestion, ObjectSelection } from '../../components/contract/checks.ts';
import { mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer } from '../check.ts';
import type { LiveCluster } from '../cluster.ts';
import { absence, liveNameOf, selected } from './select.ts';

type Of<Kind extends LiveQuestion['kind']> = Extract<LiveQuestion, { kind: Kind }>;

/** Whether every selected object has a condition with a status. */
export async function askCondition(
  { of, type, status }: Of<'condition'>,
  cluster: LiveCluster,
): Promise<Answer> {
  return judge(of, cluster, (object) => {
    const found = mapsAt(object, 'status', 'conditions').find((condition) => condition['type'] === type);
    const seen = textAt(found, 'status');
    const said = [textAt(found, 'reason'), textAt(found, 'message')].filter((text) => text !== undefined);
    const because = said.length === 0 ? '' : ` (${said.join(': ')})`;
    return {
      holds: seen === status,
      sentence: seen === undefined ? `has no condition ${type}` : `${type} is ${seen}${because}`,
    };
  });
}

/** Whether an expression of CEL is true for every selected object. */
export async function askExpression(
  { of, expr, none, isFalse }: Of<'expression'>,
  cluster: LiveCluster,
): Promise<Answer> {
  const { compileLiveExpression } = await import('../../kubernetes/cel/liveExpression.ts');
  const compiled = compileLiveExpression(expr);
  if ('why' in compiled)
    return { verdict: 'not checked', evidence: [`${expr}: it cannot be evaluated here: ${compiled.why}`] };
  const judgeOne = (object: KubernetesObject): Judged => {
    const result = compiled(object);
    if (typeof result === 'object') return { holds: undefined, sentence: `${expr}: ${result.why}` };
    return { holds: result || isFalse === 'kept', sentence: `${expr} is ${result}` };
  };
  return judge(of, cluster, judgeOne, none);
}

/** Whether the text at a path of an object is one of some. */
export async function askValue({ of, path, oneOf }: Of<'value'>, cluster: LiveCluster): Promise<Answer> {
  return judge(of, cluster, (object) => {
    const found = textAt(object, ...path);
    const said = textAt(object, 'status', 'message');
    const because = said === undefined || said === '' ? '' : ` (${said})`;
    return {
      holds: found !== undefined && oneOf.includes(found),
      sentence: `${path.join('.')} is ${found ?? 'not there'}${because}`,
    };
  });
}

interface Judged {
  /** Undefined where it cannot be said. */
  holds: boolean | undefined;
  /** Completes the name of the object. */
  sentence: string;
}

async function judge(
  of: ObjectSelection,
  cluster: LiveCluster,
  judgeOne: (object: KubernetesObject) => Judged,
  none?: 'kept',
): Promise<Answer> {
  const objects = await selected(of, cluster);
  if (objects === undefined || objects.length === 0)
    return {
      verdict: objects !== undefined && none === 'kept' ? 'kept' : 'broken',
      evidence: [absence(of, objects)],
    };
  const all = objects.map((object) => ({ name: liveNameOf(object), ...judgeOne(object) }));
  const wrong = all.filter(({ holds }) => holds !== true);
  const telling = wrong.length > 0 ? wrong : all;
  return {
    verdict: wrong.some(({ holds }) => holds === false)
      ? 'broken'
      : wrong.length > 0
        ? 'not checked'
        : 'kept',
    evidence: telling.map(({ name, sentence }) => `${name}: ${sentence}`),
  };
}
