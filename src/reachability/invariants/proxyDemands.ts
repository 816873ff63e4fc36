import { describeObject } from '../../manifests/sourcedObject.ts';
import type { GatedPaths, ProxyPath } from '../entrypoints/gatedPaths.ts';
import { strongest } from '../entrypoints/pathTracing.ts';
import type { Model } from '../model/model.ts';
import { type Conclusion, conclude, hopOf, type Objection } from './conclusion.ts';
import type { Invariant } from './invariant.ts';

export const proxyDemands = {
  id: 'proxy-demands',
  title: 'Proxies check before they forward',
  promise: 'Each route of a proxy behind a tunnel demands something of a request before it forwards it',
  remedy: 'Let the proxy verify a signed token before it forwards a request',
  brokenByPresence: true,
  prove: ({ model, gatedPaths }) =>
    [...gatedPaths.proxies.keys()].map((workload) => proveProxy(model, gatedPaths, workload.index)),
} as const satisfies Invariant;

/** Every route of a proxy demands something of each request before it forwards it. */
function proveProxy(model: Model, gatedPaths: GatedPaths, index: number): Conclusion {
  const paths = gatedPaths.paths
    .flatMap(({ forwarded }) => forwarded)
    .filter(({ proxy }) => proxy.workload.index === index);
  const proxy = model.proxies.find(({ workload }) => workload.index === index);
  const name = describeObject(proxy?.workload.ref ?? { kind: '', name: '', file: '' });
  const objections: Objection[] = paths.flatMap((path) => openRoute(path, name));
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
  const demands = new Set(paths.flatMap(({ route }) => route.controls.map((control) => control.demands)));
  const evidence = paths.map(({ route }) => ({ object: route.object, rule: route.name }));
  const claim = `${name} forwards no request that lacks what it demands`;
  return conclude(claim, objections, {
    sentence: `Every route of ${name} demands ${[...demands].join('; ')}`,
    evidence,
  });
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
