import type { SourcedObject } from '../../manifests/sourcedObject.ts';
import type { GatedPaths } from '../entrypoints/gatedPaths.ts';
import type { Evaluator } from '../evaluator.ts';
import type { Assumptions } from '../model/analysis.ts';
import type { Conclusion } from './conclusion.ts';
import type { Structure } from './structure.ts';

/** What an invariant is proved from. */
export interface InvariantContext {
  /** The cluster, with what answers questions about its network. */
  model: Evaluator;
  gatedPaths: GatedPaths;
  assumptions: Assumptions;
  /** The objects as they are written, with those that the API server refuses. */
  written: readonly SourcedObject[];
  /** What schemas say of the objects. Without it nothing is said of their structure. */
  structure?: Structure | undefined;
}

/** What Gatehouse proves of objects. Each file of this directory that has one owns all that is said of it. */
export interface Invariant {
  /** Users accept findings by it, so it never changes. */
  id: string;
  title: string;
  /** What holds where it is proved, as one sentence without its full stop. It is in docs/check.md too. */
  promise: string;
  /** What fixes a breach, unless the conclusion has a remedy of its own. */
  remedy: string;
  /** Whether an object that is known breaks it, whatever else could not be read. */
  brokenByPresence: boolean;
  /** One conclusion for each thing that it is claimed of. Sentences may hold host names and address ranges. */
  prove: (context: InvariantContext) => readonly Conclusion[];
}
