import { compile } from '../compile/compile.ts';
import type { Plan } from '../compile/plan.ts';
import { catalogue } from '../components/catalogue.ts';
import { type Configuration, openConfiguration } from '../private-values/configuration.ts';
import { withGeneratedSecrets } from '../private-values/generate.ts';
import { err, type Outcome, ok } from '../problems/outcome.ts';
import type { Environment } from '../system/environment.ts';
import { notAtGitRoot } from './gitRoot.ts';

/** Reads the configuration of a directory, with secrets that are generated, and compiles it. Nothing is written. */
export async function openPlan(
  directory: string,
  environment: Environment,
): Promise<Outcome<{ configuration: Configuration; plan: Plan }>> {
  const misplaced = await notAtGitRoot(directory);
  if (misplaced.length > 0) return err(...misplaced);
  const opened = await openConfiguration(directory, environment);
  if (!opened.ok) return opened;
  const completed = await withGeneratedSecrets(opened.value, environment);
  if (!completed.ok) return completed;
  const { configuration } = completed.value;
  const { plan, problems } = compile(configuration.loaded, catalogue);
  return plan === undefined ? err(...problems) : ok({ configuration, plan });
}
