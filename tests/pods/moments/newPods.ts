import type { Cluster } from '../cluster/cluster.ts';
import { busyboxImage } from '../cluster/images.ts';
import { places } from '../cluster/world.ts';
import { eventually, podStates } from '../fixtures/podState.ts';
import { pausePodObject } from '../fixtures/settled.ts';

/** The first moments of a pod of a namespace that denies by default. */
export interface FirstMoments {
  readonly name: string;
  /** How often it reached the internet. */
  readonly passed: number;
  /** The age of its program when it reached it last, in milliseconds; 0 where it never did. */
  readonly until: number;
  /** How often it was refused from then on. */
  readonly refused: number;
}

/** How often it is refused before it stops to ask. */
export const enough = 5;

/** How often it asks at most. */
const turns = 2_000;

/** Asks until it is refused, and says of each question when it began, in seconds since the machine started. */
const program = (most: number): string => `echo "start $(cut -d' ' -f22 /proc/$$/stat)"
refused=0
for turn in $(seq ${most}); do
  read now idle </proc/uptime
  if nc -w 1 ${places.internet} 443 </dev/null >/dev/null 2>&1; then echo "$now passed"
  else echo "$now refused"; refused=$((refused + 1)); fi
  [ "$refused" -lt ${enough} ] || exit 0
done`;

/** Starts a pod of nobody which asks from its first moment on until it is refused, and returns what it saw. */
export async function firstMomentsOf(
  cluster: Cluster,
  namespace: string,
  name: string,
  most = turns,
): Promise<FirstMoments> {
  const pod = pausePodObject(namespace, name, {});
  const spec = pod['spec'] as { containers: object[] };
  await cluster.client.apply({
    ...pod,
    spec: {
      ...spec,
      restartPolicy: 'Never',
      containers: spec.containers.map((each) => ({
        ...each,
        image: busyboxImage,
        command: ['sh', '-c', program(most)],
      })),
    },
  });
  const state = async () => (await podStates(cluster, namespace)).find((each) => each.name === name);
  await eventually(`${name} has asked`, 300, async () => (await state())?.phase === 'Succeeded' || undefined);
  const { output } = await cluster.kubectl('-n', namespace, 'logs', name);
  await cluster.kubectl('-n', namespace, 'delete', 'pod', name);
  return momentsIn(name, output);
}

/** What the lines of the program say. */
function momentsIn(name: string, lines: string): FirstMoments {
  const began = Number(/^start (\d+)$/m.exec(lines)?.[1]) * 10;
  const asked = [...lines.matchAll(/^([\d.]+) (passed|refused)$/gm)].map(([, at, answer]) => ({
    at: Number(at) * 1_000,
    answer,
  }));
  const passes = asked.filter(({ answer }) => answer === 'passed');
  const last = passes.at(-1)?.at;
  return {
    name,
    passed: passes.length,
    until: last === undefined ? 0 : Math.max(0, Math.round(last - began)),
    refused: asked.slice(asked.findLastIndex(({ answer }) => answer === 'passed') + 1).length,
  };
}
