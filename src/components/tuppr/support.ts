import semver from 'semver';
import type { RuleFinding } from '../contract/component.ts';
import { runsKubernetes, supportOf, talosSupport } from '../shared/talosVersions.ts';

/** Versions that run, or are to run. */
export interface Versions {
  talos: string;
  kubernetes: string;
}

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
  const path = minorsOnTheWay(which, minorOf(from), minorOf(to));
  if (path.length <= 1) return [];
  const [first] = path;
  return [
    {
      code: 'skips-a-version',
      field,
      message: `from ${title} ${from} to ${to} minor versions are left out`,
      expected: `${path.map((minor) => `1.${minor}`).join(', then ')}: one after the other`,
      remedy: `say the last release of 1.${first} first, and raise cluster.${which} when it runs`,
    },
  ];
}

/** The fewest minor versions that lead from one to another, where there is a way. Talos may leave some out, Kubernetes none. */
function minorsOnTheWay(which: Which, from: number, to: number): number[] {
  const path: number[] = [];
  for (let at = to; at > from; ) {
    path.unshift(at);
    const oldest = which === 'talos' ? talosSupport.get(at)?.from : undefined;
    at = Math.max(from, Math.min(at - 1, oldest ?? at - 1));
  }
  return path;
}

function unknownTalos(now: Versions, target: Versions): RuleFinding[] {
  const known = [...talosSupport.keys()];
  const range = `Talos 1.${Math.min(...known)} to 1.${Math.max(...known)}`;
  const said = [
    { version: now.talos, field: 'cluster.talos' },
    { version: target.talos, field: 'tuppr.talos' },
  ];
  return said
    .filter(({ version }, index) => index === 0 || version !== now.talos)
    .filter(({ version }) => supportOf(version) === undefined)
    .map(({ version, field }) => ({
      code: 'unknown-version' as const,
      field,
      message: `nobody here knows which Kubernetes Talos ${version} runs`,
      expected: range,
      remedy: 'a newer Gatehouse may know it',
    }));
}

/**
 * The two are upgraded one after the other, in no order that is said: every state in between has to be one that runs.
 * The one that runs now is checked with the cluster.
 */
function pairProblems(now: Versions, target: Versions): RuleFinding[] {
  if (runsKubernetes(now.talos, now.kubernetes) !== true) return [];
  const states = [
    { talos: target.talos, kubernetes: now.kubernetes, field: 'tuppr.talos' },
    { talos: now.talos, kubernetes: target.kubernetes, field: 'tuppr.kubernetes' },
    { ...target, field: 'tuppr.kubernetes' },
  ];
  return states.flatMap((state) => pairProblem(state, state.field) ?? []).slice(0, 1);
}

function pairProblem({ talos, kubernetes }: Versions, field: string): RuleFinding | undefined {
  if (runsKubernetes(talos, kubernetes) === true) return undefined;
  const [first, last] = supportOf(talos)?.kubernetes ?? [0, -1];
  const minor = minorOf(kubernetes);
  const newer = [...talosSupport.keys()].find((other) => runsKubernetes(`1.${other}.0`, kubernetes));
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
