// Crosses the command line, the manifest loader and the queries of the prover.
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { answersOf, questionRoom } from '../check/questions.ts';
import { listOf, networkPolicyCases, reason } from './networkPolicyCases.ts';

const { run, write } = questionRoom();

describe(`the cases of cyclonus, asked of the command${reason}`, () => {
  it.skipIf(reason !== '')(
    'are answered as the simulator does, by number and by name of the port',
    async () => {
      const all = networkPolicyCases();
      expect(all).toHaveLength(70);
      for (const [position, each] of all.entries()) {
        for (const step of each.steps) {
          const { flows } = step;
          const list = listOf(step);
          write('objects', position % 5 === 0 ? stringify(list) : JSON.stringify(list));
          const questions = flows.flatMap(([from, to, protocol, port, name]) => [
            { from, to, protocol, port },
            { from, to, protocol, port: name },
          ]);
          write('queries', questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
          const { code, stdout, stderr } = await run(
            '--objects',
            'objects',
            '--queries',
            'queries',
            '--json',
          );
          expect(stderr).toBe('');
          expect(code).toBe(0);
          expect(answersOf(stdout).map(({ ingress, egress, verdict }) => [ingress, egress, verdict])).toEqual(
            flows.flatMap(([, , , , , ...verdicts]) => [verdicts, verdicts]),
          );
        }
      }
    },
    120_000,
  );
});
