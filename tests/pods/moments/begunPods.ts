import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Cluster } from '../cluster/cluster.ts';
import { fileOfNode } from '../cluster/node.ts';
import type { NetworkNamespace } from '../fixtures/ask.ts';
import { named, type Party } from '../fixtures/claims.ts';
import type { Watch } from './watch.ts';

/** A pod whose network is there: its containers may not be. */
export interface BegunPod {
  readonly uid: string;
  readonly network: NetworkNamespace;
  /** In milliseconds since 1970. */
  readonly began: number;
}

/**
 * The pods of the node whose network is there. The process that holds it is in a control group named after the pod
 * (pod_container_manager_linux.go).
 */
export function begunPods({ facts: { node } }: Cluster): readonly BegunPod[] {
  return readdirSync(fileOfNode(node, '/proc')).flatMap((entry): BegunPod[] => {
    if (!/^\d+$/.test(entry)) return [];
    const directory = fileOfNode(node, `/proc/${entry}`);
    try {
      if (readFileSync(`${directory}/comm`, 'utf8') !== 'pause\n') return [];
      const uid = /\/pod([0-9a-f-]{36})\//.exec(readFileSync(`${directory}/cgroup`, 'utf8'))?.[1];
      if (uid === undefined) return [];
      const { state, began } = startOf(`${directory}/stat`);
      // It has ended, and nobody has taken note of it yet: its network is gone.
      if (state === 'Z') return [];
      return [{ uid, network: `${directory}/ns/net`, began }];
    } catch {
      // It ended in between.
      return [];
    }
  });
}

/**
 * The state of a process, field 3 of proc(5), and when it was started: field 22, in hundredths of a second since the machine
 * was.
 */
function startOf(stat: string): { state: string | undefined; began: number } {
  const text = readFileSync(stat, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return { state: fields[0], began: Date.now() - (uptime * 1_000 - Number(fields[19]) * 10) };
}

const podShape = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
  }),
  status: z.looseObject({ phase: z.string().optional() }).optional(),
});

/** Every pod that the API server knows, with the party that it is of. */
export async function knownPods(
  { client }: Cluster,
  parties: readonly Party[],
): Promise<ReadonlyMap<string, { name: string; party: Party | undefined }>> {
  const objects = await client.list('v1', 'Pod');
  return new Map(
    objects.map((object) => {
      const { name, namespace, uid } = podShape.parse(object).metadata;
      const ofName = parties.filter((each) => {
        const [, kind, own = ''] = each.name.split('/');
        return each.namespace === namespace && (kind === 'Pod' ? name === own : name.startsWith(`${own}-`));
      });
      // A name may begin with another one.
      const [party] = ofName.toSorted((one, other) => other.name.length - one.name.length);
      return [uid, { name: `${namespace}/${name}`, party }] as const;
    }),
  );
}

/** The uids of the pods that have not ended and are not about to. */
export async function lastingPods({ client }: Cluster): Promise<ReadonlySet<string>> {
  const all = (await client.list('v1', 'Pod')).map((object) => podShape.parse(object));
  return new Set(
    all
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .filter(({ status }) => !['Succeeded', 'Failed'].includes(status?.phase ?? ''))
      .map(({ metadata }) => metadata.uid),
  );
}

const serviceShape = z.looseObject({ spec: z.looseObject({ clusterIP: z.string().optional() }) });

/** The addresses of the Services that are asked and are not known yet, as far as they are there. */
export async function clusterAddresses(
  { client }: Cluster,
  watches: readonly Watch[],
  known: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map(
    watches.flatMap(({ to }) => (to.kind === 'service' ? [[named(to), to] as const] : [])),
  );
  const found = await Promise.all(
    [...wanted]
      .filter(([key]) => !known.has(key))
      .map(async ([key, { name, namespace }]) => {
        const object = await client.get({ apiVersion: 'v1', kind: 'Service', name, namespace });
        const address = serviceShape.safeParse(object).data?.spec.clusterIP;
        return address === undefined || address === 'None' ? [] : [[key, address] as const];
      }),
  );
  return new Map(found.flat());
}
