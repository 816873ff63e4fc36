import { defined } from '../kubernetes/defined.ts';
import type { Answer, Asking, Check, CheckResult } from './check.ts';
import { LiveError } from './cluster.ts';

/** How checks are run. */
export interface RunOptions {
  /** How many are asked at the same time; otherwise 8. */
  parallel?: number;
  /** Called with each result as it comes. */
  onResult?: (result: CheckResult) => void;
}

/**
 * Asks every check, and returns the results in the order of the checks. A check that fails to ask is `not checked`, with
 * the reason as its evidence.
 *
 * @throws what a check throws that is no {@link LiveError}: that is a mistake of Gatehouse
 */
export async function runChecks(
  checks: readonly Check[],
  asking: Asking,
  { parallel = 8, onResult }: RunOptions = {},
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const left = checks.entries();
  const worker = async (): Promise<void> => {
    for (const [index, check] of left) {
      const result = resultOf(check, await answerOf(check, asking), asking.now());
      results[index] = result;
      onResult?.(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, checks.length) }, worker));
  return results;
}

/** A check with an answer. */
export function resultOf({ ask: _, ...name }: Check, answer: Answer, at: Date): CheckResult {
  return defined({ ...name, ...answer, remedy: answer.remedy ?? name.remedy, at: at.toISOString() });
}

async function answerOf(check: Check, asking: Asking): Promise<Answer> {
  try {
    return await check.ask(asking);
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    return { verdict: 'not checked', evidence: [error.message], ...remedyOf(error) };
  }
}

function remedyOf({ failure }: LiveError): Pick<Answer, 'remedy'> {
  switch (failure) {
    case 'unreachable':
      return { remedy: 'Reach the API server from here, and ask again' };
    case 'unauthorized':
      return { remedy: 'Renew the credentials of the context in your kubeconfig' };
    case 'forbidden':
      return {
        remedy: 'Use a context whose user may read this: the role "view" does not reach Secrets and Nodes',
      };
    case 'overloaded':
      return { remedy: 'Ask again when the API server has less to do' };
    case 'refused':
      return {};
  }
}
