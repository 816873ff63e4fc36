import { describeObject, type SourcedObject, type Unknown } from '../manifests/sourcedObject.ts';
import { admit } from './admission.ts';
import type { Analysis } from './analysisResult.ts';
import { findEntries } from './entrypoints/accessMap.ts';
import { findGatedPaths, type GatedPaths } from './entrypoints/gatedPaths.ts';
import { likelyEntries } from './entrypoints/likelyEntries.ts';
import { createEvaluator } from './evaluator.ts';
import { proveInvariants } from './invariants/registry.ts';
import { kindsWithoutSchema, type Structure } from './invariants/structure.ts';
import { nodeRightsAssumption } from './kinds/nodeRights.ts';
import type { Assumptions } from './model/analysis.ts';
import { buildModel, type Model } from './model/model.ts';
import { summarizeUnmodelled } from './model/unmodelled.ts';
import { enforcerNamed } from './policies/enforcers.ts';
import { certainOf } from './uncertainObjects.ts';

export type { Analysis } from './analysisResult.ts';

/** Optional facts besides the objects. */
export interface AnalysisOptions {
  /** Objects that charts likely create. They only add entries that are marked as likely. */
  likely?: readonly SourcedObject[];
  /** The result of schema validation. Without it there is no proof of the structure of objects. */
  structure?: Structure | undefined;
}

/**
 * Analyses objects: who can reach what, and whether the invariants hold. What the API server refuses is not there, and
 * what it may refuse proves nothing. It uses only the objects and the assumptions, so the same rules apply to every
 * repository. Sentences may contain values of the objects, such as hostnames and address ranges. The caller redacts them.
 */
export function analyse(
  objects: readonly SourcedObject[],
  assumptions: Assumptions,
  { likely = [], structure }: AnalysisOptions = {},
): Analysis {
  const { objects: admitted, unknowns, causes } = admit(objects, structure);
  const run = (held: readonly SourcedObject[]): Analysis =>
    analyseHeld(held, assumptions, { likely, structure, written: objects });
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
          causes,
        });
  return unknowns.length === 0 ? analysis : { ...analysis, unknowns: [...analysis.unknowns, ...unknowns] };
}

/** Analyses the objects that an API server holds. */
function analyseHeld(
  objects: readonly SourcedObject[],
  assumptions: Assumptions,
  { likely = [], structure, written }: AnalysisOptions & { written: readonly SourcedObject[] },
): Analysis {
  const model = createEvaluator(buildModel(objects, assumptions));
  const gatedPaths = findGatedPaths(model);
  return {
    entries: [...findEntries(model, assumptions), ...likelyEntries(objects, likely, assumptions)],
    proofs: proveInvariants({ model, gatedPaths, assumptions, structure, written }),
    assumptions: [...assumptionsOf(model, gatedPaths, assumptions), ...structureAssumptions(structure)],
    unknowns: [...summarizeUnmodelled(model.unmodelled), ...networkUnknowns(model)],
  };
}

function structureAssumptions(structure: Structure | undefined): readonly string[] {
  const kinds = structure === undefined ? [] : kindsWithoutSchema(structure);
  return kinds.length === 0
    ? []
    : [
        `Objects of these kinds are assumed to be valid, since there is no schema for them: ${kinds.join(', ')}`,
      ];
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

function ipv6Premise({ ipv6 }: Assumptions): string {
  if (ipv6 === 'global')
    return 'Nodes have global IPv6 addresses, and nothing before them blocks a connection from the internet';
  return ipv6 === 'private'
    ? 'The IPv6 addresses of nodes are private: nothing on the internet reaches them'
    : 'No node has a global IPv6 address';
}

/** Under which condition the named enforcer enforces. */
function conditionsOf({ enforcer = '' }: Assumptions): readonly string[] {
  const condition = enforcerNamed(enforcer)?.condition;
  return condition === undefined ? [] : [condition];
}

function assumptionsOf(model: Model, { paths }: GatedPaths, assumptions: Assumptions): readonly string[] {
  const sentences: string[] = [];
  if (model.network.enforced)
    sentences.push(`Network policies are enforced in the whole cluster, by ${assumptions.enforcer}`);
  if (model.network.enforced) sentences.push(...model.policyAssumptions, ...conditionsOf(assumptions));
  for (const object of model.ineffective)
    sentences.push(
      `${describeObject(object)} has no effect, since ${assumptions.enforcer} does not read its kind`,
    );
  for (const { assumptions: own = [] } of [...model.tunnels, ...model.proxies]) sentences.push(...own);
  for (const { rule, forwarded } of paths)
    for (const { assumptions: own = [] } of [rule, ...forwarded.map(({ route }) => route)])
      sentences.push(...own);
  sentences.push(
    'No workload opens a tunnel of its own but those that are named',
    'No router forwards a port from the internet to a node',
    ipv6Premise(assumptions),
    'Nothing runs in the namespaces that these objects define but what these objects make',
    'A process on a node reaches the pods of that node, whatever the policies say',
  );
  const rights = nodeRightsAssumption(model.workloads);
  if (rights !== undefined) sentences.push(rights);
  if (model.unknownDomains.length > 0)
    sentences.push(
      `Labels and annotations of these domains expose nothing: ${model.unknownDomains.join(', ')}`,
    );
  const unseen = new Set(
    model.unmodelled.flatMap(({ object, effects }) =>
      effects.includes('pods') ? [describeObject(object)] : [],
    ),
  );
  const [one] = unseen;
  if (unseen.size === 1) sentences.push(`${one} makes policies and pods in its own namespace only`);
  if (unseen.size > 1)
    sentences.push(
      `Each of the ${unseen.size} objects that make others unseen, such as ${one}, makes policies and pods in its own namespace only`,
    );
  return [...new Set(sentences)];
}
