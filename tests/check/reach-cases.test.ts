import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { answersOf, questionRoom } from './questions.ts';

const { run, write } = questionRoom();

const cases = new URL('../../../shared/cases/netpol/cases.json.gz', import.meta.url);
const reason = existsSync(cases) ? '' : ' (skipped: the acceptance cases are not on this machine)';
const reach = z.enum(['allowed', 'blocked']);
const step = z.object({
  namespaces: z.record(z.string(), z.record(z.string(), z.string())),
  pods: z.array(
    z.object({
      Namespace: z.string(),
      Name: z.string(),
      IP: z.string(),
      Labels: z.record(z.string(), z.string()).nullable(),
      Ports: z.array(z.object({ name: z.string(), port: z.number(), protocol: z.string() })).nullable(),
    }),
  ),
  policies: z.array(z.record(z.string(), z.unknown())).nullable(),
  flows: z.array(z.tuple([z.string(), z.string(), z.string(), z.number(), z.string(), reach, reach, reach])),
});
function listOf({ namespaces, pods, policies }: z.infer<typeof step>): unknown {
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      ...Object.entries(namespaces).map(([name, labels]) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels },
      })),
      ...pods.map(({ Namespace: namespace, Name: name, IP: podIP, Labels: labels, Ports: ports }) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace, name, labels },
        spec: {
          containers: [
            {
              name: 'c',
              ports: ports?.map((each) => ({
                name: each.name,
                containerPort: each.port,
                protocol: each.protocol,
              })),
            },
          ],
        },
        status: { podIP },
      })),
      ...(policies ?? []),
    ],
  };
}

describe(`the cases of cyclonus, asked of the command${reason}`, () => {
  const read = (): { steps: z.infer<typeof step>[] }[] =>
    z
      .array(z.object({ steps: z.array(step) }))
      .parse(JSON.parse(gunzipSync(readFileSync(cases)).toString('utf8')));

  it.skipIf(reason !== '')(
    'are answered as the simulator does, by number and by name of the port',
    async () => {
      const all = read();
      expect(all).toHaveLength(70);
      for (const [position, each] of all.entries()) {
        for (const { flows, ...rest } of each.steps) {
          const list = listOf({ flows, ...rest });
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
