import { type ClientFinder, createClientFinder } from './entrypoints/potentialClients.ts';
import type { Model } from './model/model.ts';
import { createFlowEvaluator, type Flow } from './policies/flow.ts';

/** A model with what answers questions about it. Make one per analysis: it remembers its answers, the model does not. */
export interface Evaluator extends Model, ClientFinder {
  flow: Flow;
}

export function createEvaluator(model: Model): Evaluator {
  const flow = createFlowEvaluator(model.network);
  return { ...model, ...createClientFinder(model, flow), flow };
}
