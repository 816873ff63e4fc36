import { namespaceOf } from '../kubernetes/object.ts';
import { describeObject, type SourcedObject, type Unknown } from '../manifests/sourcedObject.ts';
import { admit } from './admission.ts';
import type { Analysis } from './analysisResult.ts';
import { findEntries } from './entrypoints/accessMap.ts';
import { findGatedPaths } from './entrypoints/gatedPaths.ts';
import { likelyEntries } from './entrypoints/likelyEntries.ts';
import { createEvaluator } from './evaluator.ts';
import { premisesInUse } from './invariants/premises.ts';
import { type InvariantId, proveInvariants } from './invariants/registry.ts';
import type { Structure } from './invariants/structure.ts';
import type { Assumptions } from './model/analysis.ts';
import { buildModel, type Model } from './model/model.ts';
import { summarizeUnmodelled } from './model/unmodelled.ts';
import { certainOf } from './uncertainObjects.ts';

export type { Analysis } from './analysisResult.ts';

/** Optional facts besides the objects. */
export interface AnalysisOptions {
  /** Objects that charts likely create. They only add entries that are marked as likely. */
  likely?: readonly SourcedObject[];
  /** The result of schema validation. Without it there is no proof of the structure of objects. */
  structure?: Structure | undefined;
  /** Which invariants are proved; all of them where it is not said. */
  isWanted?: (id: InvariantId) => boolean;
}

/**
 * Analyses objects: who can reach what, and whether the invariants hold. What the API server refuses is not there, and
 * what it may refuse proves nothing. It uses only the objects and the assumptions, so the same rules apply to every
 * repository. Sentences may contain values of the objects, such as hostnames and address ranges. The caller redacts them.
 */
export function analyse(
  objects: readonly SourcedObject[],
  assumptions: Assumptions,
  options: AnalysisOptions = {},
): Analysis {
  const { objects: admitted, unknowns, causes } = admit(objects, options.structure);
  const run = (held: readonly SourcedObject[]): Analysis =>
    analyseHeld(held, assumptions, { ...options, written: objects });
  const most = run(admitted);
  const uncertain = admitted.filter((each) => each.uncertain !== undefined);
  const analysis =
    uncertain.length === 0
      ? most
      : certainOf({
          most,
          fewest: run(admitted.filter((each) => each.uncertain === undefined)),
          uncertain,
          otherForms: objects.filter((each) => each.uncertain !== undefined),
          gatewayNamespaces: namespacesOfGateways(objects),
          causes,
        });
  return unknowns.length === 0 ? analysis : { ...analysis, unknowns: [...analysis.unknowns, ...unknowns] };
}

function namespacesOfGateways(objects: readonly SourcedObject[]): ReadonlySet<string> {
  const gateways = objects.filter(({ object }) => /^(Gateway|X?ListenerSet)$/.test(object.kind));
  return new Set(gateways.map(({ object }) => namespaceOf(object)));
}

/** Analyses the objects that an API server holds. */
function analyseHeld(
  objects: readonly SourcedObject[],
  assumptions: Assumptions,
  { likely = [], structure, isWanted, written }: AnalysisOptions & { written: readonly SourcedObject[] },
): Analysis {
  const model = createEvaluator(buildModel(objects, assumptions));
  const gatedPaths = findGatedPaths(model);
  const context = { model, gatedPaths, assumptions, structure, written };
  const premises = premisesInUse(context);
  const proofs = proveInvariants(context, premises.of, isWanted);
  const used = new Set(proofs.flatMap((proof) => proof.premises));
  const shared = new Set(premises.all);
  return {
    entries: [...findEntries(model, assumptions), ...likelyEntries(objects, likely, assumptions)],
    proofs,
    assumptions: [
      ...premises.all.filter((sentence) => used.has(sentence)),
      // What a single proof rests on.
      ...[...used].filter((sentence) => !shared.has(sentence)),
    ],
    unknowns: [...summarizeUnmodelled(model.unmodelled), ...networkUnknowns(model)],
  };
}

function networkUnknowns({ network, tunnels, proxies }: Model): readonly Unknown[] {
  const unknowns: Unknown[] = [];
  if (!network.enforced) {
    const sentence =
      'Nothing is named that enforces network policies, so nothing about the network is proved';
    unknowns.push({ sentence, remedy: 'Name the enforcer of network policies' });
  }
  if (network.pods === undefined) {
    const sentence = 'The ranges of pod addresses are not known, so address blocks may cover pods';
    unknowns.push({ sentence, remedy: 'Name the ranges of pod addresses' });
  }
  const unread = (workloads: typeof tunnels, remedy: string) => {
    for (const { workload, unseen, refused, remedy: own } of workloads) {
      const why = refused === undefined ? unseen : `it does not start: ${refused}`;
      if (why === undefined) continue;
      const sentence = `${describeObject(workload.ref)}: ${why}`;
      const correct = 'Correct what the program refuses';
      unknowns.push({
        object: workload.ref,
        sentence,
        remedy: refused === undefined ? (own ?? remedy) : correct,
      });
    }
  };
  unread(tunnels, 'Keep the rules of the tunnel in a ConfigMap, with a credentials file instead of a token');
  unread(proxies, 'Keep the whole configuration in ConfigMaps among the objects');
  return unknowns;
}
