import { budgetProblem } from '../manifests/budget.ts';
import { err, type Outcome } from '../problems/outcome.ts';

/** Does work that loads a repository. Where that asks for too much, the outcome is a problem and nothing of it counts. */
export async function withinBudget<Value>(work: () => Promise<Outcome<Value>>): Promise<Outcome<Value>> {
  try {
    return await work();
  } catch (error) {
    const problem = budgetProblem(error);
    if (problem === undefined) throw error;
    return err(problem);
  }
}
