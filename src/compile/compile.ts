import { posix } from 'node:path';
import type {
  Component,
  KustomizeComponent,
  Manifest,
  PlannedKustomization,
  RuleFinding,
} from '../components/contract/component.ts';
import type { Requirement } from '../components/contract/requirements.ts';
import { fluxKustomizationManifest } from '../components/shared/fluxKustomizationManifest.ts';
import { appDirectory } from '../components/shared/fluxKustomizations.ts';
import { fluxDirectory } from '../components/shared/fluxNames.ts';
import type { ClusterSettings } from '../config/clusterSettings.ts';
import type { Loaded } from '../config/load.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Problem } from '../problems/problem.ts';
import { type Active, activeComponents } from './active.ts';
import { clientsShutOut, loginsForBrowsers } from './clientLogins.ts';
import { contributions, filesOfComponents } from './contributions.ts';
import { documentFiles } from './documents/files.ts';
import { localDocumentsDirectory } from './documents/local.ts';
import { restoresOf } from './documents/restore.ts';
import { entrancesOf } from './entrances.ts';
import { exceptionsOf, providedRoutes } from './exceptions.ts';
import { heldData, keptByFlux } from './heldData.ts';
import { directoryFiles, entryFile, entryPath, patched } from './kustomizations.ts';
import { localDirectory } from './localValues.ts';
import { lostValues } from './lostValues.ts';
import { placeOf } from './places.ts';
import type {
  Of,
  Plan,
  PlannedFile,
  PlannedObject,
  PlannedSecret,
  RequiredTool,
  SecretDelivery,
} from './plan.ts';
import { type Ready, resolveRequirements } from './resolve.ts';
import { deliver, encryptedSecrets } from './secretDelivery.ts';
import { sharedHosts } from './sharedHosts.ts';
import { taskfile } from './taskfile.ts';
import { referencesIn, valuesByHand, valuesFile, valuesObject } from './values.ts';

/**
 * Turns a configuration into the plan of its repository: requirements first, then objects, then files. A pure function
 * of its input, down to the order of keys; nothing is read or written.
 *
 * @returns every problem, each at its line of the configuration, and the plan where there is none
 */
export function compile(
  loaded: Loaded<ClusterSettings & Record<string, unknown>>,
  catalogue: readonly Component[],
): { plan?: Plan; problems: Problem[] } {
  const { cluster } = loaded;
  const active = activeComponents(cluster, loaded, catalogue);
  const { ready, problems } = resolveRequirements(active, catalogue);
  const findings = [
    ...sharedHosts(providedRoutes(ready), loaded.private),
    ...loginsForBrowsers(statedRoutes(active)),
    ...ready.flatMap(({ component, context }) => [...(component.rules?.(context) ?? [])]),
  ];
  const secrets = contributions(ready, ({ component, context }) => component.secrets?.(context));
  const delivered = deliver(secrets, loaded);
  const all = [
    ...problems.map((problem) => ruleProblem(problem, loaded)),
    ...delivered.problems,
    ...findings.map((finding) => ruleProblem(finding, loaded)),
  ];
  if (all.length > 0) return { problems: all };
  const owner = new Map(secrets.map(({ namespace, name, component }) => [`${namespace}/${name}`, component]));
  const deliveries = delivered.deliveries.map((delivery) => ({
    ...delivery,
    component: owner.get(`${delivery.namespace}/${delivery.name}`) ?? '',
  }));
  const plan = assemble(ready, deliveries, loaded);
  const lost = lostValues(plan.objects, loaded);
  return lost.length > 0 ? { problems: lost } : { plan, problems: [] };
}

/** Every route that a component asks for, whether somebody provides it or not. */
function statedRoutes(active: readonly Active[]): Requirement<'route'>[] {
  return active
    .flatMap(({ component, context }) => component.requires?.(context) ?? [])
    .filter((requirement) => requirement.kind === 'route');
}

function ruleProblem({ field, ...finding }: RuleFinding, { places }: Loaded<unknown>): Problem {
  return { ...finding, ...placeOf(field, places) };
}

function assemble(
  ready: readonly Ready[],
  deliveries: readonly Of<SecretDelivery>[],
  loaded: Loaded<ClusterSettings & Record<string, unknown>>,
): Plan {
  const { cluster } = loaded;
  const builds = ready.map(({ component, context }) => ({ component, build: component.build(context) }));
  const fluxKustomizations = builds.flatMap(({ build }) => [...(build.fluxKustomizations ?? [])]);
  const manifests = builds.flatMap(({ component, build }) =>
    [
      ...build.manifests,
      ...(build.fluxKustomizations ?? []).map((planned) => fluxKustomizationManifest(planned, cluster)),
    ]
      .filter(({ objects }) => objects.length > 0)
      .map((manifest) => ({
        ...manifest,
        objects: manifest.objects.map(keptByFlux),
        component: component.name,
      })),
  );
  const overlays = builds.flatMap(({ build }) => [...(build.kustomizeComponents ?? [])]);
  const objects = manifests.flatMap((manifest) => plannedObjects(manifest, overlays));

  const used = new Set(objects.flatMap(({ object }) => referencesIn(JSON.stringify(object))));
  const values = valuesObject(loaded.private, used);
  const encrypted = encryptedFiles(values, deliveries, loaded);
  const secrets = [...deliveries, ...valuesByHand(cluster, used)];

  const documents = ready.map(({ component, context }) => component.documents?.(context) ?? {});
  const files = [
    ...manifestFiles(
      cluster,
      manifests,
      overlays,
      encrypted.map(({ path }) => path),
      fluxKustomizations,
    ),
    ...documentFiles(documents, {
      settings: cluster,
      secrets,
      values: [...loaded.private.keys()].sort(),
      fluxKustomizations: fluxKustomizations.map(({ name }) => name),
      routes: providedRoutes(ready),
      held: [...objects, ...encrypted].map(({ object }) => object).filter((object) => heldData(object)),
    }),
    ...builds.flatMap(({ build }) => [...(build.files ?? [])]),
    taskfile,
    {
      path: '.gitignore',
      lines: ['cluster.private.yaml', `${localDocumentsDirectory}/`, `/${localDirectory}/`],
    },
  ];
  return {
    files: [...files].sort((one, other) => (one.path < other.path ? -1 : 1)),
    objects,
    encrypted,
    secrets,
    restores: restoresOf(documents),
    warnings: [
      ...ready.flatMap(({ component, context }) => [...(component.warnings?.(context) ?? [])]),
      ...clientsShutOut(statedRoutes(ready)),
    ].map((finding) => ruleProblem(finding, loaded)),
    status: contributions(ready, ({ component, context }) => component.status?.(context)),
    checks: contributions(ready, ({ component, context }) => component.checks?.(context)),
    filesOf: filesOfComponents(builds, manifests, deliveries, [
      entryPath(cluster.cluster.name),
      ...(encrypted.length === 0 ? [] : [valuesPath(cluster)]),
    ]),
    tools: toolsOf(
      ready.map(({ component: { name } }, index) => ({ name, tools: documents[index]?.tools ?? [] })),
    ),
    probeImages: ready
      .flatMap(({ component, context }) => component.probeImages?.(context) ?? [])
      .toSorted((one, other) => (one.connects < other.connects ? -1 : one.connects > other.connects ? 1 : 0)),
    ...entrancesOf(ready),
    exceptions: exceptionsOf(providedRoutes(ready), objects),
  };
}

function toolsOf(components: readonly { name: string; tools: readonly string[] }[]): RequiredTool[] {
  const names = new Set(['git', 'kubectl', ...components.flatMap(({ tools }) => tools)]);
  return [...names].sort().map((name) => ({
    name,
    components: components.filter(({ tools }) => tools.includes(name)).map((component) => component.name),
  }));
}

function encryptedFiles(
  values: KubernetesObject,
  deliveries: readonly SecretDelivery[],
  loaded: Loaded<ClusterSettings>,
): PlannedSecret[] {
  if (loaded.cluster.secrets.recipients.length === 0) return [];
  const secrets = encryptedSecrets(deliveries, loaded);
  return [
    { path: valuesPath(loaded.cluster), object: values },
    ...secrets.map(({ path, object }) => ({ path, object: keptByFlux(object) })),
  ];
}

function valuesPath(settings: ClusterSettings): string {
  return `${fluxDirectory({ settings })}/${valuesFile}`;
}

function plannedObjects(
  manifest: Manifest & { component: string },
  overlays: readonly KustomizeComponent[],
): PlannedObject[] {
  const { directory, file, field, component } = manifest;
  const mine = overlays.filter((overlay) => overlay.directory === directory);
  return manifest.objects.map((object) => ({
    object: patched(object, mine),
    file: `${directory}/${file}`,
    field,
    component,
  }));
}

function manifestFiles(
  cluster: ClusterSettings,
  manifests: readonly Manifest[],
  overlays: readonly KustomizeComponent[],
  encrypted: readonly string[],
  fluxKustomizations: readonly PlannedKustomization[],
): PlannedFile[] {
  const directories = [
    ...new Set([...manifests.map(({ directory }) => directory), ...encrypted.map(posix.dirname)]),
  ];
  // What a Flux Kustomization applies must not be applied by the entry as well.
  const apart = new Set(fluxKustomizations.map(appDirectory));
  return [
    ...directories.flatMap((directory) =>
      directoryFiles(
        directory,
        manifests.filter((manifest) => manifest.directory === directory),
        overlays.filter((overlay) => overlay.directory === directory),
        encrypted.filter((path) => posix.dirname(path) === directory).map((path) => posix.basename(path)),
      ),
    ),
    entryFile(
      cluster.cluster.name,
      directories.filter((directory) => directory.startsWith('apps/') && !apart.has(directory)),
    ),
  ];
}
