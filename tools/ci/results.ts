import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { failureText, type SeenError } from './failure.ts';

/** How a run of Vitest ended. */
export interface Results {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, and why. */
  readonly failures: readonly string[];
  /** What each file took. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** How a run ended. What fails outside of a test counts too: a file that does not load, a hook, an error that nobody awaited. */
export function resultsOf(modules: readonly TestModule[], unhandled: readonly SeenError[]): Results {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  const failed = (name: string, errors: readonly SeenError[]): void => {
    counts.failed += 1;
    failures.push([name, ...errors.map(failureText)].join('\n'));
  };
  for (const module of modules) {
    const file = module.relativeModuleId;
    const errors = module.errors();
    if (errors.length > 0) failed(file, errors);
    for (const suite of module.children.allSuites())
      if (suite.errors().length > 0) failed(`${file}: ${suite.fullName}`, suite.errors());
    for (const test of module.children.allTests()) {
      const { state, errors: why } = test.result();
      if (state === 'failed') failed(`${file}: ${test.fullName}`, why);
      else counts[state === 'passed' ? 'passed' : 'skipped'] += 1;
    }
  }
  for (const error of unhandled) failed('outside of every test', [error]);
  const seconds = Object.fromEntries(
    modules.map((module) => [module.relativeModuleId, Math.round(module.diagnostic().duration / 1_000)]),
  );
  return { ...counts, failures, seconds };
}

/** A reporter for Vitest, which makes it with `new`. It writes {@link Results} to the file that `GATEHOUSE_TEST_RESULTS` names. */
export default function reporter(): Reporter {
  return {
    onTestRunEnd: (modules, unhandled) => {
      const file = process.env['GATEHOUSE_TEST_RESULTS'];
      if (file !== undefined) writeFileSync(file, JSON.stringify(resultsOf(modules, unhandled)));
    },
  };
}
