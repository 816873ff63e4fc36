import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';
import { z } from 'zod';
import { gatehouse, type Ran } from '../program.ts';
import { environmentOf } from '../testDirectory.ts';

const directory = fileURLToPath(new URL('../../../shared/cases/', import.meta.url));

const verdict = z.enum(['proved', 'refuted', 'unknown']);
const object = z.object({
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
  file: z.string(),
  line: z.number().optional(),
});
const proof = z.object({
  invariant: z.string(),
  claim: z.string(),
  verdict,
  sentence: z.string(),
  evidence: z.array(z.object({ object, rule: z.string() })),
});
const report = z.object({
  verdict,
  clusters: z.array(z.object({ name: z.string(), verdict, proofs: z.array(proof) })).optional(),
  proofs: z.array(proof),
  assumptions: z.array(z.string()),
  unknowns: z.array(z.object({ sentence: z.string(), object: object.optional() })),
  entries: z.array(
    z.object({
      who: z.string(),
      from: z.string(),
      gate: z.string(),
      verdict: z.enum(['allowed', 'blocked', 'unknown']),
      sentence: z.string(),
      to: object.optional(),
    }),
  ),
  routes: z.array(
    z.looseObject({ controls: z.array(z.looseObject({ type: z.string(), certainty: z.string() })) }),
  ),
});

/** The report of a check, with its exit code. */
export type CheckedCase = z.infer<typeof report> & { code: number };

/** A copy of one handed case, and the commands on it. */
export interface HandedCase {
  path: string;
  run: (...args: string[]) => Promise<Ran>;
  /** `gatehouse check --json` with the flags. It throws if the directory cannot be analysed. */
  check: (...flags: string[]) => Promise<CheckedCase>;
}

/** The verdicts of the proofs of one invariant, in the order of the report. */
export function verdictsOf({ proofs }: CheckedCase, invariant: string): readonly string[] {
  return proofs.filter((each) => each.invariant === invariant).map((each) => each.verdict);
}

/**
 * A test of one handed case, by its name: `reports/55-…` or `strangers/base`. The cases are not a part of the project,
 * so the test is skipped where they are not there.
 */
export function handedCase(name: string, test: (given: HandedCase) => Promise<void> | void): void {
  const input = ['input', ''].map((part) => join(directory, name, part)).find((path) => existsSync(path));
  it.skipIf(input === undefined)(
    input === undefined ? `${name} (skipped: the acceptance cases are not on this machine)` : name,
    { timeout: 60_000 },
    async () => {
      const path = mkdtempSync(join(tmpdir(), 'gatehouse-case-'));
      try {
        cpSync(input ?? '', path, { recursive: true });
        const run = (...args: string[]): Promise<Ran> =>
          gatehouse({ path, environment: environmentOf(path) }, ...args);
        const check = async (...flags: string[]): Promise<CheckedCase> => {
          const { code, stdout } = await run('check', '--json', ...flags);
          return { ...report.parse(JSON.parse(stdout)), code };
        };
        await test({ path, run, check });
      } finally {
        rmSync(path, { recursive: true, force: true });
      }
    },
  );
}
