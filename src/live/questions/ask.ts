import type { LiveCheck } from '../../components/contract/checks.ts';
import { nameOf as nameOfValue, type PrivateValues } from '../../config/private.ts';
import { defined } from '../../kubernetes/defined.ts';
import type { Answer, Asking, Check } from '../check.ts';
import { askCondition, askExpression } from './objects.ts';
import { askUrl } from './url.ts';

/** A check that a component declares, as something that can be asked. */
export function declaredCheck(
  { question, ...name }: LiveCheck & { component: string },
  values: PrivateValues,
): Check {
  return defined({ ...name, ask: (asking: Asking) => answerTo(question, values, asking) });
}

async function answerTo(
  question: LiveCheck['question'],
  values: PrivateValues,
  asking: Asking,
): Promise<Answer> {
  const { cluster } = asking;
  switch (question.kind) {
    case 'condition':
      return cluster === undefined ? noCluster : askCondition(question, cluster);
    case 'expression':
      return cluster === undefined ? noCluster : askExpression(question, cluster);
    case 'url':
      return askUrl({ ...question, host: values.get(nameOfValue(question.host)) }, asking);
  }
}

const noCluster: Answer = { verdict: 'not checked', evidence: ['There is no cluster to ask'] };
