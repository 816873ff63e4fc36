import { toYaml } from '../../src/kubernetes/yaml.ts';
import type { SourcedObject } from '../../src/manifests/sourcedObject.ts';
import { privateMatcher } from '../../src/privacy/matcher.ts';
import { analyse } from '../../src/reachability/analyse.ts';
import { preparedExample } from './example.ts';

/** The stages that read every object, with copies of the example. Their time must not grow faster than their input. */
export async function growth(): Promise<void> {
  const { objects, values, assumptions, validate } = await preparedExample();
  console.log(
    '\nThe stages over copies of the example, in milliseconds per copy; the last column is 100 copies beside 1',
  );
  const stages: [name: string, work: (copies: readonly SourcedObject[]) => unknown][] = [
    ['emit', (copies) => toYaml(copies.map(({ object }) => object))],
    ['validate', (copies) => validate(copies)],
    ['search', (copies) => privateMatcher(values).search(JSON.stringify(copies))],
    ['prove', (copies) => analyse(copies, assumptions)],
  ];
  for (const [name, work] of stages) {
    const perCopy = [1, 10, 100].map((count) => best(() => work(copiesOf(objects, count))) / count);
    const [one = Number.NaN, , hundred = Number.NaN] = perCopy;
    console.log(
      `  ${name.padEnd(10)} ${perCopy.map((value) => value.toFixed(2).padStart(8)).join(' ')}   × ${(hundred / one).toFixed(2)}`,
    );
  }
}

/** Copies of the home, each in its own namespaces. */
function copiesOf(objects: readonly SourcedObject[], count: number): SourcedObject[] {
  return Array.from(
    { length: count },
    (_, copy) =>
      JSON.parse(
        JSON.stringify(objects).replaceAll(/(?<=["./])(media|networking)(?=["./])/g, `$1-${copy}`),
      ) as SourcedObject[],
  ).flat();
}

/** The best of three runs, in milliseconds. */
function best(work: () => unknown): number {
  return Math.min(
    ...[1, 2, 3].map(() => {
      const start = performance.now();
      work();
      return performance.now() - start;
    }),
  );
}
