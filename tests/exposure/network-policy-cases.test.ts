import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answerQueries, type Query, readObjects } from '../../src/exposure/queries.ts';

const path = new URL('../../../shared/cases/netpol/cases.json.gz', import.meta.url);
const reason = existsSync(path) ? '' : ' (skipped: the acceptance cases are not on this machine)';

const reach = z.enum(['allowed', 'blocked']);
const protocol = z.enum(['TCP', 'UDP', 'SCTP']);
const schema = z.array(
  z.object({
    description: z.string(),
    steps: z.array(
      z.object({
        namespaces: z.record(z.string(), z.record(z.string(), z.string())),
        pods: z.array(
          z.object({
            Namespace: z.string(),
            Name: z.string(),
            IP: z.string(),
            Labels: z.record(z.string(), z.string()).nullable(),
            Ports: z.array(z.object({ name: z.string(), port: z.number(), protocol })).nullable(),
          }),
        ),
        policies: z.array(z.record(z.string(), z.unknown())).nullable(),
        flows: z.array(
          z.tuple([z.string(), z.string(), protocol, z.number(), z.string(), reach, reach, reach]),
        ),
      }),
    ),
  }),
);
type Step = z.infer<typeof schema>[number]['steps'][number];

function objectsOf(step: Step): unknown {
  const namespaces = Object.entries(step.namespaces).map(([name, labels]) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels },
  }));
  const pods = step.pods.map((pod) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: pod.Namespace, name: pod.Name, labels: pod.Labels ?? {} },
    spec: {
      containers: [
        {
          name: 'c',
          ports: (pod.Ports ?? []).map((p) => ({
            name: p.name,
            containerPort: p.port,
            protocol: p.protocol,
          })),
        },
      ],
    },
    status: { podIP: pod.IP },
  }));
  return { apiVersion: 'v1', kind: 'List', items: [...namespaces, ...pods, ...(step.policies ?? [])] };
}

describe(`NetworkPolicy cases of cyclonus${reason}`, () => {
  const cases = existsSync(path)
    ? schema.parse(JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')))
    : [];

  it.skipIf(cases.length === 0)('there are 70 of them', () => {
    expect(cases).toHaveLength(70);
  });

  it.each(cases.map((each, position) => [position, each.description, each] as const))(
    '%i %s',
    (_position, _description, each) => {
      for (const step of each.steps) {
        const objects = readObjects(objectsOf(step), 'case');
        const byNumber = step.flows.map(
          ([from, to, proto, port]): Query => ({ from, to, protocol: proto, port }),
        );
        const byName = step.flows.map(
          ([from, to, proto, , port]): Query => ({ from, to, protocol: proto, port }),
        );
        const expected = step.flows.map(([from, to, proto, port, , ingress, egress, verdict]) => ({
          from,
          to,
          proto,
          port,
          ingress,
          egress,
          verdict,
        }));
        for (const queries of [byNumber, byName]) {
          const answers = answerQueries(objects, queries, { enforcer: 'given', lan: [], vpn: [] });
          const found = answers.map(({ ingress, egress, verdict }, i) => {
            const [from, to, proto, port] = step.flows[i] ?? [];
            return { from, to, proto, port, ingress, egress, verdict };
          });
          expect(found).toEqual(expected);
          expect(answers.every(({ because }) => because.length > 0)).toBe(true);
        }
      }
    },
  );
});
