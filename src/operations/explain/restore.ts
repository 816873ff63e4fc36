import { closest } from 'fastest-levenshtein';
import { compile } from '../../compile/compile.ts';
import { restoreText } from '../../compile/documents/restore.ts';
import { catalogue } from '../../components/catalogue.ts';
import { openConfiguration } from '../../private-values/configuration.ts';
import { err, type Outcome, ok } from '../../problems/outcome.ts';
import type { Environment } from '../../system/environment.ts';

/**
 * The commands that restore a backup, as in `docs/restore.md`. Private values are `${NAME}`.
 *
 * @param name - the name of a volume, or of the component that owns the data
 */
export async function restoreLists(
  directory: string,
  environment: Environment,
  name: string,
): Promise<Outcome<{ name: string; text: string }>> {
  const opened = await openConfiguration(directory, environment);
  if (!opened.ok) return opened;
  const { plan, problems } = compile(opened.value.loaded, catalogue);
  if (plan === undefined) return err(...problems);
  const wanted = plan.restores.filter((restore) => restore.name === name || restore.of === name);
  if (wanted.length > 0) return ok({ name, text: wanted.map(restoreText).join('\n') });
  const names = [...new Set(plan.restores.flatMap((restore) => [restore.of, restore.name]))];
  const near = names.length > 0 ? `; the nearest name is ${closest(name, names)}` : '';
  return err({
    code: 'not-a-choice',
    message: name === '' ? `the name is missing${near}` : `there is no backup with the name ${name}${near}`,
    expected: names.length > 0 ? `one of: ${names.join(', ')}` : 'a volume with backups, and there is none',
  });
}
