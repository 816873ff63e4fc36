import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { gatehouse, type Ran } from '../program.ts';
import { environmentOf } from '../testDirectory.ts';

/** A directory in which `reach` runs; it is removed after the tests of the file. */
export interface QuestionRoom {
  run(...args: string[]): Promise<Ran>;
  write(name: string, content: string): void;
}

/** Makes the directory. */
export function questionRoom(): QuestionRoom {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-reach-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  const environment = environmentOf(path);
  return {
    run: (...args) => gatehouse({ path, environment }, 'reach', ...args),
    write: (name, content) => writeFileSync(join(path, name), content),
  };
}

const answer = z.object({
  verdict: z.string(),
  ingress: z.string(),
  egress: z.string(),
  because: z.array(z.object({ object: z.looseObject({ kind: z.string() }), rule: z.string() })).min(1),
});

/** What `--json` prints, an answer each line. */
export function answersOf(stdout: string): z.infer<typeof answer>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => answer.parse(JSON.parse(line)));
}
