import { describeObject } from '../../manifests/sourcedObject.ts';
import {
  type GatedPaths,
  isUnreadProxy,
  type ProxyPath,
  type TunnelPath,
} from '../entrypoints/gatedPaths.ts';
import { strongest } from '../entrypoints/pathTracing.ts';
import type { Evidence, Proof } from '../model/analysis.ts';
import type { Model } from '../model/model.ts';
import { conclude, hopOf, type Objection } from './conclusion.ts';

/** Whether every way in from outside is gated, and what each proxy on it demands. */
export function proveGates(model: Model, gatedPaths: GatedPaths): readonly Proof[] {
  return [
    ...gatedPaths.paths.map((way) => proveWay(model, gatedPaths, way)),
    ...model.tunnels.flatMap(({ workload, object, unseen }) => {
      if (unseen === undefined) return [];
      const claim = `Everything that ${describeObject(workload.ref)} lets in is gated`;
      const evidence = [{ object, rule: unseen }];
      const sentence = `What ${describeObject(workload.ref)} lets in is not known: ${unseen}`;
      return [
        conclude('outside-gated', claim, [{ certain: false, sentence, evidence }], {
          sentence: '',
          evidence: [],
        }),
      ];
    }),
    ...[...gatedPaths.proxies.keys()].map((workload) => proveProxy(model, gatedPaths, workload.index)),
  ];
}

function proveWay(model: Model, gatedPaths: GatedPaths, way: TunnelPath): Proof {
  const { tunnel, rule } = way;
  const host = rule.hostname ?? 'every hostname';
  const claim = `From outside, ${host} is denied by default: ${describeObject(tunnel.workload.ref)} ${rule.name} demands a verified token`;
  const evidence: Evidence[] = [{ object: rule.object, rule: rule.name }];
  const objections = [...weakGate(way, evidence), ...bypass(model, gatedPaths, way, evidence)];
  return conclude('outside-gated', claim, objections, {
    sentence: `${host}: ${rule.access?.demands ?? 'its proxy verifies it'}`,
    evidence,
  });
}

/** What is demanded of a request on its whole way: by the rule, and by every route of a proxy behind it. */
function weakGate(way: TunnelPath, evidence: readonly Evidence[]): readonly Objection[] {
  const { rule, tunnel, onward } = way;
  const own = rule.access === undefined ? [] : [rule.access];
  if (strongest(own) === 'verified') return [];
  const said = rule.access === undefined ? 'demands nothing' : `demands ${rule.access.demands}`;
  const path = [
    { ...hopOf(tunnel.workload.ref, evidence), controls: own },
    ...way.first.backends.map(({ workload, port }) => hopOf(workload.ref, [], port)),
  ];
  const start = `${describeObject(tunnel.workload.ref)} ${rule.name} ${said}`;
  const clear = own.some(({ certainty }) => certainty === 'unknown');
  if (onward.length === 0) {
    const end =
      way.first.problem?.why ??
      way.first.backends.map(({ workload }) => describeObject(workload.ref)).join(', ');
    return [{ certain: !clear, sentence: `${start} and leads to ${end}`, evidence, path }];
  }
  return onward.flatMap(({ proxy, route }): readonly Objection[] => {
    const gate = strongest(route.controls);
    if (gate === 'verified') return [];
    const demands = route.controls.map((control) => control.demands).join('; ') || 'nothing';
    const sentence = `${start}, and ${describeObject(proxy.workload.ref)} ${route.name} demands ${demands}`;
    const certain = !clear && (gate === 'none' || gate === 'presence');
    return [{ certain, sentence, evidence: [...evidence, { object: route.object, rule: route.name }], path }];
  });
}

/** A rule that leads past a proxy, to one that is not read, or to where nobody can see. */
function bypass(
  model: Model,
  gatedPaths: GatedPaths,
  way: TunnelPath,
  evidence: readonly Evidence[],
): readonly Objection[] {
  const { rule, tunnel, first } = way;
  const start = `${describeObject(tunnel.workload.ref)} ${rule.name}`;
  const around = first.backends.flatMap(({ workload, port }): readonly Objection[] => {
    const allowed = gatedPaths.backends.get(workload);
    if (allowed === undefined || allowed.has(tunnel.workload)) return [];
    const proxies = [...allowed].map(({ ref }) => describeObject(ref)).join(', ');
    const sentence = `${start} leads straight to ${describeObject(workload.ref)}, past ${proxies}`;
    const path = [hopOf(tunnel.workload.ref, evidence), hopOf(workload.ref, [], port)];
    return [{ certain: true, sentence, evidence, path }];
  });
  const unread = first.backends.flatMap(({ workload }): readonly Objection[] => {
    if (!isUnreadProxy(model, workload)) return [];
    const sentence = `${describeObject(workload.ref)} hands requests on by a configuration that is not read`;
    return [{ certain: false, sentence, evidence: [{ object: workload.ref, rule: 'not read' }] }];
  });
  const { problem } = first;
  const lost: readonly Objection[] =
    problem?.kind === 'unknown' ? [{ certain: false, sentence: `${start}: ${problem.why}`, evidence }] : [];
  return [...around, ...unread, ...lost];
}

/** Every route of a proxy demands something of each request before it hands it on. */
function proveProxy(model: Model, gatedPaths: GatedPaths, index: number): Proof {
  const ways = gatedPaths.paths
    .flatMap(({ onward }) => onward)
    .filter(({ proxy }) => proxy.workload.index === index);
  const proxy = model.proxies.find(({ workload }) => workload.index === index);
  const name = describeObject(proxy?.workload.ref ?? { kind: '', name: '', file: '' });
  const objections: Objection[] = ways.flatMap((way) => openRoute(way, name));
  if (proxy?.unseen !== undefined) {
    const evidence = [{ object: proxy.object, rule: proxy.unseen }];
    objections.push({ certain: false, sentence: `${name}: ${proxy.unseen}`, evidence });
  }
  if (ways.length === 0 && proxy?.unseen === undefined) {
    const evidence = proxy === undefined ? [] : [{ object: proxy.object, rule: 'no route' }];
    objections.push({
      certain: false,
      sentence: `${name} hands on nothing that the tunnel asks of it`,
      evidence,
    });
  }
  const said = [...new Set(ways.flatMap(({ route }) => route.controls.map(({ demands }) => demands)))].join(
    '; ',
  );
  const evidence = ways.map(({ route }) => ({ object: route.object, rule: route.name }));
  const claim = `${name} hands on no request that lacks what it demands`;
  return conclude('proxy-demands', claim, objections, {
    sentence: `Every route of ${name} demands ${said}`,
    evidence,
  });
}

function openRoute({ route, proxy, to }: ProxyPath, name: string): readonly Objection[] {
  const gate = strongest(route.controls);
  const evidence = [{ object: route.object, rule: route.name }];
  const objections: Objection[] = [];
  if (gate === 'none' || gate === 'unknown') {
    const path = [
      hopOf(proxy.workload.ref, evidence),
      ...to.backends.map(({ workload, port }) => hopOf(workload.ref, [], port)),
    ];
    const demands = gate === 'none' ? 'nothing' : route.controls.map((control) => control.demands).join('; ');
    objections.push({
      certain: gate === 'none',
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
