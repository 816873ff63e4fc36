import { createHash } from 'node:crypto';
import { describeObject } from '../../manifests/sourcedObject.ts';
import type { GatedPaths, ProxyPath } from '../entrypoints/gatedPaths.ts';
import { strongest } from '../entrypoints/pathTracing.ts';
import type { Model } from '../model/model.ts';
import { type Conclusion, conclude, hopOf, type Objection } from './conclusion.ts';
import type { Invariant } from './invariant.ts';

export const proxyDemands = {
  id: 'proxy-demands',
  title: 'Proxies check before they forward',
  promise:
    'Each route of a proxy behind a tunnel demands something of a request before it forwards it, by itself or by the program that Gatehouse writes',
  remedy: 'Let the proxy verify a signed token before it forwards a request',
  brokenByPresence: true,
  prove: ({ model, gatedPaths, assumptions }) => {
    const verifiers = new Set(assumptions.verifiers);
    return [...gatedPaths.proxies.keys()].map((workload) =>
      proveProxy(model, gatedPaths, workload.index, verifiers),
    );
  },
} as const satisfies Invariant;

/** Every route of a proxy demands something of each request before it forwards it. */
function proveProxy(
  model: Model,
  gatedPaths: GatedPaths,
  index: number,
  verifiers: ReadonlySet<string>,
): Conclusion {
  const leading = gatedPaths.paths.filter(({ destination }) =>
    destination.backends.some(({ workload }) => workload.index === index),
  );
  const paths = leading
    .flatMap(({ forwarded }) => forwarded)
    .filter(({ proxy }) => proxy.workload.index === index);
  const proxy = model.proxies.find(({ workload }) => workload.index === index);
  const name = describeObject(proxy?.workload.ref ?? { kind: '', name: '', file: '' });
  const objections: Objection[] = [
    ...paths.flatMap((path) => openRoute(path, name)),
    ...paths.flatMap((path) => unknownProgram(path, name, verifiers)).slice(0, 1),
  ];
  const unread = proxy?.refused === undefined ? proxy?.unseen : `it does not start: ${proxy.refused}`;
  if (proxy !== undefined && unread !== undefined) {
    const evidence = [{ object: proxy.object, rule: unread }];
    objections.push({ certain: false, sentence: `${name}: ${unread}`, evidence });
  }
  if (paths.length === 0 && unread === undefined) {
    const evidence = proxy === undefined ? [] : [{ object: proxy.object, rule: 'no route' }];
    objections.push({
      certain: false,
      sentence: `${name} forwards nothing that the tunnel asks of it`,
      evidence,
    });
  }
  const isForwarding = paths.some(({ route }) => route.refuses === undefined);
  const demands = new Set(paths.flatMap(({ route }) => route.controls.map((control) => control.demands)));
  const evidence = paths.map(({ route }) => ({ object: route.object, rule: route.name }));
  const claim = `${name} forwards no request that lacks what it demands`;
  const conclusion = conclude(claim, objections, {
    sentence: isForwarding
      ? `Every route of ${name} demands ${[...demands].join('; ')}`
      : `Nothing to prove: every route of ${name} refuses each request`,
    evidence,
  });
  const premises = [
    ...leading.flatMap(({ tunnel }) => tunnel.assumptions ?? []),
    ...paths.flatMap(({ proxy: by, route }) => [...(by.assumptions ?? []), ...(route.assumptions ?? [])]),
  ];
  return { ...conclusion, premises };
}

function openRoute({ route, proxy, destination: to }: ProxyPath, name: string): readonly Objection[] {
  if (route.refuses !== undefined) return [];
  const certainty = strongest(route.controls);
  const evidence = [{ object: route.object, rule: route.name }];
  const objections: Objection[] = [];
  if (certainty === 'none' || certainty === 'unknown') {
    const path = [
      hopOf(proxy.workload.ref, evidence),
      ...to.backends.map(({ workload, port }) => hopOf(workload.ref, [], port)),
    ];
    const demands =
      certainty === 'none' ? 'nothing' : route.controls.map((control) => control.demands).join('; ');
    objections.push({
      certain: certainty === 'none',
      sentence: `${name} ${route.name} demands ${demands}`,
      evidence,
      path,
    });
  }
  if (to.problem?.kind === 'unknown') {
    objections.push({ certain: false, sentence: `${name} ${route.name}: ${to.problem.why}`, evidence });
  }
  return objections;
}

/** A program verifies what its text says, and only known texts are known to verify anything. */
function unknownProgram(
  { route, proxy }: ProxyPath,
  name: string,
  verifiers: ReadonlySet<string>,
): readonly Objection[] {
  if (strongest(route.controls) !== 'program') return [];
  return route.controls.flatMap(({ certainty, configuration: { program } }): readonly Objection[] => {
    if (certainty !== 'program' || typeof program !== 'string') return [];
    const text = proxy.programs?.get(program.split('.')[0] ?? '');
    if (text !== undefined && verifiers.has(createHash('sha256').update(text).digest('hex'))) return [];
    const why =
      text === undefined
        ? 'it is not among the objects'
        : 'it is not the one that this version of Gatehouse writes';
    return [
      {
        certain: false,
        sentence: `What ${program} of ${name} verifies is not known: ${why}`,
        evidence: [{ object: route.object, rule: route.name }],
        remedy: 'Write the program again with gatehouse configure, or review it and accept the finding',
      },
    ];
  });
}
