import { type ClientFinder, createClientFinder } from './entrypoints/potentialClients.ts';
import type { Model } from './model/model.ts';
import { createFlowEvaluator, type Flow } from './policies/flow.ts';

/** A model with its evaluators. Create one per analysis, since it remembers its answers. */
export interface Evaluator extends Model, ClientFinder {
  flow: Flow;
}

export function createEvaluator(model: Model): Evaluator {
  const flow = createFlowEvaluator(model.network);
  return { ...model, ...createClientFinder(model, flow), flow };
}
