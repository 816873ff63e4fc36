import type { LiveQuestion, ObjectSelection } from '../../components/contract/checks.ts';
import { mapsAt, textAt } from '../../kubernetes/fields.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Answer } from '../check.ts';
import type { LiveCluster } from '../cluster.ts';

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
export async function askExpression({ of, expr }: Of<'expression'>, cluster: LiveCluster): Promise<Answer> {
  const { compileLiveExpression } = await import('../../kubernetes/cel/liveExpression.ts');
  const compiled = compileLiveExpression(expr);
  if ('why' in compiled)
    return { verdict: 'not checked', evidence: [`${expr}: it cannot be evaluated here: ${compiled.why}`] };
  return judge(of, cluster, (object) => {
    const result = compiled(object);
    if (typeof result === 'object') return { holds: undefined, sentence: `${expr}: ${result.why}` };
    return { holds: result, sentence: `${expr} is ${result}` };
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
): Promise<Answer> {
  const objects = await selected(of, cluster);
  if (objects === undefined)
    return {
      verdict: 'broken',
      evidence: [`The cluster does not know the kind ${of.kind} (${of.apiVersion})`],
    };
  if (objects.length === 0)
    return {
      verdict: 'broken',
      evidence: [
        of.name === undefined
          ? `${described(of)} is in the cluster`
          : `${described(of)} is not in the cluster`,
      ],
    };
  const all = objects.map((object) => ({ name: nameOf(object), ...judgeOne(object) }));
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

async function selected(
  { apiVersion, kind, namespace, name }: ObjectSelection,
  cluster: LiveCluster,
): Promise<readonly KubernetesObject[] | undefined> {
  if (name === undefined) return cluster.list({ apiVersion, kind, namespace });
  const object = await cluster.get({ apiVersion, kind, namespace, name });
  return object === undefined ? [] : [object];
}

function described({ kind, namespace, name }: ObjectSelection): string {
  const place = namespace === undefined ? '' : `${namespace}/`;
  return name === undefined
    ? `No ${kind}${namespace === undefined ? '' : ` in ${namespace}`}`
    : `${kind} ${place}${name}`;
}

function nameOf({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
