import type { Problem } from '../problems/problem.ts';

/**
 * The work that one load may take. A few kilobytes of another one's repository can ask for hours and gigabytes, so a
 * load gives up instead, and nothing of it counts as proved.
 */
export interface Budget {
  /**
   * Counts work before it is done.
   *
   * @throws OverBudget when there is more of it than a load may take
   */
  spend: (work: Work, amount: number) => void;
}

/** A kind of work: the characters that the YAML library parses, the objects that builds make, and the characters of variables. */
export type Work = 'yaml' | 'objects' | 'variables';

/**
 * Far more than the largest home repositories take (some 6,000 files, 250 Flux Kustomizations), and what Node's memory
 * bears.
 */
const most: Readonly<Record<Work, number>> = {
  yaml: 12_000_000,
  objects: 200_000,
  variables: 50_000_000,
};

const descriptions: Readonly<Record<Work, Readonly<Record<'sentence' | 'unit' | 'remedy', string>>>> = {
  yaml: {
    sentence: 'the YAML files are more than can be parsed',
    unit: 'characters of YAML that is not in plain block style',
    remedy: 'leave out the largest YAML file, or check a part of the directory',
  },
  objects: {
    sentence: 'the kustomizations build more than can be analysed',
    unit: 'objects in all builds together',
    remedy: 'look for a kustomization that includes others many times, or check a part with --entry',
  },
  variables: {
    sentence: 'the variables of Flux fill in more than can be analysed',
    unit: 'characters of values that are filled in',
    remedy: 'look for a variable with a long value that is used many times, or check a part with --entry',
  },
};

const name = 'OverBudget';

/** A new budget, for one load. */
export function createBudget(limits: Readonly<Partial<Record<Work, number>>> = {}): Budget {
  const spent: Record<Work, number> = { yaml: 0, objects: 0, variables: 0 };
  return {
    spend: (work, amount) => {
      spent[work] += amount;
      const limit = limits[work] ?? most[work];
      if (spent[work] > limit) {
        const { sentence, unit, remedy } = descriptions[work];
        throw Object.assign(new Error(sentence), {
          name,
          remedy,
          most: `${limit.toLocaleString('en-US')} ${unit}`,
        });
      }
    },
  };
}

/** The problem of a load that went over its budget; undefined for any other error. */
export function budgetProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || error.name !== name || !('most' in error) || !('remedy' in error))
    return undefined;
  return {
    code: 'over-budget',
    message: `${error.message}, so nothing was analysed`,
    expected: `at most ${String(error.most)}`,
    remedy: String(error.remedy),
  };
}
