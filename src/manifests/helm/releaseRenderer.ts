import { textAt, valueAt } from '../../kubernetes/fields.ts';
import { clusterScopedKinds } from '../clusterScopedKinds.ts';
import type { SourcedObject } from '../sourcedObject.ts';
import { chartName } from './chartName.ts';
import { openChartResolver } from './chartResolver.ts';
import { brokenChartFrom } from './chartStore.ts';
import {
  apiArguments,
  type ClusterCapabilities,
  capabilitiesAssumption,
  capabilitiesOf,
} from './clusterCapabilities.ts';
import { type ClusterDependence, clusterDependenceOfValues, joinDependence } from './clusterDependence.ts';
import { publicHelmError } from './helmError.ts';
import { keptRelease, type RenderedRelease, releaseReader } from './keptReleases.ts';
import { likelyObjects } from './likelyObjects.ts';
import { chartPreparer, type PreparedChart } from './preparedChart.ts';
import { type HelmProgram, helmTemplate } from './program.ts';
import { checkClusterRemedy, type Release, type UnknownCause } from './release.ts';
import type { ReleaseValues } from './releaseValues.ts';
import type { RenderContext } from './renderContext.ts';
import { readHelmOutput } from './renderedObjects.ts';
import { renderingRemedy } from './unrenderedRelease.ts';

/** The objects of a chart. With unknowns they are likely at most; without a rendering there are none. */
interface Rendering {
  objects: readonly SourcedObject[] | undefined;
  unknowns: readonly UnknownCause[];
  assumed: readonly string[];
}

/**
 * A function that renders one release of a repository. It reads and prepares each chart once.
 *
 * @param helm undefined if there is no helm, or if no program may be started
 * @throws the file system error if a directory of charts cannot be listed
 */
export async function releaseRenderer(
  { objects, flux }: { objects: readonly SourcedObject[]; flux: readonly SourcedObject[] },
  context: RenderContext,
  helm: HelmProgram | undefined,
): Promise<(source: SourcedObject) => Promise<RenderedRelease>> {
  const resolver = await openChartResolver(context);
  const prepare = chartPreparer(resolver, helm?.scratch ?? '');
  const read = releaseReader({ objects, flux });
  const clusterKinds = clusterScopedKinds(objects);
  const capabilities = capabilitiesOf(objects, context.rendering);

  const renderChart = async (release: Release, values: ReleaseValues): Promise<Rendering> => {
    if (helm === undefined)
      return notRendered('there is no helm on the PATH', `Install helm. ${renderingRemedy(release.chart)}`);
    const found = await resolver.resolve(release);
    if (found === undefined) return notRendered('the chart is not available locally');
    const chart = 'broken' in found ? found : await prepare(found).catch(brokenChartFrom);
    if ('broken' in chart) return notRendered(`the chart cannot be used: ${chart.broken}`, 'Fix the chart');
    if (chart.unknowns.length > 0) return { objects: undefined, unknowns: chart.unknowns, assumed: [] };
    const output = await helmTemplate(helm.path, helm.scratch, {
      release: release.name,
      namespace: release.namespace,
      chart: chart.directory,
      values: values.values,
      flags: [...releaseArguments(release, chart), ...apiArguments(capabilities)],
    });
    if (!output.ok) {
      const message = publicHelmError(output.message, values, context.values);
      return notRendered(`helm rejects it: ${message}`, rejectionRemedy);
    }
    const rendered = readHelmOutput(release, output.output, values.clearTexts, clusterKinds);
    const dependence = joinDependence(chart.dependence, clusterDependenceOfValues(values.values));
    return {
      objects: rendered.objects,
      unknowns: [...clusterUnknowns(dependence, capabilities), ...rendered.unknowns],
      assumed: [
        ...chart.assumptions,
        ...(dependence.capabilities ? [capabilitiesAssumption(capabilities)] : []),
        ...(chart.hasExternalSchema
          ? [`The values of ${chartName(release.chart)} fit its schema, which refers to other files`]
          : []),
      ],
    };
  };

  return async (source) => {
    const { release, values, unknowns, isElsewhere } = read(source);
    if (isElsewhere) return keptRelease(release, unknowns, []);
    const rendering = await renderChart(release, values);
    const allUnknowns = [...rendering.unknowns, ...unknowns];
    if (rendering.objects === undefined)
      return keptRelease(release, allUnknowns, likelyObjects(release, values.values));
    return allUnknowns.length > 0
      ? keptRelease(release, allUnknowns, rendering.objects)
      : { objects: rendering.objects, likely: [], assumed: rendering.assumed };
  };
}

function notRendered(cause: string, remedy?: string): Rendering {
  return {
    objects: undefined,
    unknowns: [remedy === undefined ? { cause } : { cause, remedy }],
    assumed: [],
  };
}

const rejectionRemedy = 'Fix the values or the chart: Flux would not install it either';

/** The parts of the chart's behaviour that only the cluster decides and no option tells. */
function clusterUnknowns(
  { capabilities, live }: ClusterDependence,
  { kubeVersion }: ClusterCapabilities,
): readonly UnknownCause[] {
  const unknowns: UnknownCause[] = [];
  if (capabilities && kubeVersion === undefined)
    unknowns.push({
      cause: 'it depends on the version of Kubernetes and on the APIs that the cluster serves',
      remedy: 'Set --kube-version, and --api-versions for APIs that no object uses',
    });
  if (live.length > 0)
    unknowns.push({ cause: `the chart ${live.join(', and ')}`, remedy: checkClusterRemedy });
  return unknowns;
}

function releaseArguments({ source }: Release, { hasExternalSchema }: PreparedChart): readonly string[] {
  const install = valueAt(source.object, 'spec', 'install');
  const skipsCrds = textAt(install, 'crds') === 'Skip' || valueAt(install, 'skipCRDs') === true;
  const skipsSchema = valueAt(install, 'disableSchemaValidation') === true;
  return [
    ...(skipsCrds ? [] : ['--include-crds']),
    ...(hasExternalSchema || skipsSchema ? ['--skip-schema-validation'] : []),
  ];
}
