import semver from 'semver';
import type { RuleFinding } from '../contract/component.ts';

/** Versions that run, or are to run. */
export interface Versions {
  talos: string;
  kubernetes: string;
}

/**
 * The first and the last minor version of Kubernetes 1 that each minor version of Talos 1 runs
 * (`MinimumKubernetesVersion` and `MaximumKubernetesVersion` in `pkg/machinery/compatibility` of siderolabs/talos,
 * as of c684ec60, of the line of 1.14, which was released on 2026-09-03).
 */
export const kubernetesOfTalos: ReadonlyMap<number, readonly [first: number, last: number]> = new Map([
  [8, [26, 31]],
  [9, [27, 32]],
  [10, [28, 33]],
  [11, [29, 34]],
  [12, [30, 35]],
  [13, [31, 36]],
  [14, [32, 37]],
]);

type Which = keyof Versions;
const titles: Record<Which, string> = { talos: 'Talos', kubernetes: 'Kubernetes' };
const minorOf = (version: string): number => semver.minor(version);

/**
 * What prevents the upgrade from what runs to what is to run: a step back, a minor version that is left out, a version
 * that nobody knows, a pair that Talos does not run. Each says the way that there is.
 */
export function pathProblems(now: Versions, target: Versions): RuleFinding[] {
  const steps = [...stepProblems('talos', now, target), ...stepProblems('kubernetes', now, target)];
  const unknown = unknownTalos(now, target);
  return [...unknown, ...steps, ...(steps.length + unknown.length > 0 ? [] : pairProblems(now, target))];
}

function stepProblems(which: Which, now: Versions, target: Versions): RuleFinding[] {
  const [from, to] = [now[which], target[which]];
  const field = `tuppr.${which}`;
  const title = titles[which];
  if (semver.lt(to, from))
    return [
      {
        code: 'downgrade',
        field,
        message: `${title} ${to} is older than ${from}, which cluster.${which} says is running`,
        expected: `${from} or later`,
        remedy: `say what runs in cluster.${which}; to go back, restore etcd from a copy of that time`,
      },
    ];
  if (semver.major(to) !== semver.major(from))
    return [
      {
        code: 'unknown-version',
        field,
        message: `nobody knows a way from ${title} ${from} to ${to}`,
        expected: `${title} ${semver.major(from)}`,
      },
    ];
  const between = minorOf(to) - minorOf(from);
  if (between <= 1) return [];
  const path = Array.from({ length: between }, (_, index) => `1.${minorOf(from) + index + 1}`);
  return [
    {
      code: 'skips-a-version',
      field,
      message: `from ${title} ${from} to ${to} minor versions are left out`,
      expected: `${path.join(', then ')}: one after the other`,
      remedy: `say the last release of ${path[0]} first, and raise cluster.${which} when it runs`,
    },
  ];
}

function unknownTalos(now: Versions, target: Versions): RuleFinding[] {
  const known = [...kubernetesOfTalos.keys()];
  const range = `Talos 1.${Math.min(...known)} to 1.${Math.max(...known)}`;
  const said = [
    { version: now.talos, field: 'cluster.talos' },
    { version: target.talos, field: 'tuppr.talos' },
  ];
  return said
    .filter(({ version }, index) => index === 0 || version !== now.talos)
    .filter(({ version }) => semver.major(version) !== 1 || !kubernetesOfTalos.has(minorOf(version)))
    .map(({ version, field }) => ({
      code: 'unknown-version' as const,
      field,
      message: `nobody here knows which Kubernetes Talos ${version} runs`,
      expected: range,
      remedy: 'a newer Gatehouse may know it',
    }));
}

/** The two are upgraded one after the other, in no order that is said: every state in between has to be one that runs. */
function pairProblems(now: Versions, target: Versions): RuleFinding[] {
  const states = [
    { ...now, field: 'cluster.kubernetes' },
    { talos: target.talos, kubernetes: now.kubernetes, field: 'tuppr.talos' },
    { talos: now.talos, kubernetes: target.kubernetes, field: 'tuppr.kubernetes' },
    { ...target, field: 'tuppr.kubernetes' },
  ];
  return states.flatMap((state) => pairProblem(state, state.field) ?? []).slice(0, 1);
}

function pairProblem({ talos, kubernetes }: Versions, field: string): RuleFinding | undefined {
  const [first, last] = kubernetesOfTalos.get(minorOf(talos)) ?? [0, -1];
  const minor = minorOf(kubernetes);
  if (semver.major(kubernetes) === 1 && minor >= first && minor <= last) return undefined;
  const newer = [...kubernetesOfTalos].find(([, range]) => minor >= range[0] && minor <= range[1])?.[0];
  const talosFirst =
    newer === undefined
      ? 'no Talos that is known here runs it'
      : `upgrade Talos first: say tuppr.kubernetes once cluster.talos says 1.${newer} or later`;
  return {
    code: 'versions-do-not-fit',
    field,
    message: `Talos ${talos} does not run Kubernetes ${kubernetes}`,
    expected: `Kubernetes 1.${first} to 1.${last} with Talos 1.${minorOf(talos)}`,
    remedy:
      minor > last
        ? talosFirst
        : `upgrade Kubernetes first, to 1.${first} or later: say tuppr.talos once cluster.kubernetes says so`,
  };
}
