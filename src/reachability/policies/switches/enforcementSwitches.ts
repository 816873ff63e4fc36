import { type Fields, fieldsAt, isFields, textAt, textsIn, valueAt } from '../../../kubernetes/fields.ts';
import { parseManifests } from '../../../kubernetes/manifests.ts';
import { groupOf } from '../../../kubernetes/object.ts';
import { readConfigurationSources } from '../../../manifests/configurationSources.ts';
import { readRelease } from '../../../manifests/helm/release.ts';
import { valuesOf } from '../../../manifests/helm/releaseValues.ts';
import type { SourcedObject } from '../../../manifests/sourcedObject.ts';
import type { Unmodelled } from '../../model/unmodelled.ts';
import { containersOf, imageNameOf, wordsOf } from '../../model/workload.ts';
import {
  ciliumArguments,
  ciliumEnvironment,
  ciliumSwitches,
  ciliumValueSwitches,
  meshReason,
} from './ciliumSettings.ts';
import { felixSwitches } from './felixSettings.ts';
import { type NetworkSwitch, unmodelledSwitch } from './networkSwitch.ts';

/** A program that enforces network policies, or connects pods, and that an object installs or configures. */
export type NetworkProgram =
  | 'cilium'
  | 'calico'
  | 'antrea'
  | 'kube-router'
  | 'kube-network-policies'
  | 'flannel';

/** What one object says of a network program. */
export interface ProgramFinding {
  source: SourcedObject;
  program: NetworkProgram;
  switches: readonly NetworkSwitch[];
  /** Whether it runs kube-network-policies beside the program. */
  hasNetworkPolicies?: boolean;
  /** Whether it is told to enforce nothing on purpose, as where it only routes. */
  enforcesNothing?: boolean;
}

type Reader = (source: SourcedObject, objects: readonly SourcedObject[]) => ProgramFinding | undefined;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['/ConfigMap', configMap],
  ['/Secret', clusterMesh],
  ['cilium.io/CiliumNodeConfig', nodeConfig],
  ['projectcalico.org/FelixConfiguration', felixConfiguration],
  ['crd.projectcalico.org/FelixConfiguration', felixConfiguration],
  ['operator.tigera.io/Installation', (source) => ({ source, program: 'calico', switches: [] })],
  ['apps/DaemonSet', daemonSet],
  ['helm.toolkit.fluxcd.io/HelmRelease', helmRelease],
  ['helm.cattle.io/HelmChart', k3sChart],
  ['helm.cattle.io/HelmChartConfig', k3sChart],
]);

/** What the objects say of the programs of the network. */
export function networkProgramsIn(objects: readonly SourcedObject[]): readonly ProgramFinding[] {
  return objects.flatMap(
    (source) => readers.get(`${groupOf(source.object)}/${source.object.kind}`)?.(source, objects) ?? [],
  );
}

/** Settings among the objects that keep a program from enforcing network policies. */
export function enforcementSwitches(findings: readonly ProgramFinding[]): readonly Unmodelled[] {
  return findings.flatMap(({ source, switches }) => switches.map((each) => unmodelledSwitch(source, each)));
}

/** Cilium's agent reads the ConfigMap of this name in its own namespace. */
function configMap(source: SourcedObject): ProgramFinding | undefined {
  if (source.object.metadata.name !== 'cilium-config') return undefined;
  return { source, program: 'cilium', switches: ciliumSwitches(fieldsAt(source.object, 'data')) };
}

/** The Secret with the other clusters of a mesh. */
function clusterMesh(source: SourcedObject): ProgramFinding | undefined {
  const { object } = source;
  if (object.metadata.name !== 'cilium-clustermesh') return undefined;
  const names = [...Object.keys(fieldsAt(object, 'data')), ...Object.keys(fieldsAt(object, 'stringData'))];
  const switches = names.length === 0 ? [] : [{ rule: 'clusters of a mesh', why: meshReason }];
  return { source, program: 'cilium', switches };
}

/** Overrides cilium-config on the nodes that it selects (docs.cilium.io, "Per-node configuration"). */
function nodeConfig(source: SourcedObject): ProgramFinding {
  const switches = ciliumSwitches(fieldsAt(source.object, 'spec', 'defaults'), 'spec.defaults.');
  return { source, program: 'cilium', switches };
}

function felixConfiguration(source: SourcedObject): ProgramFinding {
  return { source, program: 'calico', switches: felixSwitches(valueAt(source.object, 'spec')) };
}

/** Programs by the last part of the name of their image. */
const images: readonly (readonly [pattern: RegExp, program: NetworkProgram])[] = [
  [/^cilium(?:-dev|-ci)?$/, 'cilium'],
  [/^(?:node|calico-node)$/, 'calico'],
  [/^antrea-(?:agent|ubuntu|ubi)/, 'antrea'],
  [/^kube-router$/, 'kube-router'],
  [/^kube-network-policies$/, 'kube-network-policies'],
  [/^flannel$/, 'flannel'],
];

function daemonSet(source: SourcedObject): ProgramFinding | undefined {
  const spec = fieldsAt(source.object, 'spec', 'template', 'spec');
  const containers = containersOf(spec).flatMap((container) => {
    const program = programOf(container);
    return program === undefined ? [] : [{ container, program }];
  });
  const main = containers.find(({ program }) => program !== 'kube-network-policies') ?? containers[0];
  if (main === undefined) return undefined;
  const cilium = containers.filter(({ program }) => program === 'cilium');
  const words = wordsOf(main.container);
  return {
    source,
    program: main.program,
    switches: cilium.flatMap(({ container }) => [
      ...ciliumArguments(wordsOf(container)),
      ...ciliumEnvironment(mapsOf(container['env'])),
    ]),
    hasNetworkPolicies: containers.some(({ program }) => program === 'kube-network-policies'),
    // The option of kube-router that turns its policy controller off (docs/user-guide.md).
    enforcesNothing: main.program === 'kube-router' && isRouterOnly(words),
  };
}

function isRouterOnly(words: readonly string[]): boolean {
  return words.some((word) => /^--run-firewall=(?:0|f|false)$/i.test(word));
}

function mapsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function programOf(container: Fields): NetworkProgram | undefined {
  const name = imageNameOf(container);
  const found = images.find(([pattern]) => pattern.test(name))?.[1];
  // Many images are called node.
  if (found === 'calico' && !/calico/.test(textAt(container, 'image') ?? '')) return undefined;
  return found;
}

/** Programs by the name of their chart. */
const charts: ReadonlyMap<string, NetworkProgram> = new Map([
  ['cilium', 'cilium'],
  ['rke2-cilium', 'cilium'],
  ['tigera-operator', 'calico'],
  ['calico', 'calico'],
  ['rke2-calico', 'calico'],
  ['rke2-canal', 'calico'],
  ['antrea', 'antrea'],
  ['flannel', 'flannel'],
  ['rke2-flannel', 'flannel'],
]);

function helmRelease(source: SourcedObject, objects: readonly SourcedObject[]): ProgramFinding | undefined {
  if (!mayInstall(source)) return undefined;
  const release = readRelease(source, objects);
  const program = charts.get(release.chart.name ?? release.name);
  if (program === undefined) return undefined;
  const { values, unknowns } = valuesOf(release, readConfigurationSources(objects), false);
  const unread = [...release.unknowns, ...unknowns].map(({ cause }) => ({
    rule: 'values that are not known',
    why: `they decide whether ${program} enforces policies, and ${cause}`,
  }));
  const patched = textsIn(valueAt(source.object, 'spec', 'postRenderers')).filter((text) =>
    /cilium-config|polic/.test(text),
  );
  const rendered = patched.map(() => ({
    rule: 'postRenderers',
    why: `they may change whether ${program} enforces policies`,
  }));
  return findingOf(source, program, values, [...unread, ...rendered]);
}

/** Whether the text of a release names a chart of a network program: most do not, and reading one takes time. */
function mayInstall({ object }: SourcedObject): boolean {
  const spec = valueAt(object, 'spec');
  const names = [
    textAt(spec, 'chart', 'spec', 'chart'),
    textAt(spec, 'chartRef', 'name'),
    textAt(spec, 'releaseName'),
    object.metadata.name,
  ];
  return names.some((name) => /cilium|calico|canal|tigera|antrea|flannel/.test(name ?? ''));
}

function findingOf(
  source: SourcedObject,
  program: NetworkProgram,
  values: Fields,
  unread: readonly NetworkSwitch[],
): ProgramFinding {
  const decides = program === 'cilium' || program === 'calico';
  return {
    source,
    program,
    switches: [...(program === 'cilium' ? ciliumValueSwitches(values) : []), ...(decides ? unread : [])],
    hasNetworkPolicies: program === 'flannel' && valueAt(values, 'netpol', 'enabled') === true,
  };
}

/** A chart that the controller of k3s and RKE2 installs, or more values for one: they are a text of YAML. */
function k3sChart(source: SourcedObject): ProgramFinding | undefined {
  const { object } = source;
  const chart = textAt(object, 'spec', 'chart')?.split('/').at(-1) ?? object.metadata.name;
  const program = charts.get(chart);
  if (program === undefined) return undefined;
  const { documents, problems } = parseManifests(textAt(object, 'spec', 'valuesContent') ?? '');
  const value = documents[0]?.value ?? {};
  const isRead = problems.length === 0 && isFields(value);
  const unread = isRead
    ? []
    : [
        {
          rule: 'valuesContent',
          why: `it decides whether ${program} enforces policies, and is no map of YAML`,
        },
      ];
  const written = nested(fieldsAt(object, 'spec', 'set'));
  return findingOf(source, program, { ...(isRead ? value : {}), ...written }, unread);
}

/** The values of `--set`, whose names are paths with dots. */
function nested(set: Fields): Fields {
  return Object.fromEntries(
    Object.entries(set).map(([path, value]) => {
      const [first = '', ...rest] = path.split('.');
      return [first, rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)];
    }),
  );
}
