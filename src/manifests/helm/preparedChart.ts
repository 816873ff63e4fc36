import { clusterDependenceOfChart, hasExternalSchema } from './chartContent.ts';
import { type CompleteChart, withDependencies } from './chartDependencies.ts';
import type { ChartResolver, LocalChart } from './chartResolver.ts';
import type { Chart } from './chartStore.ts';
import type { ClusterDependence } from './clusterDependence.ts';
import { writeChart } from './program.ts';

/** A complete chart that is written to disk for helm. It is the same for every release that uses the chart. */
export interface PreparedChart extends CompleteChart {
  directory: string;
  dependence: ClusterDependence;
  /** The schema of its values refers to other files. */
  hasExternalSchema: boolean;
}

/** A function that prepares charts in a scratch directory. Releases that share a chart share the preparation. */
export function chartPreparer(
  resolver: ChartResolver,
  scratch: string,
): (local: LocalChart) => Promise<PreparedChart> {
  const preparations = new Map<Chart, Promise<PreparedChart>>();
  const prepare = async ({ chart, directory }: LocalChart): Promise<PreparedChart> => {
    const complete = await withDependencies(chart, resolver, directory);
    return {
      ...complete,
      directory: await writeChart(scratch, complete.files),
      dependence: clusterDependenceOfChart(complete.files),
      hasExternalSchema: hasExternalSchema(complete.files),
    };
  };
  return async (local) => {
    const preparation = preparations.get(local.chart) ?? prepare(local);
    preparations.set(local.chart, preparation);
    const prepared = await preparation;
    return { ...prepared, assumptions: [...local.assumptions, ...prepared.assumptions] };
  };
}
