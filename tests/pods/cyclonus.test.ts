// Crosses the cases of cyclonus with the prover and the enforcer of a real cluster. They are beside the project.
import { expect, test } from 'vitest';
import { networkPolicyCases, reason } from '../cases/networkPolicyCases.ts';
import type { NaivePolicy } from '../reachability/naive.ts';
import { podSuite } from './cluster/suite.ts';
import { disagreements, type Flow, livePods, summaryOf } from './fixtures/liveClusters.ts';

type Step = ReturnType<typeof networkPolicyCases>[number]['steps'][number];

interface Askable {
  readonly description: string;
  readonly step: Step;
}

/**
 * The cases that are asked: one of each kind of selector, block, port and rule, and those with several policies. All of them take
 * six minutes. What they have more of is other combinations, as the generated policies have.
 */
const asked: readonly string[] = [
  'egress: deny all',
  'ingress: allow all',
  'ingress, 2-peer: empty pods + nil ns, ipblock with except',
  'ingress, 2-peer: nil pods + ns by label, pods by label + ns by label',
  'egress, 2-peer: nil pods + empty ns, pods by label + empty ns',
  'egress, 2-peer: pods by label + empty ns, ipblock with except',
  'any-port,direction,egress,port,protocol,udp',
  'direction,egress,named-port,port,protocol,tcp',
  'direction,end-port,ingress,numbered-port,port,protocol,tcp',
  "open a named port that doesn't match its protocol",
  "open a named port that isn't served",
  'direction,ingress,named-port,port,protocol,udp',
  'direction,egress,multi-port/protocol,named-port,numbered-port,port,protocol,rule,udp',
  'deny all from source, allow all to dest',
  'deny all + allow all by IP from same source',
  'egress: select namespace by default label',
];

/** The steps of the pods that all but one of them have, each set of policies and labels once. */
function distinctSteps(): readonly Askable[] {
  const all = networkPolicyCases().flatMap(({ description, steps }) =>
    steps.map((step) => ({ description: description.trim(), step })),
  );
  const pods = ({ step }: Askable): string =>
    JSON.stringify(step.pods.map(({ Namespace, Name, Labels, Ports }) => [Namespace, Name, Labels, Ports]));
  const rules = ({ step }: Askable): string => JSON.stringify([step.namespaces, step.policies]);
  const [first] = all;
  const same = all.filter((each) => first !== undefined && pods(each) === pods(first));
  // Of the same ones the first is left.
  return [...new Map(same.toReversed().map((each) => [rules(each), each])).values()].toReversed();
}

podSuite('the cases of cyclonus', (cluster) => {
  test.skipIf(reason !== '')(`are enforced as they say${reason}`, { timeout: 1_200_000 }, async () => {
    const distinct = distinctSteps();
    expect(distinct).toHaveLength(69);
    const cases = distinct.filter(({ description }) => asked.includes(description));
    expect(new Set(cases.map(({ description }) => description))).toEqual(new Set(asked));
    const pods = (cases[0]?.step.pods ?? []).map(({ Namespace, Name, Labels, Ports }) => ({
      ...{ namespace: Namespace, name: Name, labels: Labels ?? {} },
      ports: (Ports ?? []).map(({ name, port, protocol }) => ({ name, containerPort: port, protocol })),
    }));
    await using live = await livePods(cluster, pods);
    const network = live.pods[0]?.ip.replace(/\.\d+$/, '') ?? '';
    const all: Flow[] = [];
    let compared = 0;
    for (const { description, step } of cases) {
      const namespaces = Object.fromEntries(
        Object.entries(step.namespaces).filter(([name]) =>
          live.pods.some(({ namespace }) => namespace === name),
        ),
      );
      const flows = await live.measure({ namespaces, policies: policiesOf(step, network) });
      const others = isOfItsSimulator(step) ? [] : flows.filter((flow) => flow.given !== saidOf(step, flow));
      expect({ description, others, disagreements: disagreements(flows) }).toEqual({
        ...{ description, others: [], disagreements: [] },
      });
      compared += isOfItsSimulator(step) ? 0 : flows.length;
      all.push(...flows);
    }
    const what = `${cases.length} of ${distinct.length} cases of cyclonus with ${compared} of its answers`;
    process.stdout.write(summaryOf(what, all));
    expect(compared).toBeGreaterThan(3_000);
  });
});

/** What cyclonus says of a connection. */
function saidOf({ flows }: Step, { from, to, protocol, port }: Flow): string | undefined {
  const found = flows.find(
    (each) => each[0] === from && each[1] === to && each[2] === protocol && each[3] === port,
  );
  return found?.[7];
}

/** Its answers about blocks are about the addresses of its simulator, whose namespaces do not have the label of their name. */
function isOfItsSimulator({ policies }: Step): boolean {
  return /"ipBlock"|"kubernetes\.io\/metadata\.name"/.test(JSON.stringify(policies));
}

/** The policies, with the network of the pods here in the place of its own. */
function policiesOf({ policies }: Step, network: string): NaivePolicy[] {
  const text = JSON.stringify(policies ?? []).replaceAll('192.168.1.', `${network}.`);
  return JSON.parse(text).map((policy: { metadata: { name: string; namespace: string }; spec: object }) => ({
    ...{ name: policy.metadata.name, namespace: policy.metadata.namespace, spec: policy.spec },
  }));
}
