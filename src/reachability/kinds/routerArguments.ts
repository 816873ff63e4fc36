import { describeObject } from '../../manifests/sourcedObject.ts';
import type { Unmodelled } from '../model/unmodelled.ts';
import { containersOf, imageNameOf, type Workload, wordsOf } from '../model/workload.ts';

/** Addresses of the cluster that kube-router announces to other routers (kube-router 2.6, docs/bgp.md, docs/user-guide.md). */
const announced: readonly { option: string; what: string; isDefault: boolean }[] = [
  { option: 'advertise-cluster-ip', what: 'the address of every Service of the cluster', isDefault: false },
  { option: 'advertise-pod-cidr', what: 'the addresses of pods', isDefault: true },
];

/**
 * What kube-router leads to from other routers by its arguments. Addresses of load balancers and external ones count by
 * their Services. The addresses of pods go to other nodes alone, unless it has a peer.
 */
export function announcedByRouters(
  workloads: readonly Pick<Workload, 'ref' | 'spec'>[],
): readonly Unmodelled[] {
  return workloads.flatMap(({ ref: object, spec }) =>
    containersOf(spec).flatMap((container) => {
      const words = wordsOf(container).flatMap((word) => word.split(/[\s"';]+/));
      const isRouter =
        imageNameOf(container) === 'kube-router' || words.some((word) => /(?:^|\/)kube-router$/.test(word));
      if (!isRouter || isOff(words, 'run-router')) return [];
      const hasPeer = words.some((word) => word.startsWith('--peer-router-'));
      return announced
        .filter(({ option, isDefault }) =>
          isDefault ? hasPeer && !isOff(words, option) : isThere(words, option) && !isOff(words, option),
        )
        .map(({ option, what }): Unmodelled => {
          const sentence = `${describeObject(object)} announces ${what} to routers (--${option})`;
          const remedy = `Set --${option}=false, or accept the finding if no router leads there`;
          return {
            object,
            sentence,
            remedy,
            effects: ['services'],
            namespace: undefined,
            rule: `--${option}`,
          };
        });
    }),
  );
}

function isThere(words: readonly string[], option: string): boolean {
  return words.some((word) => word === `--${option}` || word.startsWith(`--${option}=`));
}

/** Whether the last time that an option is given turns it off. */
function isOff(words: readonly string[], option: string): boolean {
  const last = words.findLast((word) => word === `--${option}` || word.startsWith(`--${option}=`));
  return last !== undefined && /=(?:0|f|false)$/i.test(last);
}
