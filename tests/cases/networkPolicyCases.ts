import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const path = new URL('../../../shared/cases/netpol/cases.json.gz', import.meta.url);

/** The reason why tests with these cases are skipped, for their titles; empty if the cases are available. */
export const reason = existsSync(path) ? '' : ' (skipped: the acceptance cases are not on this machine)';

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
        /** From, to, protocol, port, its name; then ingress, egress and both. */
        flows: z.array(
          z.tuple([z.string(), z.string(), protocol, z.number(), z.string(), reach, reach, reach]),
        ),
      }),
    ),
  }),
);

type Case = z.infer<typeof schema>[number];

/** The cases of cyclonus with the answers of its simulator; empty if they are not available locally. */
export function networkPolicyCases(): Case[] {
  if (reason !== '') return [];
  return schema.parse(JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')));
}

/** The objects of a step, as `kubectl get -o json` prints them. */
export function listOf({ namespaces, pods, policies }: Case['steps'][number]): unknown {
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
